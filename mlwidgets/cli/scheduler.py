"""`mlwidgets scheduler`: the scheduler of a cluster of several machines."""

from __future__ import annotations

from mlwidgets.cli.options import OutputOptions
from mlwidgets.cli.output import Output
from mlwidgets.cluster.launch import run_scheduler


def run(options: OutputOptions, *, host: str | None, port: int) -> None:
    """Run it until Ctrl-C or SIGTERM; what it says goes to stderr."""
    run_scheduler(host, port, say=Output(options.as_json).note)
