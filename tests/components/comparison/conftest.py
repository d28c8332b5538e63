"""A home with candles, and a comparison of two small models that was measured once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from mlwidgets.components.choice import Choice
from mlwidgets.components.comparison.state import CompareState
from mlwidgets.dashboards.sources import Sources
from mlwidgets.evaluation.comparison import Comparison, compare
from mlwidgets.forecast.spec import ModelConfig, ModelType
from mlwidgets.jobs.records import JobRecord, JobResult
from mlwidgets.jobs.requests import CompareRequest
from mlwidgets.jobs.standing import judge, significance_json
from mlwidgets.market.simulator import simulate_market
from mlwidgets.market.store import CandleStore
from mlwidgets.registry import ModelRegistry
from mlwidgets.settings import get_settings

CONFIGS: dict[ModelType, ModelConfig] = {
    "LSTM": ModelConfig(hidden_size=4, sequence_length=6, epochs=1),
    "HYBRID": ModelConfig(hidden_size=4, sequence_length=9, epochs=1),
}
END = pd.Timestamp("2025-06-01", tz="UTC")


@pytest.fixture(scope="session")
def candles() -> pd.DataFrame:
    """Closed candles of BTCUSDT up to `END`, which carry no label."""
    start = END - pd.Timedelta(hours=1400)
    frame = simulate_market("1h", periods=1400, start=start, seed=3).candles
    frame.attrs.clear()
    return frame


@pytest.fixture(scope="session")
def comparison(candles: pd.DataFrame) -> Comparison:
    """Both models on the last 30 days."""
    return compare("BTCUSDT", candles, timeframe="1h", configs=CONFIGS)


@pytest.fixture
def sources(home: Path, monkeypatch: pytest.MonkeyPatch, candles: pd.DataFrame) -> Sources:
    """A home without models that asks no exchange."""
    monkeypatch.setenv("MLWIDGETS_OFFLINE", "1")
    CandleStore(home / "data" / "candles").write("binance", "BTCUSDT", "1h", candles)
    return Sources(get_settings())


@pytest.fixture
def state(sources: Sources) -> CompareState:
    """The tab's state on that home."""
    return CompareState(Choice(), sources)


@pytest.fixture
def load(state: CompareState) -> Callable[[], None]:
    """Reads what has changed, as the page does."""

    def read() -> None:
        state.refresh()
        asyncio.run(state.load())

    return read


@pytest.fixture
def complete(sources: Sources, comparison: Comparison) -> Callable[..., JobRecord]:
    """Brings a compare job to its end as a coordinator does; saves what it is told to save."""

    def end(*saved: ModelType) -> JobRecord:
        job = sources.jobs.create(CompareRequest(symbol="BTCUSDT", configs=CONFIGS))
        lease = sources.jobs.claim(job.id, "here")
        registry = ModelRegistry(sources.settings.models_dir)
        result = JobResult(
            candidates={
                kind: sources.candidates.keep(
                    report, job_id=job.id, standing=judge(report).to_json()
                ).id
                for kind, report in comparison.reports.items()
            },
            difference=significance_json(comparison.difference),
            saved=tuple(registry.save(comparison.reports[kind].model) for kind in saved),
            unsaved=tuple(kind for kind in comparison.reports if kind not in saved),
        )
        lease.complete(result)
        return sources.jobs.get(job.id)

    return end
