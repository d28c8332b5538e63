"""`mlwidgets demo`: from candles to a forecast in about a minute, then the pages."""

from __future__ import annotations

import sys
from dataclasses import replace

from rich.rule import Rule
from rich.text import Text

from mlwidgets.cli.candle_source import LoadedCandles, choose_candles
from mlwidgets.cli.configuration import model_spec
from mlwidgets.cli.documents import (
    candles_document,
    report_document,
    search_document,
)
from mlwidgets.cli.forecast import candles_for
from mlwidgets.cli.model_views import forecast_panel
from mlwidgets.cli.options import CandleOptions, MeasureOptions, OutputOptions, SearchOptions
from mlwidgets.cli.output import Output
from mlwidgets.cli.report_views import candles_line
from mlwidgets.cli.saving import save_model
from mlwidgets.cli.train import SearchRun, show_search
from mlwidgets.cluster import close_clusters
from mlwidgets.errors import ExchangeUnavailable
from mlwidgets.jobs.standing import stand
from mlwidgets.registry.registry import ModelRegistry
from mlwidgets.search.ranges import FloatRange, IntRange
from mlwidgets.search.space import SearchSpace
from mlwidgets.settings import get_settings

SPACE = SearchSpace(
    hidden_size=IntRange(8, 32, log=True),
    sequence_length=IntRange(8, 24),
    learning_rate=FloatRange(1e-3, 1e-2, log=True),
    epochs=10,
    patience=3,
    num_layers=1,
    batch_size=512,
)
"""Small enough for a minute on two cores."""


def run(
    options: OutputOptions, *, trials: int, folds: int, simulated: bool, seed: int, serve: bool
) -> None:
    """Load, search, measure, save, forecast, serve."""
    output = Output(options.as_json)
    wanted = CandleOptions(None if simulated else "BTCUSDT", simulated=simulated, seed=seed)
    registry = ModelRegistry()
    registry.check_writable()
    output.show(Rule("mlwidgets demo", align="left"), _PLAN)
    chosen, loaded = _load(wanted, output)
    output.show(candles_line(loaded))
    measure, search = MeasureOptions(), SearchOptions(trials=trials, folds=folds)
    spec = model_spec(choose_candles(chosen), "LSTM", measure)
    job = SearchRun(spec, loaded, SPACE, search, measure, seed, _command(trials, folds, chosen))
    result, earlier = job.run(output)
    standing = stand(result.report, loaded.frame, registry, measure.coverage)
    saved = save_model(result.report, registry)
    show_search(output, result, standing, loaded)
    model = registry.load(spec.symbol, spec.model_type)
    forecast = model.forecast(candles_for(model.meta, chosen, output).frame)
    output.show("", forecast_panel(forecast))
    saved.show(output, registry)
    output.show(_whereabouts())
    output.finish(
        {
            "candles": candles_document(loaded.frame),
            "search": search_document(result, folds, earlier),
            "report": report_document(result.report),
            **standing.to_json(),
            "saved": saved.document(registry),
            "forecast": forecast.to_json(),
        }
    )
    if serve and not options.as_json:
        _serve(options, spec.symbol)


def _serve(options: OutputOptions, symbol: str) -> None:
    from mlwidgets.cli import serve  # Jupyter takes a moment to import

    close_clusters()  # the search is over; the pages use it no more
    serve.run(
        options, port=None, host="localhost", models=None, exchange=None, offline=False,
        dashboards_only=False, browser=sys.stdout.isatty(), symbol=symbol,
    )  # fmt: skip


_PLAN = Text(
    "Two years of hourly candles, a small search, a test on the last 30 days, a forecast, and the "
    "pages.\n",
    style="dim",
)


def _load(options: CandleOptions, output: Output) -> tuple[CandleOptions, LoadedCandles]:
    """The candles, or simulated ones where no exchange can be reached."""
    try:
        return options, choose_candles(options).load(output)
    except ExchangeUnavailable as error:
        reason = error.message.partition(". ")[0]
        output.note(f"{reason}. The demo goes on with a simulated market.")
        simulated = replace(options, symbol=None, simulated=True)
        return simulated, choose_candles(simulated).load(output)


def _command(trials: int, folds: int, options: CandleOptions) -> str:
    extra = " --simulated" if options.simulated else ""
    return f"mlwidgets demo --trials {trials} --folds {folds} --seed {options.seed}{extra}"


def _whereabouts() -> Text:
    settings = get_settings()
    text = Text("\nCandles and studies lie in ", style="dim")
    text.append(str(settings.data_dir.resolve()))
    text.append("\nNext: mlwidgets train BTCUSDT, mlwidgets models, mlwidgets --help")
    return text
