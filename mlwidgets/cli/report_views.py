"""A backtest for people: tables, and sentences that say what the numbers mean."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import pandas as pd
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from mlwidgets.cli.candle_source import LoadedCandles
from mlwidgets.cli.figures import (
    NOTHING,
    amount,
    chance,
    count,
    duration,
    horizon_words,
    moment,
    p_value,
    percent,
    quote_of,
)
from mlwidgets.cli.tables import (
    BASELINE_NAMES,
    POINT_ROWS,
    RANGE_ROWS,
    metric_table,
)
from mlwidgets.evaluation.comparison import Comparison
from mlwidgets.evaluation.report import BacktestReport, Metrics, PointMetrics
from mlwidgets.evaluation.significance import Significance
from mlwidgets.evaluation.verdict import VerdictKind
from mlwidgets.forecast.spec import ModelConfig, ModelSpec
from mlwidgets.jobs.standing import Standing
from mlwidgets.jobs.words import config_words
from mlwidgets.market.candles import find_gaps
from mlwidgets.market.timeframes import timeframe_delta

_LABEL_WIDTH = 8
NOTHING_LEARNT = (
    "Training: nothing was learnt, since no epoch beat the untrained network on later candles."
)
ROLLING_NAME = "Rolling conformal"
_GOOD = (VerdictKind.BETTER_THAN_CHANCE, VerdictKind.BETTER_THAN_PRODUCTION)
_LOOK = {"good": ("green", "✓"), "open": ("yellow", "?"), "bad": ("red", "✗")}


def fact(label: str, *words: str | tuple[str, str]) -> Table:
    """A line that starts with what it is about; words may carry a style."""
    line = Table.grid(padding=(0, 1))
    line.add_column(style="bold", width=_LABEL_WIDTH)
    line.add_column()
    line.add_row(label, Text.assemble(*words))
    return line


def candles_line(loaded: LoadedCandles) -> Table:
    """Which candles were used."""
    frame = loaded.frame
    what = (
        f"{len(frame):,} {frame.attrs['symbol']} {frame.attrs['timeframe']} candles, "
        f"{frame.index[0]:%Y-%m-%d} to {frame.index[-1]:%Y-%m-%d} UTC, "
        f"{_gaps(frame)}"
    )
    if loaded.simulated:
        return fact("Candles", what, ("simulated: no real market", "yellow"))
    return fact("Candles", what, f"from {loaded.source}")


def _gaps(frame: pd.DataFrame) -> str:
    gaps = find_gaps(frame, frame.attrs["timeframe"])
    if not gaps:
        return ""
    missing = sum(gap.missing for gap in gaps)
    return f"{missing:,} missing in {len(gaps):,} gap{'s' if len(gaps) > 1 else ''}, "


def window_line(report: BacktestReport) -> Table:
    """Where the model was measured."""
    rows, refits = report.predictions, report.refits
    again = f", trained again {count(refits, 'time')} inside it" if refits else ""
    return fact(
        "Tested",
        f"{count(len(rows), 'origin')} from {moment(rows.index[0].to_pydatetime())} to "
        f"{moment(rows.index[-1].to_pydatetime())}, {horizon_words(report.spec.horizon)} ahead"
        f"{again}; none of it was seen in training",
    )


def config_line(config: ModelConfig, model_type: str) -> Table:
    """The hyper-parameters that matter most."""
    return fact(model_type, config_words(config))


def report_views(report: BacktestReport, standing: Standing) -> Iterator[RenderableType]:
    """Tables of a backtest, and what they mean."""
    kind, unit = report.spec.model_type, quote_of(report.spec.symbol)
    columns = {kind: report.metrics, **baseline_columns(report.baselines)}
    yield metric_table("Forecasts of the price", columns, POINT_ROWS, unit=unit)
    intervals = {kind: report.metrics, ROLLING_NAME: report.baseline_interval}
    yield metric_table(range_title(report.metrics), intervals, RANGE_ROWS)
    yield from meaning_views(report)
    yield from standing_views(standing)


def meaning_views(report: BacktestReport) -> Iterator[RenderableType]:
    """What direction and errors say, in sentences."""
    metrics = report.metrics
    yield Text("\nWhat this says", style="bold")
    if report.model.meta.best_epoch == 0:
        yield point(NOTHING_LEARNT)
    yield point(direction_words(metrics))
    yield point(skill_words(metrics))
    if metrics.r2_score is not None:
        yield point(
            "R² of prices is near 1 for anything that starts from the last price; "
            "R² of returns is the honest one."
        )


def direction_words(metrics: Metrics) -> str:
    """The directional accuracy and its p-value in words."""
    if metrics.directional_accuracy is None:
        return "Direction: it called none, since it says that the price stays."
    return (
        f"Direction: {percent(metrics.directional_accuracy)} right (95 % interval "
        f"{percent(metrics.accuracy_low)} to {percent(metrics.accuracy_high)}); "
        f"{chance(metrics.accuracy_p_value)} coins would do as well "
        f"(p {_is(metrics.accuracy_p_value)})."
    )


def skill_words(metrics: Metrics) -> str:
    """The skill and its p-value in words."""
    if metrics.skill is None:
        return "Errors: the price never moved, so there is nothing to beat."
    size, smaller = percent(abs(metrics.skill), 2), metrics.skill > 0
    if size == percent(0.0, 2):
        return "Errors: the same as those of saying that the price stays."
    text = (
        f"Errors: {size} {'smaller' if smaller else 'larger'} than those of saying that the "
        "price stays"
    )
    if not smaller:
        return f"{text}: it does not beat that."
    return (
        f"{text}; {chance(metrics.skill_p_value)} forecasts without skill would do as well "
        f"(p {_is(metrics.skill_p_value)})."
    )


def standing_views(standing: Standing) -> Iterator[RenderableType]:
    """The production model beside the candidate, and the verdict."""
    if standing.problem:
        yield point(f"The production model is not compared: {standing.problem.rstrip('.')}.")
    if standing.production is not None:
        yield point(_own_numbers(standing))
    if standing.metrics is not None and standing.candidate is not None:
        yield point(_same_origins(standing))
    yield verdict_line(standing)


def verdict_line(standing: Standing) -> Text:
    """The verdict with its sign."""
    return verdict_text(standing.verdict.kind, standing.verdict.text)


def verdict_text(kind: VerdictKind, text: str) -> Text:
    """A verdict's text with the sign of its kind."""
    look = "good" if kind in _GOOD else "open" if kind == VerdictKind.TOO_SHORT else "bad"
    colour, sign = _LOOK[look]
    return Text(f"{sign} {text}", style=f"bold {colour}")


def comparison_views(comparison: Comparison) -> Iterator[RenderableType]:
    """Both models side by side, the better value of each row marked."""
    reports = comparison.reports
    first = next(iter(reports.values()))
    names = list(reports)
    columns: dict[str, PointMetrics] = {name: one.metrics for name, one in reports.items()}
    name = BASELINE_NAMES["last_value"]
    baselines = {name: baseline_columns(first.baselines)[name]}
    unit = quote_of(first.spec.symbol)
    yield metric_table(
        "Forecasts of the price", {**columns, **baselines}, POINT_ROWS, unit=unit, contest=names
    )
    intervals = {**columns, ROLLING_NAME: first.baseline_interval}
    yield metric_table(range_title(first.metrics), intervals, RANGE_ROWS, contest=names)
    yield Text("\nWhat this says", style="bold")
    for name, report in reports.items():
        if report.model.meta.best_epoch == 0:
            yield point(f"{name}. {NOTHING_LEARNT}")
        yield point(f"{name}. {direction_words(report.metrics)}")
        yield point(f"{name}. {skill_words(report.metrics)}")
    yield point(difference_words(comparison.difference))


def difference_words(difference: Significance) -> str:
    """Whether the errors of LSTM and HYBRID differ, in words."""
    p, statistic = difference.p_value, difference.statistic
    if math.isnan(p):
        return "Whether the errors of the two differ cannot be tested on this window."
    if statistic == 0:
        return "The errors of the two are the same."
    better = "LSTM" if statistic < 0 else "HYBRID"
    if p < 0.05:
        return f"The errors of {better} are smaller, and not by luck (p {_is(p)})."
    return (
        f"The errors of {better} are smaller, but so could luck make them (p {_is(p)}): "
        "this window does not tell the two apart."
    )


def best_possible_line(best_accuracy: float, spec: ModelSpec) -> Text | None:
    """What a perfect forecast would attain on a simulated market."""
    if spec.steps != 1:
        return None
    return _text(
        f"This market is simulated: a perfect forecast would call {percent(best_accuracy)} of "
        "its directions right. Real markets are far harder."
    )


def seconds_line(what: str, seconds: float) -> Text:
    """How long something took."""
    return Text(f"{what} in {duration(seconds)}", style="dim")


def baseline_columns(baselines: Mapping[str, PointMetrics]) -> dict[str, PointMetrics]:
    """The baselines by the names that people know; the last value is not compared with itself."""
    plain = {
        **baselines,
        "last_value": baselines["last_value"].replace(skill=None, skill_p_value=None),
    }
    return {BASELINE_NAMES.get(name, name): metrics for name, metrics in plain.items()}


def range_title(metrics: Metrics) -> str:
    """Title of a table of intervals."""
    return f"Intervals of {percent(metrics.nominal_coverage, 0)}, and confidence"


def _own_numbers(standing: Standing) -> str:
    meta = standing.production
    assert meta is not None
    origins, mae = meta.metrics.get("origins"), meta.metrics.get("mae")
    window = f", of {count(int(origins), 'origin')}," if origins else ""
    error = f" and MAE {amount(mae)}" if mae is not None else ""
    until = pd.Timestamp(meta.trained_until, unit="ms", tz="UTC") + timeframe_delta(meta.timeframe)
    return (
        f"Production is {meta.version}, trained until {moment(until.to_pydatetime())}; its own "
        f"backtest{window} gave {percent(meta.accuracy)} of directions right{error}."
    )


def _same_origins(standing: Standing) -> str:
    theirs, ours, test = standing.metrics, standing.candidate, standing.difference
    assert theirs is not None
    assert ours is not None
    assert test is not None
    return (
        f"On the same {count(theirs.origins, 'origin')}, unseen by both: production "
        f"{percent(theirs.directional_accuracy)} right, MAE {amount(theirs.mae)}; this one "
        f"{percent(ours.directional_accuracy)} right, MAE {amount(ours.mae)} "
        f"(errors differ with p {_is(test.p_value)})."
    )


def _is(p: float | None) -> str:
    text = p_value(p)
    return text if text.startswith("<") or text == NOTHING else f"= {text}"


def point(sentence: str) -> RenderableType:
    """A sentence of a list."""
    line = Table.grid(padding=(0, 1))
    line.add_row("•", Text(sentence))
    return line


def _text(sentence: str) -> Text:
    return Text(sentence, style="yellow")
