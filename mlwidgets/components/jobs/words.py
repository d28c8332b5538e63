"""A job in words."""

from __future__ import annotations

from typing import Any

from mlwidgets.components.choice import Choice
from mlwidgets.components.formats import age, duration, moment, percent
from mlwidgets.components.jobs.state import JobsState
from mlwidgets.components.texts import text
from mlwidgets.jobs.records import JobProgress, JobRecord

_KINDS = {"train": "job.train", "evaluate": "job.evaluate", "compare": "job.compare"}
_STATES = {
    "queued": "job.queued", "running": "job.running", "completed": "job.completed",
    "failed": "job.failed", "cancelled": "job.cancelled", "interrupted": "job.interrupted",
}  # fmt: skip
_STAGES = {
    "queued": "job.stage.queued", "candles": "job.stage.candles", "search": "job.stage.search",
    "training": "job.stage.training", "measuring": "job.stage.measuring",
    "saving": "job.stage.saving", "done": "job.stage.done",
}  # fmt: skip
_RESUMABLE = ("interrupted", "failed", "cancelled")


def job_words(record: JobRecord, state: JobsState) -> dict[str, Any]:
    """A job as the list says it."""
    task = task_words(record)
    stopping = is_stopping(record)
    return {
        "id": record.id,
        "task": task,
        "about": about_words(record),
        "query": job_query(record),
        **state_words(record),
        "fraction": _fraction(record),
        "detail": _detail(record),
        "left": _left(record),
        "age": age(record.created_at),
        "time": moment(record.created_at),
        "error": record.error.message if record.error and record.state == "failed" else "",
        "refusal": state.refusals.get(record.id, ""),
        "busy": record.id in state.busy,
        "can_cancel": not record.finished and not stopping and record.state != "interrupted",
        "can_resume": record.state in _RESUMABLE,
        "cancel_label": text("job.cancel.label", task=task),
        "resume_label": text("job.resume.label", task=task),
        "open_label": text("job.open.label", task=task),
    }


def is_stopping(record: JobRecord) -> bool:
    """Whether a job was asked to stop and has not stopped yet."""
    return record.cancelling and not record.finished


def state_words(record: JobRecord) -> dict[str, str]:
    """A job's state, by its name and in words.

    >>> from mlwidgets.jobs.requests import TrainRequest
    >>> request = TrainRequest(symbol="BTCUSDT", model_type="LSTM")
    >>> state_words(JobRecord(id="0", request=request, state="running", created_at=0))
    {'state': 'running', 'word': 'running'}
    """
    if is_stopping(record):
        return {"state": "stopping", "word": text("job.stopping")}
    return {"state": record.state, "word": text(_STATES[record.state])}


def task_words(record: JobRecord) -> str:
    """What a job does.

    >>> from mlwidgets.jobs.requests import TrainRequest
    >>> request = TrainRequest(symbol="BTCUSDT", model_type="LSTM")
    >>> task_words(JobRecord(id="0", request=request, state="queued", created_at=0))
    'Train LSTM'
    """
    return text(_KINDS[record.kind], model_type=record.request.model_types[0])


def about_words(record: JobRecord) -> str:
    """Of which market a job is.

    >>> from mlwidgets.jobs.requests import CompareRequest
    >>> request = CompareRequest(symbol="BTCUSDT", horizon="4h")
    >>> about_words(JobRecord(id="0", request=request, state="queued", created_at=0))
    'BTCUSDT · 1h · 4h ahead'
    """
    request = record.request
    spec = request.spec(request.model_types[0])
    parts = [spec.symbol, spec.timeframe]
    if spec.horizon != spec.timeframe:
        parts.append(text("job.ahead", horizon=spec.horizon))
    return " · ".join(parts)


def job_choice(record: JobRecord) -> Choice:
    """What a page is about that shows a job."""
    request = record.request
    spec = request.spec(request.model_types[0])
    return Choice(
        symbol=spec.symbol, timeframe=spec.timeframe, model_type=spec.model_type,
        horizon=spec.horizon,
    )  # fmt: skip


def job_query(record: JobRecord) -> str:
    """The query of the page that shows a job; its tabs have the names of the kinds of jobs.

    >>> from mlwidgets.jobs.requests import EvaluateRequest
    >>> request = EvaluateRequest(symbol="BTCUSDT", model_type="HYBRID")
    >>> job_query(JobRecord(id="0", request=request, state="queued", created_at=0))
    'symbol=BTCUSDT&timeframe=1h&model=HYBRID&tab=evaluate'
    """
    return f"{job_choice(record).query}&tab={record.kind}"


def _detail(record: JobRecord) -> str:
    """Where a job is, or what it came to."""
    if record.state == "completed":
        saved = record.result.saved if record.result else ()
        versions = ", ".join(f"{meta.model_type} {meta.version}" for meta in saved)
        return text("job.saved", models=versions) if versions else text("job.nothing_saved")
    if record.finished and record.attempt == 0:
        return text("job.not_begun")
    return progress_words(record.progress)


def progress_words(progress: JobProgress) -> str:
    """How far a job has come.

    >>> progress_words(JobProgress(stage="search", trials_done=3, n_trials=50, fraction=0.055))
    'Searching · trial 3 of 50 · 6 %'
    """
    parts = [text(_STAGES[progress.stage])]
    if progress.stage == "search" and progress.n_trials is not None:
        parts.append(text("job.trials", done=progress.trials_done or 0, count=progress.n_trials))
    if progress.stage == "training" and progress.epochs:
        parts.append(text("job.epochs", done=progress.epoch or 0, count=progress.epochs))
    if progress.fraction is not None and progress.stage != "done":
        parts.append(percent(progress.fraction, 0))
    return " · ".join(parts)


def end_words(record: JobRecord) -> str:
    """What a job that has ended came to."""
    if record.state == "failed" and record.error:
        return record.error.message
    return _detail(record)


def _fraction(record: JobRecord) -> int | None:
    """Per cent of an unfinished job; None where no bar is drawn."""
    if record.finished or record.progress.fraction is None:
        return None
    return round(100 * record.progress.fraction)


def _left(record: JobRecord) -> str:
    seconds = record.progress.eta_seconds
    if record.state != "running" or seconds is None or record.cancelling:
        return ""
    return text("job.left", duration=duration(seconds))
