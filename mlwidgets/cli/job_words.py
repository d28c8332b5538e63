"""Jobs in words: what they do, how they are, how far they have come."""

from __future__ import annotations

from rich.text import Text

from mlwidgets.cli.figures import count, percent, rough_duration
from mlwidgets.jobs.records import JobProgress, JobRecord, JobState, Stage
from mlwidgets.jobs.requests import (
    CompareRequest,
    JobRequest,
    LoadedCandles,
    SimulatedCandles,
)

_LOOKS: dict[JobState, tuple[str, str]] = {
    "queued": ("…", "dim"), "running": ("▶", "cyan"), "completed": ("✓", "green"),
    "failed": ("✗", "red"), "cancelled": ("■", ""), "interrupted": ("‖", "yellow"),
}  # fmt: skip

_STAGES: dict[Stage, str] = {
    "queued": "waiting its turn", "candles": "loading candles", "search": "searching",
    "training": "training", "measuring": "measuring", "saving": "saving", "done": "done",
}  # fmt: skip


def state_text(record: JobRecord) -> Text:
    """The state with its mark, so that colour is never the only sign."""
    mark, style = _LOOKS[record.state]
    stopping = ", stopping" if record.cancelling and not record.finished else ""
    return Text(f"{mark} {record.state}{stopping}", style=style)


def task_words(request: JobRequest) -> str:
    """What a job does.

    >>> from mlwidgets.jobs.requests import TrainRequest
    >>> task_words(TrainRequest(symbol="BTCUSDT", model_type="LSTM"))
    'train BTCUSDT LSTM'
    """
    models = "" if isinstance(request, CompareRequest) else f" {request.model_type}"
    return f"{request.kind} {request.symbol}{models}"


def candle_words(request: JobRequest) -> str:
    """Which candles a job computes from."""
    candles, timeframe = request.candles, request.timeframe
    if isinstance(candles, SimulatedCandles):
        return f"{count(candles.periods, f'simulated {timeframe} candle')}, seed {candles.seed}"
    if not isinstance(candles, LoadedCandles):
        return f"{timeframe}, kept in the database"
    source = "stored ones" if candles.offline else candles.exchange or "the exchange"
    start = f" from {candles.start:%Y-%m-%d}" if candles.start else ""
    end = f" to {candles.end:%Y-%m-%d}" if candles.end else ""
    return f"{timeframe}, {source}{start}{end}"


def progress_words(progress: JobProgress) -> str:
    """How far a job has come.

    >>> progress_words(JobProgress(stage="search", trials_done=3, n_trials=50, fraction=0.055))
    'searching · trial 3 of 50 · 6 %'
    """
    parts = [_STAGES[progress.stage]]
    if progress.stage == "search" and progress.n_trials is not None:
        parts.append(f"trial {progress.trials_done or 0:,} of {progress.n_trials:,}")
    if progress.stage == "training" and progress.epochs:
        parts.append(f"epoch {progress.epoch or 0:,} of at most {progress.epochs:,}")
    if progress.fraction is not None and progress.stage != "done":
        parts.append(percent(progress.fraction, 0))
    return " · ".join(parts)


def best_words(best_value: float | None) -> str:
    """The skill in validation that a relative loss stands for; empty where there is none.

    >>> best_words(0.9981)
    'skill +0.19 % in validation'
    """
    return "" if best_value is None else f"skill {_skill(best_value)} in validation"


def _skill(best_value: float) -> str:
    return percent(1 - best_value, 2, sign=True)


def meter_words(progress: JobProgress) -> str:
    """The same as `progress_words`, with the best trial so far, for a live line."""
    best = "" if progress.best_value is None else f" · best {_skill(progress.best_value)}"
    return progress_words(progress) + best


def left_words(progress: JobProgress) -> str:
    """Time to the expected end; empty where nobody knows."""
    return "" if progress.eta_seconds is None else rough_duration(progress.eta_seconds)


def result_words(record: JobRecord) -> str:
    """What a job came to, or where it is, in a few words."""
    if record.error is not None and record.state == "failed":
        return record.error.message.partition("\n")[0]
    result = record.result
    if record.state != "completed" or result is None:
        return progress_words(record.progress)
    saved = [f"saved {meta.model_type} {meta.version}" for meta in result.saved]
    waiting = [f"{kind} still to be saved" for kind in result.unsaved]
    return ", ".join([*saved, *waiting]) or "measured, nothing saved"
