"""The end of a job: what it measured is judged, kept, and saved where its kind saves.

Saving comes before the job is complete, so whoever sees a completed job finds its models; and
once it has begun, the job can only complete. Every step may be repeated: an attempt that was
killed in between leaves candidates and models that the next one finds.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pandas as pd

from mlwidgets.errors import Cancelled, ModelError, StorageError
from mlwidgets.evaluation.report import BacktestReport
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.forecast.spec import ModelSpec, ModelType
from mlwidgets.jobs.attempt import Attempt, Measured
from mlwidgets.jobs.candidate_pruning import KEPT
from mlwidgets.jobs.candidates import Candidate
from mlwidgets.jobs.heartbeat import patiently
from mlwidgets.jobs.records import JobResult
from mlwidgets.jobs.saving import save_once
from mlwidgets.jobs.standing import Standing, judge, stand
from mlwidgets.jobs.stepping_aside import while_wanted
from mlwidgets.registry.registry import ModelRegistry


def conclude(attempt: Attempt, measured: Measured, candles: pd.DataFrame) -> JobResult:
    """Judge, keep and save what a job measured.

    Raises:
        Cancelled: before anything was kept.
        JobLost: another coordinator holds the job.
        StorageError: the database stays out of reach.
    """
    registry = attempt.registry()
    attempt.reporter.enter("measuring", "Comparing with chance and with the production model.")
    standings = {
        kind: _standing(attempt, report, candles, registry)
        for kind, report in measured.reports.items()
    }
    _begin_saving(attempt)
    candidates = {
        kind: _kept(attempt, report.spec)
        or attempt.candidates.keep(report, job_id=attempt.order.job_id, standing=standings[kind])
        for kind, report in measured.reports.items()
    }
    saved = _save(attempt, candidates, registry)
    return JobResult(
        candidates={kind: candidate.id for kind, candidate in candidates.items()},
        study_name=measured.study_name,
        best_value=measured.best_value,
        standings=standings,
        difference=measured.difference,
        saved=tuple(saved.values()),
        unsaved=tuple(kind for kind in candidates if kind not in saved) if attempt.saves else (),
    )


def _standing(
    attempt: Attempt, report: BacktestReport, candles: pd.DataFrame, registry: ModelRegistry | None
) -> dict[str, Any]:
    """How a report stands; as an earlier attempt judged it, which may have saved it since."""
    kept = _kept(attempt, report.spec)
    if kept is not None and kept.standing is not None:
        return kept.standing
    coverage = attempt.request.coverage
    standing = while_wanted(
        lambda: _judgement(report, candles, registry, coverage), attempt.heart.check
    )
    slot = f"{report.spec.symbol} {report.spec.model_type}"
    attempt.reporter.log(f"{slot}: {standing.verdict.text}.")
    return standing.to_json()


def _judgement(
    report: BacktestReport, candles: pd.DataFrame, registry: ModelRegistry | None, coverage: float
) -> Standing:
    if registry is not None:
        with suppress(StorageError):  # what was measured is not lost because a disk refuses
            return stand(report, candles, registry, coverage)
    return judge(report)


def _kept(attempt: Attempt, spec: ModelSpec) -> Candidate | None:
    """What an attempt that was cut off after it had measured this spec has kept."""
    candidates = attempt.candidates.list(spec.symbol, spec.model_type, limit=KEPT)
    job_id = attempt.order.job_id
    return next((one for one in candidates if one.job_id == job_id and one.spec == spec), None)


def _begin_saving(attempt: Attempt) -> None:
    """From here on nobody may cancel; a request that came before is heeded."""
    text = "Saving." if attempt.saves else "Keeping the report."
    attempt.heart.check()
    attempt.reporter.enter("saving", text)
    if patiently(attempt.lease.beat):
        raise Cancelled("The job was cancelled.")


def _save(
    attempt: Attempt, candidates: dict[ModelType, Candidate], registry: ModelRegistry | None
) -> dict[ModelType, ModelMeta]:
    """Save all that can be saved from here; the home saves the rest."""
    if not attempt.saves:
        return {}
    if registry is None:
        attempt.reporter.log("Saving is left to the home, which is out of reach from here.")
        return {}
    saved: dict[ModelType, ModelMeta] = {}
    for kind, candidate in candidates.items():
        patiently(attempt.lease.beat)  # one that was stopped for long has been overtaken since
        try:
            meta = saved[kind] = save_once(attempt.candidates, registry, candidate.id)
            attempt.reporter.log(f"Saved {meta.symbol} {kind} {meta.version}; it is production.")
        except (ModelError, StorageError) as error:
            attempt.reporter.log(f"{kind} is not saved yet: {error.message}")
    return saved
