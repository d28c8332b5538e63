"""Results as JSON: camelCase keys, ISO times, null where a number is not defined."""

from __future__ import annotations

import math
from dataclasses import asdict, is_dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from pydantic.alias_generators import to_camel

from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.forecast.spec import Value
from mlwidgets.market.candles import find_gaps
from mlwidgets.registry.names import ModelKey, Slot
from mlwidgets.registry.registry import ModelRegistry

if TYPE_CHECKING:  # they bring torch, which listing models does without
    from mlwidgets.evaluation.report import BacktestReport
    from mlwidgets.search.optimize import SearchResult

Document = dict[str, Any]


def plain(value: Any) -> Any:
    """A value as JSON can hold it.

    >>> plain({"best_value": float("nan"), "spans": (1, 2)})
    {'bestValue': None, 'spans': [1, 2]}
    """
    if isinstance(value, Value):
        return value.to_json()
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, dict):
        return {to_camel(str(key)): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    return _plain_scalar(value)


def _plain_scalar(value: Any) -> Any:
    value = value.item() if hasattr(value, "item") else value
    if value is None or value is pd.NaT or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Path) else value


def candles_document(candles: pd.DataFrame) -> Document:
    """What a command was computed from."""
    return {
        **{name: candles.attrs.get(name) for name in ("symbol", "timeframe", "source")},
        "candles": len(candles),
        "missing": sum(gap.missing for gap in find_gaps(candles, candles.attrs["timeframe"])),
        "first": candles.index[0].isoformat(),
        "last": candles.index[-1].isoformat(),
    }


def report_document(report: BacktestReport) -> Document:
    """A backtest, without its predictions."""
    return {
        "spec": report.spec.to_json(),
        "window": {
            "start": report.predictions.index[0].isoformat(),
            "end": report.predictions.index[-1].isoformat(),
        },
        "metrics": report.metrics.to_json(),
        "baselines": plain(dict(report.baselines)),
        "baselineInterval": report.baseline_interval.to_json(),
        "refits": report.refits,
        "seconds": report.seconds,
    }


def saved_document(meta: ModelMeta, registry: ModelRegistry) -> Document:
    """A saved model and its files."""
    return {"model": meta.to_json(), "files": [str(path) for path in model_files(meta, registry)]}


def model_files(meta: ModelMeta, registry: ModelRegistry) -> tuple[Path, Path]:
    """The files of a production model, weights first."""
    key = ModelKey(Slot.of(meta.symbol, meta.model_type), meta.version)
    root = registry.root.resolve()
    return root / key.weights_name, root / key.meta_name


def search_document(search: SearchResult, n_folds: int, earlier: int) -> Document:
    """A search, with a row for each trial."""
    return {
        "study": search.study_name,
        "trials": plain(search.trials.reset_index().to_dict(orient="records")),
        "finishedEarlier": earlier,
        "folds": n_folds,
        "bestValue": search.best_value,
        "bestConfig": search.best_spec.config.to_json(),
        "seconds": search.seconds,
    }
