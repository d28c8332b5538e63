"""A home with candles and a small model, and pages over it, without a browser."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest

from mlwidgets.components.texts import language
from mlwidgets.components.zone import zone
from mlwidgets.dashboards.sources import Sources
from mlwidgets.evaluation.backtest import backtest
from mlwidgets.evaluation.report import BacktestReport
from mlwidgets.forecast.spec import ModelConfig, ModelSpec
from mlwidgets.market.simulator import simulate_market
from mlwidgets.market.store import CandleStore
from mlwidgets.registry import ModelRegistry
from mlwidgets.settings import get_settings

CONFIG = ModelConfig(hidden_size=4, sequence_length=6, epochs=2, learning_rate=0.02)


@pytest.fixture(scope="session")
def candles() -> pd.DataFrame:
    """Closed candles of BTCUSDT up to now, which carry no label."""
    last = pd.Timestamp.now("UTC").floor("h")
    market = simulate_market("1h", periods=1500, start=last - pd.Timedelta(hours=1500), seed=3)
    frame = market.candles
    frame.attrs.clear()
    return frame


@pytest.fixture(scope="session")
def report(candles: pd.DataFrame) -> BacktestReport:
    """A backtest of BTCUSDT LSTM that ends two days ago."""
    return backtest(ModelSpec(symbol="BTCUSDT", model_type="LSTM", config=CONFIG), candles[:-48])


@pytest.fixture
def sources(home: Path) -> Sources:
    """An empty home, as a page sees it."""
    return Sources(get_settings())


@pytest.fixture
def save(home: Path, report: BacktestReport) -> Callable[[], str]:
    """Makes the backtest's model production, as another process does; tells the version."""
    return lambda: ModelRegistry(home / "models").save(report.model).version


@pytest.fixture
def keep_candles(home: Path, candles: pd.DataFrame) -> Callable[..., None]:
    """Puts candles of BTCUSDT into the home's store; default: all."""

    def keep(frame: pd.DataFrame = candles) -> None:
        CandleStore(home / "data" / "candles").write("binance", "BTCUSDT", "1h", frame)

    return keep


@pytest.fixture(autouse=True)
def _no_request(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("QUERY_STRING", raising=False)
    monkeypatch.delenv("HTTP_ACCEPT_LANGUAGE", raising=False)
    yield
    language.code, zone.info = "en", None


@pytest.fixture
def beat() -> Callable[..., None]:
    """Lets a page look after itself, as it does each second in front of somebody."""
    return lambda page, times=1: [asyncio.run(page.beat()) for _ in range(times)] and None
