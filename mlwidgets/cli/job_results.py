"""What a completed job measured, from its candidates: no model is loaded for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from mlwidgets.cli.figures import count, horizon_words, moment_ms, quote_of
from mlwidgets.cli.report_views import (
    NOTHING_LEARNT,
    ROLLING_NAME,
    baseline_columns,
    difference_words,
    direction_words,
    fact,
    point,
    range_title,
    skill_words,
    verdict_text,
)
from mlwidgets.cli.tables import BASELINE_NAMES, POINT_ROWS, RANGE_ROWS, metric_table
from mlwidgets.evaluation.report import PointMetrics
from mlwidgets.evaluation.significance import Significance
from mlwidgets.evaluation.verdict import VerdictKind
from mlwidgets.forecast.spec import ModelType
from mlwidgets.jobs.candidate import Candidate
from mlwidgets.jobs.records import JobResult

Candidates = Mapping[ModelType, Candidate]


def result_views(result: JobResult, candidates: Candidates) -> Iterator[RenderableType]:
    """Metrics beside the baselines, and what they mean; nothing where no candidate is left."""
    if not candidates:
        yield Text("The measured models are no longer kept.", style="dim")
        return
    yield _window_line(next(iter(candidates.values())))
    yield from _tables(candidates)
    yield Text("\nWhat this says", style="bold")
    for kind, candidate in candidates.items():
        yield from _meaning(candidate, f"{kind}. " if len(candidates) > 1 else "")
    if result.difference is not None:
        yield point(difference_words(_significance(result.difference)))
    for kind, candidate in candidates.items():
        # A candidate that was saved later was compared with the production model of that time.
        standing = candidate.standing or result.standings.get(kind)
        if standing is not None:
            yield _verdict(standing, f"{kind}: " if len(candidates) > 1 else "")
    for kind, candidate in candidates.items():
        version = candidate.saved_version
        saved = f", saved as {version}" if version else ", not saved"
        yield Text(f"Candidate {candidate.id} is the measured {kind}{saved}.", style="dim")


def _window_line(candidate: Candidate) -> RenderableType:
    return fact(
        "Tested",
        f"{count(candidate.metrics.origins, 'origin')} from {moment_ms(candidate.test_start)} to "
        f"{moment_ms(candidate.test_end)}, {horizon_words(candidate.horizon)} ahead; none of it "
        "was seen in training",
    )


def _tables(candidates: Candidates) -> Iterator[RenderableType]:
    first = next(iter(candidates.values()))
    columns: dict[str, Any] = {kind: one.metrics for kind, one in candidates.items()}
    baselines: dict[str, PointMetrics] = baseline_columns(first.baselines)
    contest = list(columns) if len(columns) > 1 else []
    if contest:
        last_value = BASELINE_NAMES["last_value"]
        baselines = {last_value: baselines[last_value]}
    unit = quote_of(first.symbol)
    yield metric_table(
        "Forecasts of the price", {**columns, **baselines}, POINT_ROWS, unit=unit, contest=contest
    )
    intervals = {**columns, ROLLING_NAME: first.baseline_interval}
    yield metric_table(range_title(first.metrics), intervals, RANGE_ROWS, contest=contest)


def _meaning(candidate: Candidate, prefix: str) -> Iterator[RenderableType]:
    if candidate.meta.best_epoch == 0:
        yield point(prefix + NOTHING_LEARNT)
    yield point(prefix + direction_words(candidate.metrics))
    yield point(prefix + skill_words(candidate.metrics))


def _verdict(standing: Mapping[str, Any], prefix: str) -> Text:
    judged = standing["verdict"]
    return verdict_text(VerdictKind(judged["kind"]), prefix + judged["text"])


def _significance(difference: Mapping[str, float | None]) -> Significance:
    values = (difference.get("statistic"), difference.get("pValue"))
    return Significance(*(float("nan") if value is None else value for value in values))
