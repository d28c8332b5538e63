"""An offline home with candles, backtests of a small model, and the tab over them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from mlwidgets.components.choice import Choice
from mlwidgets.components.evaluation.state import EvaluateState
from mlwidgets.components.texts import language
from mlwidgets.dashboards.sources import Sources
from mlwidgets.evaluation.backtest import backtest
from mlwidgets.evaluation.report import BacktestReport
from mlwidgets.forecast.spec import ModelConfig, ModelSpec
from mlwidgets.jobs.candidate import Candidate
from mlwidgets.jobs.records import JobResult
from mlwidgets.jobs.requests import EvaluateRequest
from mlwidgets.market.simulator import simulate_market
from mlwidgets.market.store import CandleStore
from mlwidgets.settings import get_settings

CONFIG = ModelConfig(hidden_size=4, sequence_length=6, epochs=2, learning_rate=0.02)
START, END = "2024-02-10", "2024-02-16"


@pytest.fixture(scope="session")
def candles() -> pd.DataFrame:
    """Hourly candles of BTCUSDT to the middle of 2024-02-16."""
    frame = simulate_market("1h", periods=46 * 24 + 12, seed=3).candles
    frame.attrs.clear()
    return frame


@pytest.fixture(scope="session")
def report(candles: pd.DataFrame) -> BacktestReport:
    """A backtest of BTCUSDT LSTM."""
    spec = ModelSpec(symbol="BTCUSDT", model_type="LSTM", config=CONFIG)
    return backtest(spec, candles, start=START, end=END)


@pytest.fixture(scope="session")
def other_report(candles: pd.DataFrame) -> BacktestReport:
    """A backtest of the same, begun with another seed."""
    spec = ModelSpec(symbol="BTCUSDT", model_type="LSTM", config=CONFIG)
    return backtest(spec, candles, start=START, end=END, seed=1)


@pytest.fixture
def sources(home: Path, monkeypatch: pytest.MonkeyPatch, candles: pd.DataFrame) -> Sources:
    """An offline home with candles and nothing else."""
    monkeypatch.setenv("MLWIDGETS_OFFLINE", "1")
    CandleStore(home / "data" / "candles").write("binance", "BTCUSDT", "1h", candles)
    return Sources(get_settings())


@pytest.fixture
def measure(sources: Sources, report: BacktestReport) -> Callable[..., Candidate]:
    """Completes an evaluate job with a candidate, as a coordinator in another process does."""

    def measure(
        measured: BacktestReport = report, standing: dict[str, Any] | None = None, **changes: Any
    ) -> Candidate:
        asked = {"config": CONFIG, "test_start": START, "test_end": END, **changes}
        request = EvaluateRequest(symbol="BTCUSDT", model_type="LSTM", **asked)
        job = sources.jobs.create(request)
        kept = sources.candidates.keep(measured, job_id=job.id, standing=standing)
        sources.jobs.claim(job.id, "here").complete(JobResult(candidates={"LSTM": kept.id}))
        return kept

    return measure


@pytest.fixture
def tab_state(sources: Sources) -> Callable[[], EvaluateState]:
    """Opens the tab's state over the home, as a page does when it is loaded."""
    return lambda: EvaluateState(Choice(), sources)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    yield
    language.code = "en"
