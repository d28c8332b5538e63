"""The commands of `mlwidgets jobs` and their options."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated, Any, Literal

import typer

from mlwidgets.cli.grouping import grouped
from mlwidgets.cli.options import OutputOptions

_HELP = "Work that outlives the terminal: list, show, watch, cancel, resume, logs, save."

jobs = typer.Typer(help=_HELP)

_Job = Annotated[
    str, typer.Argument(metavar="JOB", help="Its id, or as much of its start as no other has.")
]
_State = Literal["queued", "running", "completed", "failed", "cancelled", "interrupted"]
_InState = Annotated[_State | None, typer.Option("--state", help="Only those in this state.")]
_Kind = Annotated[
    Literal["train", "evaluate", "compare"] | None, typer.Option(help="Only this kind.")
]
_Symbol = Annotated[str | None, typer.Option(help="Only this symbol, as BTCUSDT.")]
_Limit = Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")]


@jobs.callback(invoke_without_command=True)
@grouped
def jobs_by_default(ctx: typer.Context, options: OutputOptions) -> None:
    """Work that outlives the terminal: list, show, watch, cancel, resume, logs, save."""
    if ctx.invoked_subcommand is None:
        _work().list_jobs(options)


@jobs.command("list")
@grouped
def list_jobs(
    options: OutputOptions,
    state: _InState = None,
    kind: _Kind = None,
    symbol: _Symbol = None,
    limit: _Limit = 20,
) -> None:
    """List jobs, the newest first."""
    _work().list_jobs(options, state=state, kind=kind, symbol=symbol, limit=limit)


@jobs.command()
@grouped
def show(job: _Job, options: OutputOptions) -> None:
    """Show what a job was asked to do, how far it is, and what it found."""
    _work().show(job, options)


@jobs.command()
@grouped
def watch(job: _Job, options: OutputOptions) -> None:
    """Follow a job to its end, then show its result; Ctrl-C leaves it running."""
    _work().watch(job, options)


@jobs.command()
@grouped
def cancel(job: _Job, options: OutputOptions) -> None:
    """Stop a job; it saves nothing."""
    _work().cancel(job, options)


@jobs.command()
@grouped
def resume(
    job: _Job,
    options: OutputOptions,
    trials: Annotated[
        int | None, typer.Option(min=1, help="Trials of the search in all, from now on.")
    ] = None,
) -> None:
    """Go on with a job that was interrupted, failed or was cancelled."""
    _work().resume(job, options, trials=trials)


@jobs.command()
@grouped
def logs(
    job: _Job,
    options: OutputOptions,
    lines: Annotated[int, typer.Option("--lines", "-n", min=1, help="How many.")] = 200,
) -> None:
    """Show the last lines of a job's log, times in UTC."""
    _work().logs(job, options, lines=lines)


@jobs.command()
@grouped
def save(job: _Job, options: OutputOptions) -> None:
    """Make the models that a job measured production, exactly as they were measured."""
    _work().save(job, options)


def _work() -> Any:
    """The module that does the commands' work."""
    return import_module("mlwidgets.cli.jobs")
