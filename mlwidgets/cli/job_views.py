"""Jobs for people: the list, and all that is known of one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import shorten

from rich import box
from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from mlwidgets.cli.figures import count, duration, horizon_words, moment_ms, rough_duration
from mlwidgets.cli.job_words import (
    best_words,
    candle_words,
    left_words,
    progress_words,
    result_words,
    state_text,
    task_words,
)
from mlwidgets.cli.model_views import facts
from mlwidgets.jobs.records import JobRecord
from mlwidgets.jobs.requests import CompareRequest, EvaluateRequest, JobRequest, TrainRequest
from mlwidgets.jobs.words import config_words

_LONGEST = 70
"""Characters of `How far`; `mlwidgets jobs show` tells the rest."""


def jobs_table(records: Sequence[JobRecord], now: int) -> Table:
    """One row a job, the newest first; where the terminal is narrow, only `How far` wraps.

    Args:
        records: the jobs.
        now: epoch milliseconds, for their age.
    """
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    rows = [_row(record, now) for record in records]
    for index, name in enumerate(("Job", "State", "What", "How far", "Age")):
        width = max(cell_len(cell.plain) for cell in (Text(name), *(row[index] for row in rows)))
        flexible = name == "How far"
        table.add_column(
            name, justify="right" if name == "Age" else "left", no_wrap=not flexible,
            min_width=None if flexible else width,
        )  # fmt: skip
    for row in rows:
        table.add_row(*row)
    return table


def _row(record: JobRecord, now: int) -> tuple[Text, ...]:
    left = left_words(record.progress) if record.state == "running" else ""
    how_far = result_words(record) + (f" · {left} left" if left else "")
    age = rough_duration((now - record.created_at) / 1000)
    words = (task_words(record.request), shorten(how_far, _LONGEST, placeholder="…"), age)
    return Text(record.id), state_text(record), *map(Text, words)


def job_view(record: JobRecord, now: int) -> Table:
    """What a job was asked to do, how it is, and when it did what."""
    table = facts()
    table.add_row("Job", Text.assemble(f"{record.id}, ", state_text(record)))
    for label, words in [*_request_rows(record.request), *_course_rows(record, now)]:
        table.add_row(label, Text(words))
    return table


def next_steps(record: JobRecord, *, unsaved: bool) -> Iterator[Text]:
    """The commands that make sense of a job in its state.

    Args:
        record: the job.
        unsaved: whether it measured a model that nobody has saved and that is kept still.
    """
    steps: dict[str, tuple[str, ...]] = {
        "queued": ("watch", "cancel"), "running": ("watch", "cancel"),
        "interrupted": ("resume",), "failed": ("resume",), "cancelled": ("resume",),
    }  # fmt: skip
    commands = [f"mlwidgets jobs {step} {record.id}" for step in steps.get(record.state, ())]
    if record.state == "completed" and unsaved:
        commands = [f"mlwidgets jobs save {record.id}"]
    if commands:
        yield Text("Next: " + ", ".join(commands), style="dim")


def _request_rows(request: JobRequest) -> Iterator[tuple[str, str]]:
    ahead = horizon_words(request.ahead)
    yield "What", f"{task_words(request)}, {ahead} ahead"
    yield "Candles", candle_words(request)
    yield "Test window", _window_words(request)
    if isinstance(request, TrainRequest):
        space = "own ranges" if request.space is not None else "default ranges"
        folds = count(request.n_folds, "fold")
        yield "Search", f"{count(request.n_trials, 'trial')} of {folds}, {space}"
    if isinstance(request, EvaluateRequest):
        yield request.model_type, config_words(request.config)
    if isinstance(request, CompareRequest):
        for kind, config in request.configs.items():
            yield kind, config_words(config)
    yield "Seed", str(request.seed)
    if request.device != "cpu":
        yield "Device", request.device


def _window_words(request: JobRequest) -> str:
    start = f"from {request.test_start:%Y-%m-%d %H:%M}" if request.test_start else "30 days"
    end = f"to {request.test_end:%Y-%m-%d %H:%M}" if request.test_end else "to the last origin"
    return f"{start} {end}"


def _course_rows(record: JobRecord, now: int) -> Iterator[tuple[str, str]]:
    yield "Submitted", moment_ms(record.created_at)
    if record.started_at is not None:
        again = f", attempt {record.attempt}" if record.attempt > 1 else ""
        yield "Started", f"{moment_ms(record.started_at)}{again}"
    if record.finished_at is not None:
        since = record.started_at or record.created_at
        spent = duration(max(0, record.finished_at - since) / 1000)
        yield "Ended", f"{moment_ms(record.finished_at)}, after {spent}"
    else:
        yield "How far", progress_words(record.progress)
        if record.state == "running" and (left := left_words(record.progress)):
            yield "Left", f"about {left}"
    yield from _best_rows(record)
    if record.error is not None:
        yield "Error", f"{record.error.type}: {record.error.message}"
    elif record.result is not None:
        yield "Result", result_words(record)


def _best_rows(record: JobRecord) -> Iterator[tuple[str, str]]:
    progress = record.progress
    if progress.best_value is None:
        return
    number = "" if progress.best_number is None else f"trial {progress.best_number}, "
    yield "Best", number + best_words(progress.best_value)
    if progress.best_config is not None:
        yield "", config_words(progress.best_config)
