"""Forecast crypto prices with PyTorch in Jupyter.

The names below are the public face; everything is imported on first use, so that
`import mlwidgets` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlwidgets import errors, jobs
    from mlwidgets.components.chart.price_chart import PriceChart
    from mlwidgets.components.evaluation.charts import ReportCharts
    from mlwidgets.components.evaluation.metric_table import Column, MetricTable
    from mlwidgets.components.tabs import Tab, TabPanel
    from mlwidgets.components.workflow.stepper import WorkflowStepper
    from mlwidgets.dashboards.ml import MLDashboard
    from mlwidgets.dashboards.trading import TradingDashboard
    from mlwidgets.evaluation.backtest import backtest
    from mlwidgets.evaluation.comparison import Comparison, compare
    from mlwidgets.evaluation.report import BacktestReport
    from mlwidgets.forecast.fitting import train_model
    from mlwidgets.forecast.model import TrainedModel
    from mlwidgets.forecast.outlook import Forecast
    from mlwidgets.forecast.spec import ModelConfig, ModelSpec
    from mlwidgets.jobs.candidates import CandidateStore
    from mlwidgets.market.exchange import Exchange
    from mlwidgets.market.files import read_candles
    from mlwidgets.market.loading import load_candles
    from mlwidgets.market.simulator import SimulatedMarket, simulate_market
    from mlwidgets.market.store import CandleStore
    from mlwidgets.record.track_record import TrackRecord, track_record
    from mlwidgets.registry.registry import ModelRegistry
    from mlwidgets.search.optimize import SearchResult, optimize
    from mlwidgets.search.ranges import Choice, Fixed, FloatRange, IntRange
    from mlwidgets.search.space import SearchSpace

__version__ = "0.1.0"

__all__ = [
    "BacktestReport",
    "CandidateStore",
    "CandleStore",
    "Choice",
    "Column",
    "Comparison",
    "Exchange",
    "Fixed",
    "FloatRange",
    "Forecast",
    "IntRange",
    "MLDashboard",
    "MetricTable",
    "ModelConfig",
    "ModelRegistry",
    "ModelSpec",
    "PriceChart",
    "ReportCharts",
    "SearchResult",
    "SearchSpace",
    "SimulatedMarket",
    "Tab",
    "TabPanel",
    "TrackRecord",
    "TradingDashboard",
    "TrainedModel",
    "WorkflowStepper",
    "backtest",
    "compare",
    "errors",
    "jobs",
    "load_candles",
    "optimize",
    "read_candles",
    "simulate_market",
    "track_record",
    "train_model",
]

_HOMES = {
    "components.chart.price_chart": ("PriceChart",),
    "components.evaluation.charts": ("ReportCharts",),
    "components.evaluation.metric_table": ("Column", "MetricTable"),
    "components.tabs": ("Tab", "TabPanel"),
    "components.workflow.stepper": ("WorkflowStepper",),
    "dashboards.ml": ("MLDashboard",),
    "dashboards.trading": ("TradingDashboard",),
    "evaluation.backtest": ("backtest",),
    "evaluation.comparison": ("Comparison", "compare"),
    "evaluation.report": ("BacktestReport",),
    "forecast.fitting": ("train_model",),
    "forecast.model": ("TrainedModel",),
    "forecast.outlook": ("Forecast",),
    "forecast.spec": ("ModelConfig", "ModelSpec"),
    "jobs.candidates": ("CandidateStore",),
    "market.exchange": ("Exchange",),
    "market.files": ("read_candles",),
    "market.loading": ("load_candles",),
    "market.simulator": ("SimulatedMarket", "simulate_market"),
    "market.store": ("CandleStore",),
    "record.track_record": ("TrackRecord", "track_record"),
    "registry.registry": ("ModelRegistry",),
    "search.optimize": ("SearchResult", "optimize"),
    "search.ranges": ("Choice", "Fixed", "FloatRange", "IntRange"),
    "search.space": ("SearchSpace",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name in ("errors", "jobs"):
        return import_module(f"mlwidgets.{name}")
    if name not in _HOME_OF:
        raise AttributeError(f"module 'mlwidgets' has no attribute {name!r}")
    value = getattr(import_module(f"mlwidgets.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
