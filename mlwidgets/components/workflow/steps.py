"""Where a symbol and model type stand in the workflow: the truth on disk and in the database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Protocol

from mlwidgets.errors import ModelError, ModelNotFound
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.jobs.candidate import Candidate
from mlwidgets.jobs.records import JobRecord
from mlwidgets.jobs.requests import JobKind

StepName = Literal["train", "evaluate", "production"]
Status = Literal["done", "waiting", "todo"]
"""Green checkmark, yellow circle, grey circle."""

STEPS: tuple[StepName, ...] = ("train", "evaluate", "production")


@dataclass(frozen=True, slots=True)
class Step:
    """One step and how far it has come.

    Attributes:
        name: of the step.
        status: its indicator.
        time: when it came to that (epoch ms), where there is such a moment.
        version: of the model that it ended in.
        running: whether a job is at it, whatever came before.
        fraction: share of that job that is done, where it is known.
        damaged: whether its model's files cannot be read.
    """

    name: StepName
    status: Status = "todo"
    time: int | None = None
    version: str | None = None
    running: bool = False
    fraction: float | None = None
    damaged: bool = False


class Models(Protocol):
    """What is asked of a `ModelRegistry`."""

    def get_meta(self, symbol: str, model_type: str, version: str | None = None) -> ModelMeta:
        """Metadata of the production model."""


class Candidates(Protocol):
    """What is asked of a `CandidateStore`."""

    def list(
        self, symbol: str | None = None, model_type: str | None = None, limit: int = 50
    ) -> list[Candidate]:
        """Measured models, the newest first."""


class Jobs(Protocol):
    """What is asked of a `JobStore`."""

    def list(self, *, kind: JobKind | None = None, symbol: str | None = None) -> list[JobRecord]:
        """Jobs, the newest first."""


def read_steps(
    symbol: str, model_type: str, models: Models, candidates: Candidates, jobs: Jobs
) -> tuple[Step, Step, Step]:
    """The three steps of a symbol and model type.

    Args:
        symbol: as users write it.
        model_type: `LSTM` or `HYBRID`.
        models: the registry.
        candidates: what backtests have measured.
        jobs: the job records.

    Raises:
        StorageError: the disk or the database is out of reach.
    """
    searches = _of(jobs.list(kind="train", symbol=symbol), model_type)
    backtests = _of(jobs.list(kind="evaluate", symbol=symbol), model_type)
    production = _production(symbol, model_type, models)
    measured = candidates.list(symbol, model_type)
    return (
        _train(searches, production),
        _evaluate(backtests, measured),
        production,
    )


def _of(jobs: Iterable[JobRecord], model_type: str) -> list[JobRecord]:
    return [job for job in jobs if model_type in job.request.model_types]


def _production(symbol: str, model_type: str, models: Models) -> Step:
    try:
        meta = models.get_meta(symbol, model_type)
    except ModelNotFound:
        return Step("production")
    except ModelError:
        return Step("production", damaged=True)
    return Step("production", "done", time=meta.trained_at, version=meta.version)


def _train(searches: list[JobRecord], production: Step) -> Step:
    """Done by a finished search; a model whose search is forgotten has been trained too."""
    at_work = _at_work(searches)
    ends = [job.finished_at for job in searches if job.state == "completed" and _is_saved(job)]
    time = ends[0] if ends else production.time
    done = bool(ends) or production.status == "done"
    return Step(
        "train", "done" if done else "todo", time=time if done else None,
        running=at_work is not None, fraction=at_work.progress.fraction if at_work else None,
    )  # fmt: skip


def _evaluate(backtests: list[JobRecord], measured: list[Candidate]) -> Step:
    """The newest backtest counts; what searches and comparisons measure saves itself."""
    at_work = _at_work(backtests)
    by_hand = {None, *(job.id for job in backtests)}
    newest = next((each for each in measured if each.job_id in by_hand), None)
    status: Status = "todo"
    if newest is not None:
        status = "done" if newest.saved_version else "waiting"
    return Step(
        "evaluate", status, time=newest.created_at if newest else None,
        version=newest.saved_version if newest else None,
        running=at_work is not None, fraction=at_work.progress.fraction if at_work else None,
    )  # fmt: skip


def _is_saved(job: JobRecord) -> bool:
    """Whether nothing that a completed job has made still waits for a process that can save it."""
    return job.result is None or not job.result.unsaved


def _at_work(jobs: list[JobRecord]) -> JobRecord | None:
    return next((job for job in jobs if job.state in ("queued", "running")), None)
