"""`mlwidgets jobs`: what runs, what ran, and what came of it."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

from mlwidgets.cli.documents import Document, saved_document
from mlwidgets.cli.failures import Interrupted
from mlwidgets.cli.job_ids import full_id
from mlwidgets.cli.job_views import job_view, jobs_table, next_steps
from mlwidgets.cli.job_words import meter_words, task_words
from mlwidgets.cli.meters import Meter, open_meter
from mlwidgets.cli.options import OutputOptions
from mlwidgets.cli.output import Output
from mlwidgets.errors import JobStateError, ModelNotFound
from mlwidgets.forecast.spec import ModelType
from mlwidgets.jobs import api
from mlwidgets.jobs.records import JobRecord, JobState
from mlwidgets.jobs.requests import JobKind
from mlwidgets.jobs.watching import completed

if TYPE_CHECKING:  # it brings torch, which most of these commands do without
    from mlwidgets.jobs.candidate import Candidate


def list_jobs(
    options: OutputOptions,
    *,
    state: JobState | None = None,
    kind: JobKind | None = None,
    symbol: str | None = None,
    limit: int = 20,
) -> None:
    """Show the newest jobs."""
    output = Output(options.as_json)
    records = api.list_jobs(states=state and [state], kind=kind, symbol=symbol, limit=limit)
    if records:
        output.show(jobs_table(records, _now()))
    elif state or kind or symbol:
        output.show("No job is like that; mlwidgets jobs list shows all.")
    else:
        output.show("No jobs. Start one: mlwidgets train BTCUSDT --detach")
    output.finish({"jobs": [record.to_json() for record in records]})


def show(job: str, options: OutputOptions) -> None:
    """Show all that is known of a job."""
    output, record = Output(options.as_json), api.get(full_id(job))
    _show_job(output, record)


def watch(job: str, options: OutputOptions) -> None:
    """Follow a job to its end.

    Raises:
        JobFailed, Cancelled, JobError: it ended otherwise than completed.
        Interrupted: Ctrl-C.
    """
    output, job_id = Output(options.as_json), full_id(job)
    record = api.get(job_id)
    try:
        with open_meter(output.stderr, task_words(record.request).capitalize()) as meter:
            for record in api.follow(job_id):
                _show_progress(meter, record)
    except KeyboardInterrupt:
        command = f"mlwidgets jobs watch {job_id}"
        raise Interrupted(
            f"Job {job_id} goes on. Watch it again with: {command}",
            job=job_id, continue_with=command,
        ) from None  # fmt: skip
    completed(record)
    _show_job(output, api.get(job_id))


def cancel(job: str, options: OutputOptions) -> None:
    """Ask a job to stop."""
    output, record = Output(options.as_json), api.cancel(full_id(job))
    word = "cancelled" if record.finished else "stopping; that takes a moment"
    output.show(f"Job {record.id} is {word}.")
    output.finish({"job": record.to_json()})


def resume(job: str, options: OutputOptions, *, trials: int | None) -> None:
    """Go on with a job."""
    output, record = Output(options.as_json), api.resume(full_id(job), n_trials=trials)
    announce(output, record)


def logs(job: str, options: OutputOptions, *, lines: int) -> None:
    """Show the tail of a job's log."""
    output, job_id = Output(options.as_json), full_id(job)
    told = api.logs(job_id, lines)
    output.lines(told)
    output.finish({"job": job_id, "lines": told})


def save(job: str, options: OutputOptions) -> None:
    """Make what a job measured production."""
    from mlwidgets.jobs.candidates import CandidateStore
    from mlwidgets.jobs.saving import save_candidate
    from mlwidgets.registry.registry import ModelRegistry

    output, record = Output(options.as_json), api.get(full_id(job))
    if record.result is None:
        raise JobStateError(
            f"Job {record.id} is {record.state} and has measured no model that could be saved.",
            job=record.id, state=record.state,
        )  # fmt: skip
    candidates, registry = CandidateStore(), ModelRegistry()
    metas = [save_candidate(candidates, registry, one) for one in record.result.candidates.values()]
    for meta in metas:
        output.show(f"{meta.symbol} {meta.model_type} {meta.version} is production.")
    output.finish({"saved": [saved_document(meta, registry) for meta in metas]})


def announce(output: Output, record: JobRecord) -> None:
    """Tell that a job was handed over, and how to follow it."""
    output.show(
        f"Job {record.id} is {record.state}: {task_words(record.request)}. It needs this terminal "
        "no more.",
        f"  mlwidgets jobs watch {record.id}",
        f"  mlwidgets jobs cancel {record.id}",
    )
    output.finish({"job": record.to_json()})


def _show_job(output: Output, record: JobRecord) -> None:
    candidates = _candidates(record)
    output.show(job_view(record, _now()))
    if record.result is not None and not output.as_json:
        from mlwidgets.cli.job_results import result_views

        output.show(*result_views(record.result, candidates))
    unsaved = any(candidate.saved_version is None for candidate in candidates.values())
    output.show(*next_steps(record, unsaved=unsaved))
    output.finish(_document(record, candidates))


def _document(record: JobRecord, candidates: dict[ModelType, Candidate]) -> Document:
    measured = {kind: candidate.to_json() for kind, candidate in candidates.items()}
    return {"job": record.to_json(), "candidates": measured}


def _candidates(record: JobRecord) -> dict[ModelType, Candidate]:
    """What the job measured, as far as it is kept still."""
    if record.result is None:
        return {}
    from mlwidgets.jobs.candidates import CandidateStore

    store, found = CandidateStore(), {}
    for kind, candidate_id in record.result.candidates.items():
        with suppress(ModelNotFound):  # too old, or too many came after it
            found[kind] = store.get(candidate_id)
    return found


def _show_progress(meter: Meter, record: JobRecord) -> None:
    progress = record.progress
    total = 0.0 if progress.fraction is None else 1.0
    text = "stopping" if record.cancelling else meter_words(progress)
    if record.state == "interrupted":
        text = "interrupted; waiting for somebody to go on with it"
    meter.show(progress.fraction or 0.0, total, text, progress.eta_seconds)


def _now() -> int:
    return time.time_ns() // 1_000_000
