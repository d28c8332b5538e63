"""What is known of a job: values, as the database keeps them and as pages and REST show them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.forecast.spec import ModelConfig, ModelType, Value
from mlwidgets.jobs.requests import JobKind, JobRequest

JobState = Literal["queued", "running", "completed", "failed", "cancelled", "interrupted"]
"""`interrupted`: nobody works on it any more, and it did not end; it can be resumed."""

FINISHED: frozenset[JobState] = frozenset({"completed", "failed", "cancelled"})
"""States that last, unless the job is resumed."""

Stage = Literal["queued", "candles", "search", "training", "measuring", "saving", "done"]
"""What a job is at: it loads candles, searches, trains, measures, saves."""

EpochMs = Annotated[int, Field(ge=0)]
"""A time in milliseconds since 1970 (UTC)."""


class JobProgress(Value):
    """How far a job has come; None where a number does not apply or is not known."""

    stage: Stage = "queued"
    trials_done: int | None = None
    """Finished trials, those of earlier attempts included."""
    n_trials: int | None = None
    folds_done: int | None = None
    """Folds of finished and open trials; a pruned trial counts as all its folds."""
    n_folds: int | None = None
    """Folds of all trials together."""
    best_number: int | None = None
    best_value: float | None = None
    """Mean relative validation loss of the best trial; 1 is no skill."""
    best_config: ModelConfig | None = None
    epoch: int | None = None
    """Of the training under way."""
    epochs: int | None = None
    fraction: Annotated[float, Field(ge=0, le=1)] | None = None
    """Share of the whole job that is done, for a progress bar."""
    elapsed_seconds: float = 0.0
    """Working time of this attempt."""
    eta_seconds: float | None = None


class JobFailure(Value):
    """Why a job failed: the error's type, its message, and its facts."""

    type: str
    message: str
    details: dict[str, Any] = Field(default_factory=dict)


class JobResult(Value):
    """What a job came to.

    Attributes:
        candidates: id of each measured model by model type; its report is kept with it.
        study_name: Optuna's study of a train job, in the same database.
        best_value: validation loss of the best trial.
        standings: by model type, how it stands against chance and against the production
            model (see `mlwidgets.jobs.standing`), as JSON.
        difference: LSTM against HYBRID (a Diebold-Mariano test), of a compare job.
        saved: metadata of the models that the job made production.
        unsaved: model types that are still to be saved, because the job ran where the models
            folder cannot be reached; done by the next call from there.
    """

    candidates: dict[ModelType, str] = Field(default_factory=dict)
    study_name: str | None = None
    best_value: float | None = None
    standings: dict[ModelType, dict[str, Any]] = Field(default_factory=dict)
    difference: dict[str, float | None] | None = None
    saved: tuple[ModelMeta, ...] = ()
    unsaved: tuple[ModelType, ...] = ()


class JobRecord(Value):
    """A job as the database knows it.

    Attributes:
        id: 12 lower-case letters and digits; sorts by creation.
        request: what it was asked to do.
        state: its state; `interrupted` is found out when the record is read.
        progress: how far it has come.
        created_at: when it was submitted (epoch ms); started_at, finished_at alike.
        attempt: how often it was begun.
        cancelling: whether somebody asked it to stop and it has not stopped yet.
        result: of a completed job.
        error: of a failed job.
    """

    id: str
    request: JobRequest
    state: JobState
    progress: JobProgress = JobProgress()
    created_at: EpochMs
    started_at: EpochMs | None = None
    finished_at: EpochMs | None = None
    attempt: int = 0
    cancelling: bool = False
    result: JobResult | None = None
    error: JobFailure | None = None

    @property
    def kind(self) -> JobKind:
        """train, evaluate or compare."""
        return self.request.kind

    @property
    def finished(self) -> bool:
        """Whether it completed, failed or was cancelled."""
        return self.state in FINISHED


class JobEvent(Value):
    """Something that happened to a job; events of a job are numbered from 1 without a gap.

    Attributes:
        kind: `state` (data: state), `stage` (stage), `fold` (number, fold, nFolds, loss),
            `trial` (number, state, value, config, seconds, reason), `log` (nothing).
        text: one line for people.
        data: the facts for programs, camelCase.
    """

    job_id: str
    number: int
    time: EpochMs
    kind: Literal["state", "stage", "fold", "trial", "log"]
    text: str
    data: dict[str, Any] = Field(default_factory=dict)
