"""`mlwidgets worker`: this machine's processes in a cluster of several."""

from __future__ import annotations

from mlwidgets.cli.options import OutputOptions
from mlwidgets.cli.output import Output
from mlwidgets.cluster.launch import run_worker


def run(
    address: str,
    options: OutputOptions,
    *,
    workers: int | None,
    memory: str | None,
    gpus: int | None,
    name: str | None,
) -> None:
    """Run them until Ctrl-C or SIGTERM; what they say goes to stderr."""
    say = Output(options.as_json).note
    run_worker(address, workers, memory=memory, gpus=gpus, name=name, say=say)
