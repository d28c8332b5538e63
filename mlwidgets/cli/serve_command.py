"""The command that serves the pages, and its options."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from mlwidgets.cli.grouping import grouped
from mlwidgets.cli.options import OutputOptions


@grouped
def serve(
    options: OutputOptions,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65_535, help="0 for one that is free; default: the first that is "
                     "free from 8888 on."),
    ] = None,
    host: Annotated[
        str, typer.Option(help="Address to listen at; 0.0.0.0 for every network of this machine.")
    ] = "localhost",
    models: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder of the models; default: models in the home."),
    ] = None,
    exchange: Annotated[
        str | None, typer.Option(help="ccxt's name of the exchange; default: MLWIDGETS_EXCHANGE.")
    ] = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="Stored candles only; ask no exchange.")
    ] = False,
    dashboards_only: Annotated[
        bool,
        typer.Option(
            "--dashboards-only",
            help="The pages and their API, nothing else of Jupyter: no files, no terminals, no "
            "code but the pages' own.",
        ),
    ] = False,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")
    ] = True,
) -> None:  # fmt: skip
    """Serve /ml, /trading and the API on this machine, until Ctrl-C."""
    import_module("mlwidgets.cli.serve").run(
        options, port=port, host=host, models=models, exchange=exchange, offline=offline,
        dashboards_only=dashboards_only, browser=browser,
    )  # fmt: skip
