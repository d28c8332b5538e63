"""LSTM against HYBRID on the same window."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from mlwidgets.errors import SpecError
from mlwidgets.evaluation.backtest import backtest
from mlwidgets.evaluation.diebold_mariano import diebold_mariano
from mlwidgets.evaluation.report import BacktestReport, Metrics, PointMetrics, model_metrics
from mlwidgets.evaluation.significance import Significance
from mlwidgets.forecast.spec import MODEL_TYPES, ModelConfig, ModelSpec, ModelType

if TYPE_CHECKING:
    from distributed import Client


@dataclass(frozen=True, slots=True)
class Comparison:
    """Backtests of both model types on the same candles and window.

    Attributes:
        reports: by model type.
        difference: Diebold-Mariano test of the LSTM's absolute errors against the HYBRID's
            on their common origins, two-sided; negative where the LSTM's are lower.
    """

    reports: dict[ModelType, BacktestReport]
    difference: Significance

    def table(self) -> pd.DataFrame:
        """Metrics on the common origins side by side: a row a metric, a column a model type."""
        common = _common_origins(self.reports)
        names = list(PointMetrics.model_fields)
        return pd.DataFrame(
            {
                model_type: [getattr(_metrics_on(report, common), name) for name in names]
                for model_type, report in self.reports.items()
            },
            index=names,
        )


def compare(
    symbol: str,
    candles: pd.DataFrame,
    *,
    timeframe: str | None = None,
    horizon: str | None = None,
    configs: Mapping[ModelType, ModelConfig] | None = None,
    start: str | dt.date | None = None,
    end: str | dt.date | None = None,
    seed: int = 0,
    client: Client | None = None,
    **options: Any,
) -> Comparison:
    """Backtest LSTM and HYBRID on the same window and test their difference.

    Args:
        symbol: symbol of the candles.
        candles: canonical closed candles.
        timeframe: their length; default: as their label says.
        horizon: default: one candle.
        configs: hyper-parameters by model type; default: the defaults of `ModelConfig`.
        start: as `backtest` takes it.
        end: as `backtest` takes it.
        seed: of both trainings.
        client: Dask client to run both at the same time on; None runs one after the other.
        **options: further arguments of `backtest`.

    Raises:
        SpecError: no timeframe is given and the candles carry none; or as `backtest`.
    """
    configs = _checked(configs)
    timeframe = timeframe or candles.attrs.get("timeframe")
    if timeframe is None:
        raise SpecError("Say which timeframe the candles have: compare(..., timeframe='1h').")
    specs = {
        kind: ModelSpec(
            symbol=symbol, model_type=kind, timeframe=timeframe, horizon=horizon or timeframe,
            config=configs.get(kind, ModelConfig()),
        )
        for kind in MODEL_TYPES
    }  # fmt: skip
    options.update(start=start, end=end, seed=seed)
    reports = _run_all(specs, candles, options, client)
    return Comparison(reports, _difference(reports))


def _checked(configs: object) -> Mapping[ModelType, ModelConfig]:
    if configs is None:
        return {}
    if not isinstance(configs, Mapping) or not set(configs) <= set(MODEL_TYPES):
        raise SpecError(
            f"configs must map model types ({', '.join(MODEL_TYPES)}) to ModelConfig, "
            f"not {configs!r:.80}.", field="configs",
        )  # fmt: skip
    return configs


def _run_all(
    specs: dict[ModelType, ModelSpec],
    candles: pd.DataFrame,
    options: dict[str, Any],
    client: Client | None,
) -> dict[ModelType, BacktestReport]:
    run: Callable[..., BacktestReport] = backtest
    if client is None:
        return {kind: run(spec, candles, **options) for kind, spec in specs.items()}
    futures = {
        kind: client.submit(run, spec, candles, **options, pure=False)
        for kind, spec in specs.items()
    }
    return {kind: future.result() for kind, future in futures.items()}


def _difference(reports: dict[ModelType, BacktestReport]) -> Significance:
    common = _common_origins(reports)
    rows = [reports[kind].predictions.loc[common] for kind in MODEL_TYPES]
    errors = [(part["actual"] - part["predicted"]).to_numpy() for part in rows]
    return diebold_mariano(*errors, horizon=reports["LSTM"].spec.steps)


def _common_origins(reports: dict[ModelType, BacktestReport]) -> pd.Index:
    """Origins that both forecast: windows of other lengths lose others after a gap."""
    first, second = (reports[kind].predictions.index for kind in MODEL_TYPES)
    return first.intersection(second)


def _metrics_on(report: BacktestReport, origins: pd.Index) -> Metrics:
    if len(origins) == len(report.predictions):
        return report.metrics
    rows = report.predictions.loc[origins]
    return model_metrics(rows, report.spec.steps, report.metrics.nominal_coverage)
