"""The commands that run the parts of a cluster of several machines, and their options."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated

import typer

from mlwidgets.cli.grouping import grouped
from mlwidgets.cli.options import OutputOptions


@grouped
def scheduler(
    options: OutputOptions,
    host: Annotated[
        str | None,
        typer.Option(help="Name or address to listen at; default: all of this machine's."),
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65_535, help="0 for one that is free.")] = 8786,
) -> None:
    """Run the scheduler of a cluster of several machines, until Ctrl-C.

    It makes the certificates that workers and clients need, where there are none: copy their
    folder (MLWIDGETS_TLS) to the other machines.
    """
    import_module("mlwidgets.cli.scheduler").run(options, host=host, port=port)


@grouped
def worker(
    address: Annotated[
        str, typer.Argument(metavar="ADDRESS", help="The scheduler's, as tls://host:8786.")
    ],
    options: OutputOptions,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes; default: one a core.")
    ] = None,
    memory: Annotated[
        str | None, typer.Option(help="Limit of each, as 2GiB; default: an equal share.")
    ] = None,
    gpus: Annotated[
        int | None, typer.Option(min=0, help="How many of them get a GPU; default: all there are.")
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="What they are called; default: machine and process.")
    ] = None,
) -> None:
    """Compute for a cluster of several machines, until Ctrl-C."""
    import_module("mlwidgets.cli.worker").run(
        address, options, workers=workers, memory=memory, gpus=gpus, name=name
    )
