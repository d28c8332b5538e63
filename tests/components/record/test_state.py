"""What a page knows of its record, while records are read beside it."""

from __future__ import annotations

import asyncio
import threading
from unittest.mock import Mock

import pandas as pd
import pytest

from mlwidgets.components.forecasts.state import ForecastState
from mlwidgets.components.market.series import Series
from mlwidgets.components.record.reader import LiveRecords
from mlwidgets.components.record.state import RecordState
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.record.track_record import TrackRecord, track_record


class Slow:
    """Answers once it may."""

    def __init__(self) -> None:
        self.asked, self.may = threading.Event(), threading.Event()

    def read(self, symbol: str, model_type: str, series: Series | None) -> TrackRecord:
        self.asked.set()
        assert self.may.wait(10)
        return track_record(symbol, model_type)

    def backtest(self, meta: ModelMeta) -> pd.DataFrame | None:
        return None


@pytest.fixture
def records() -> Slow:
    return Slow()


def test_a_record_that_was_being_read_when_it_was_forgotten_is_not_shown(
    forecasts: ForecastState, records: Slow
) -> None:
    state = RecordState(forecasts, records)

    async def forget_meanwhile() -> None:
        look = asyncio.create_task(state.look(None))
        while not records.asked.is_set():
            await asyncio.sleep(0)
        state.forget()
        records.may.set()
        await look

    asyncio.run(forget_meanwhile())

    assert state.record is None


def test_what_is_forgotten_is_gone_at_once_and_read_again_at_the_next_look(
    forecasts: ForecastState, records: Slow
) -> None:
    records.may.set()
    state = RecordState(forecasts, records, clock=lambda: 100.0)
    asyncio.run(state.look(None))
    before = state.record
    assert before is not None

    state.forget()
    assert state.record is None
    asyncio.run(state.look(None))

    assert state.record is not None
    assert state.record is not before


def test_a_backtest_is_looked_for_once_a_model() -> None:
    candidates, meta, other = Mock(), Mock(weights_sha256="a"), Mock(weights_sha256="b")
    kept = Mock()
    kept.meta.weights_sha256 = "a"
    candidates.list.return_value = [kept]
    live = LiveRecords(Mock(), candidates)

    assert live.backtest(meta) is candidates.predictions.return_value
    assert live.backtest(meta) is candidates.predictions.return_value
    assert candidates.list.call_count == 1

    assert live.backtest(other) is None
