"""`mlwidgets compare`: LSTM and HYBRID at once on the same window; both are saved."""

from __future__ import annotations

from mlwidgets.cli.candle_source import choose_candles
from mlwidgets.cli.configuration import PRODUCTION, model_config, model_spec
from mlwidgets.cli.detached import submit
from mlwidgets.cli.documents import candles_document, plain, report_document
from mlwidgets.cli.options import CandleOptions, ConfigOptions, MeasureOptions, OutputOptions
from mlwidgets.cli.output import Output
from mlwidgets.cli.progress import waiting
from mlwidgets.cli.report_views import (
    candles_line,
    comparison_views,
    config_line,
    seconds_line,
    window_line,
)
from mlwidgets.cli.saving import save_model
from mlwidgets.cluster import open_cluster
from mlwidgets.evaluation.comparison import compare
from mlwidgets.forecast.spec import MODEL_TYPES
from mlwidgets.registry.registry import ModelRegistry


def run(
    candles: CandleOptions,
    measure: MeasureOptions,
    config: ConfigOptions,
    options: OutputOptions,
    *,
    refit_every: str | None,
    workers: int | None,
    scheduler: str | None,
    detach: bool,
) -> None:
    """Backtest both, show them side by side, save both; or leave that to a job."""
    output = Output(options.as_json)
    source = choose_candles(candles)
    configs = {
        kind: model_config(config, source.symbol, kind, base=PRODUCTION) for kind in MODEL_TYPES
    }
    spec = model_spec(source, "LSTM", measure)
    registry = ModelRegistry()
    registry.check_writable()
    if detach:
        submit(
            output, "compare", source, measure, workers=workers, scheduler=scheduler,
            configs=configs, refit_every=refit_every,
        )  # fmt: skip
        return
    loaded = source.load(output)
    output.show(candles_line(loaded))
    output.show(*(config_line(configs[kind], kind) for kind in MODEL_TYPES))
    with waiting(output, "Training LSTM and HYBRID"), open_cluster(workers, scheduler) as client:
        comparison = compare(
            spec.symbol, loaded.frame, timeframe=spec.timeframe, horizon=spec.horizon,
            configs=configs, start=measure.test_start, end=measure.test_end, seed=candles.seed,
            client=client, refit_every=refit_every, coverage=measure.coverage,
        )  # fmt: skip
    reports = comparison.reports
    output.show(window_line(reports["LSTM"]), *comparison_views(comparison))
    for kind, report in reports.items():
        output.show(seconds_line(f"{kind} backtest", report.seconds))
    saved = {kind: save_model(report, registry) for kind, report in reports.items()}
    for one in saved.values():
        one.show(output, registry)
    output.finish(
        {
            "candles": candles_document(loaded.frame),
            "reports": {kind: report_document(report) for kind, report in reports.items()},
            "difference": plain(comparison.difference),
            "saved": {kind: one.document(registry) for kind, one in saved.items()},
        }
    )
