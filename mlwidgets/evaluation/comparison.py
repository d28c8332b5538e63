"""LSTM against HYBRID on the same window."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from mlwidgets.errors import SpecError
from mlwidgets.evaluation.backtest import BacktestProgress, backtest
from mlwidgets.evaluation.diebold_mariano import diebold_mariano
from mlwidgets.evaluation.remote_backtest import remote_backtests
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
    on_progress: Callable[[ModelType, BacktestProgress], None] | None = None,
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
        client: Dask client to run both at the same time on; None runs one after the other here.
        on_progress: is told of epochs by model type.
        **options: further arguments of `backtest`.

    Raises:
        SpecError: no timeframe is given and the candles carry none.
        As `backtest`, and with a client as `remote_backtests`.
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
    if client is not None:
        reports = remote_backtests(client, specs, candles, on_progress=on_progress, **options)
    else:
        reports = {
            kind: backtest(spec, candles, on_progress=_named(on_progress, kind), **options)
            for kind, spec in specs.items()
        }
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


def _named(
    on_progress: Callable[[ModelType, BacktestProgress], None] | None, kind: ModelType
) -> Callable[[BacktestProgress], None] | None:
    if on_progress is None:
        return None
    return lambda progress: on_progress(kind, progress)


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
