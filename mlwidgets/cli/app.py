"""The commands and their options; what they do is imported when one runs."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from mlwidgets import __version__
from mlwidgets.cli.cluster_commands import scheduler, worker
from mlwidgets.cli.failures import failures_reported
from mlwidgets.cli.grouping import grouped
from mlwidgets.cli.job_commands import jobs
from mlwidgets.cli.options import (
    CandleOptions,
    ConfigOptions,
    Detach,
    MeasureOptions,
    Model,
    ModelArgument,
    ModelChoice,
    OutputOptions,
    RefitEvery,
    SearchOptions,
    SymbolArgument,
    VersionArgument,
)
from mlwidgets.cli.serve_command import serve

_JSON = "--json"


class Commands(TyperGroup):
    """The root command, around which failures become messages and exit codes."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Note whether JSON is wanted, even where a command's options cannot be parsed."""
        ctx.meta[_JSON] = _JSON in args
        return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        with failures_reported(ctx.meta[_JSON]):
            return super().invoke(ctx)


app = typer.Typer(
    cls=Commands,
    name="mlwidgets",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
models = typer.Typer(help="The saved models: list, show, restore, delete, problems, import.")
app.add_typer(models, name="models", invoke_without_command=True)
app.add_typer(jobs, name="jobs")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"mlwidgets {__version__}")
        raise typer.Exit


@app.callback()
def mlwidgets(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Forecast crypto prices with PyTorch: honest backtests, nothing lost.

    A first look: mlwidgets demo. Every command takes --json; times in options are UTC.
    """


@app.command()
@grouped
def demo(
    options: OutputOptions,
    trials: Annotated[int, typer.Option(min=1, help="Trials of the search.")] = 8,
    folds: Annotated[int, typer.Option(min=1, help="Walk-forward folds a trial.")] = 3,
    simulated: Annotated[
        bool, typer.Option("--simulated", help="A simulated market; ask no exchange.")
    ] = False,
    seed: Annotated[int, typer.Option(min=0, help="Of everything random.")] = 0,
    serve: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Serve the pages afterwards.")
    ] = True,
) -> None:
    """From candles to a forecast in about a minute; then the pages, until Ctrl-C."""
    _work("demo").run(
        options, trials=trials, folds=folds, simulated=simulated, seed=seed, serve=serve
    )


@app.command()
@grouped
def train(
    candles: CandleOptions,
    measure: MeasureOptions,
    search: SearchOptions,
    options: OutputOptions,
    model: Model = "LSTM",
    detach: Detach = False,
) -> None:
    """Search hyper-parameters, measure the best model, save it as production.

    Ctrl-C stops cleanly; the same command continues.
    """
    _work("train").run(model, candles, measure, search, options, detach=detach)


@app.command()
@grouped
def evaluate(
    candles: CandleOptions,
    measure: MeasureOptions,
    config: ConfigOptions,
    options: OutputOptions,
    model: Model = "LSTM",
    refit_every: RefitEvery = None,
    save: Annotated[
        bool, typer.Option("--save", help="Make the model production afterwards.")
    ] = False,
    detach: Detach = False,
) -> None:
    """Backtest one configuration; saves nothing without --save."""
    _work("evaluate").run(
        model, candles, measure, config, options,
        refit_every=refit_every, save=save, detach=detach,
    )  # fmt: skip


@app.command()
@grouped
def compare(
    candles: CandleOptions,
    measure: MeasureOptions,
    config: ConfigOptions,
    options: OutputOptions,
    refit_every: RefitEvery = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes; default: one a core.")
    ] = None,
    scheduler: Annotated[str | None, typer.Option(help="Dask scheduler (tls://host:8786).")] = None,
    detach: Detach = False,
) -> None:
    """Backtest LSTM and HYBRID at once on the same window, and save both.

    Each starts from its production model's configuration where there is one, unless
    --config says otherwise.
    """
    _work("compare").run(
        candles, measure, config, options,
        refit_every=refit_every, workers=workers, scheduler=scheduler, detach=detach,
    )  # fmt: skip


@app.command()
@grouped
def forecast(
    candles: CandleOptions,
    options: OutputOptions,
    model: ModelChoice = None,
    model_version: Annotated[
        str | None, typer.Option(help="An archived version; default: production.")
    ] = None,
) -> None:
    """Forecast with the saved models, from the latest candles."""
    _work("forecast").run(model, candles, options, version=model_version)


@app.command()
@grouped
def record(
    symbol: SymbolArgument,
    options: OutputOptions,
    model: Model = "LSTM",
    model_version: Annotated[
        str | None, typer.Option(help="Only this version's forecasts; default: all.")
    ] = None,
) -> None:
    """What production models said of the price, and what became of it."""
    _work("record").run(symbol, model, options, version=model_version)


_ALL = Annotated[bool, typer.Option("--all", help="Archived models too.")]


@models.callback()
@grouped
def models_by_default(ctx: typer.Context, options: OutputOptions, everything: _ALL = False) -> None:
    """The saved models: list, show, restore, delete, problems, import."""
    if ctx.invoked_subcommand is None:
        _work("models").list_models(options, everything=everything)


@models.command("list")
@grouped
def list_models(options: OutputOptions, everything: _ALL = False) -> None:
    """List the production models."""
    _work("models").list_models(options, everything=everything)


@models.command()
@grouped
def show(
    symbol: SymbolArgument,
    model: ModelArgument,
    options: OutputOptions,
    version: Annotated[
        str | None, typer.Argument(metavar="VERSION", help="Default: production.")
    ] = None,
) -> None:
    """Show everything that is known of a model."""
    _work("models").show(symbol, model, version, options)


@models.command()
@grouped
def restore(
    symbol: SymbolArgument,
    model: ModelArgument,
    version: VersionArgument,
    options: OutputOptions,
) -> None:
    """Make an archived version production again."""
    _work("models").restore(symbol, model, version, options)


@models.command()
@grouped
def delete(
    symbol: SymbolArgument,
    model: ModelArgument,
    version: VersionArgument,
    options: OutputOptions,
    successor: Annotated[
        str | None, typer.Option(help="Archived version that becomes production instead.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Delete a version for good."""
    _work("models").delete(symbol, model, version, options, successor=successor, yes=yes)


@models.command()
@grouped
def problems(options: OutputOptions) -> None:
    """Show damaged and foreign files, and what to do about each."""
    _work("models").problems(options)


@models.command("import")
@grouped
def import_pair(
    weights: Annotated[Path, typer.Argument(metavar="WEIGHTS", help="The .json file.")],
    meta: Annotated[Path, typer.Argument(metavar="META", help="The .meta.json file.")],
    options: OutputOptions,
) -> None:
    """Save a model's two files from elsewhere as the next version."""
    _work("models").import_pair(weights, meta, options)


app.command()(serve)
app.command()(scheduler)
app.command()(worker)


def _work(name: str) -> Any:
    """The module that does a command's work."""
    return import_module(f"mlwidgets.cli.{name}")
