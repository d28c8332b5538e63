"""`mlwidgets evaluate`: backtest a configuration; save it only on demand."""

from __future__ import annotations

import typer

from mlwidgets.cli.candle_source import choose_candles
from mlwidgets.cli.configuration import model_config, model_spec
from mlwidgets.cli.detached import submit
from mlwidgets.cli.documents import candles_document, report_document
from mlwidgets.cli.failures import Interrupted
from mlwidgets.cli.interrupts import stoppable
from mlwidgets.cli.options import (
    CandleOptions,
    ConfigOptions,
    MeasureOptions,
    ModelName,
    OutputOptions,
)
from mlwidgets.cli.output import Output
from mlwidgets.cli.progress import training
from mlwidgets.cli.report_views import (
    best_possible_line,
    candles_line,
    config_line,
    report_views,
    seconds_line,
    window_line,
)
from mlwidgets.cli.saving import save_model
from mlwidgets.errors import Cancelled
from mlwidgets.evaluation.backtest import backtest
from mlwidgets.jobs.standing import stand
from mlwidgets.registry.registry import ModelRegistry


def run(
    model: ModelName,
    candles: CandleOptions,
    measure: MeasureOptions,
    config: ConfigOptions,
    options: OutputOptions,
    *,
    refit_every: str | None,
    save: bool,
    detach: bool,
) -> None:
    """Backtest, judge, show, and save where asked to; or leave that to a job.

    Raises:
        typer.BadParameter: --save beside --detach.
    """
    if save and detach:
        raise typer.BadParameter(
            "a detached evaluation saves nothing; say 'mlwidgets jobs save' once it is done",
            param_hint="--save",
        )
    output = Output(options.as_json)
    source = choose_candles(candles)
    spec = model_spec(source, model, measure, model_config(config, source.symbol, model))
    registry = ModelRegistry()
    if save:
        registry.check_writable()
    if detach:
        submit(
            output, "evaluate", source, measure,
            model_type=model, config=spec.config, refit_every=refit_every,
        )  # fmt: skip
        return
    loaded = source.load(output)
    output.show(candles_line(loaded), config_line(spec.config, model))
    with training(output) as on_progress, stoppable(output) as should_stop:
        try:
            report = backtest(
                spec, loaded.frame, start=measure.test_start, end=measure.test_end,
                refit_every=refit_every, seed=candles.seed, coverage=measure.coverage,
                on_progress=on_progress, should_stop=should_stop,
            )  # fmt: skip
        except (Cancelled, KeyboardInterrupt):
            raise Interrupted("Stopped; nothing was kept.") from None
    standing = stand(report, loaded.frame, registry, measure.coverage)
    output.show(window_line(report), *report_views(report, standing))
    if loaded.best_accuracy is not None and (
        line := best_possible_line(loaded.best_accuracy, spec)
    ):
        output.show(line)
    output.show(seconds_line("Backtest", report.seconds))
    saved = save_model(report, registry) if save else None
    if saved is not None:
        saved.show(output, registry)
    else:
        output.show("Not saved: production is as it was. Add --save to make this model production.")
    output.finish(
        {
            "candles": candles_document(loaded.frame),
            "report": report_document(report),
            **standing.to_json(),
            "saved": None if saved is None else saved.document(registry),
        }
    )
