"""The track record of the model on a page, kept without widgets."""

from __future__ import annotations

import time
from collections.abc import Callable

from traitlets import HasTraits, Instance, Unicode

from mlwidgets.components.background import in_thread
from mlwidgets.components.forecasts.reliability import Calls
from mlwidgets.components.forecasts.state import ForecastState
from mlwidgets.components.market.series import Series
from mlwidgets.components.record.reader import Records
from mlwidgets.components.trouble import in_words
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.record.track_record import TrackRecord

READ_AGAIN = 30.0
"""Seconds after which the record is read again though nothing on the page has changed."""

_SOONEST = 2.0
"""Seconds between two readings however fast candles close."""


class RecordState(HasTraits):
    """Follows a `ForecastState`: the record of the slot that it shows.

    Args:
        forecasts: whose model is judged.
        records: where the record is read.
        clock: gives seconds that only grow.
    """

    record = Instance(TrackRecord, allow_none=True, help="None until it has been read")
    backtest = Instance(Calls, allow_none=True, help="directions that its backtest called")
    problem = Unicode(help="why the record cannot be read")

    def __init__(
        self, forecasts: ForecastState, records: Records, *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        super().__init__()
        self.forecasts, self._records, self._clock = forecasts, records, clock
        self._read_at: float | None = None
        self._read_for: object = None
        self._count = 0
        forecasts.observe(lambda _: self.forget(), ["symbol", "model_type"])

    def ask(self, records: Records) -> None:
        """Have the record read elsewhere from the next look on, as in a replay."""
        self._records = records
        self.forget()

    def forget(self) -> None:
        """Show nothing until the next look, as when a replay goes back: it is not true any more.

        What is being read meanwhile will not be shown.
        """
        self._count += 1
        self._read_at, self._read_for = None, None
        with self.hold_trait_notifications():
            self.record, self.backtest, self.problem = None, None, ""

    async def look(self, series: Series | None) -> None:
        """Read the record where something has happened, or it was long ago.

        Args:
            series: the market's candles.
        """
        seen = (self.forecasts.meta, self.forecasts.forecast, series)
        if not self._due(seen):
            return
        self._read_at, self._read_for = self._clock(), seen
        records, slot, count = self._records, self._slot, self._count
        record, problem = None, ""
        try:
            record = await in_thread(lambda: records.read(*slot, series))
        except Exception as error:  # never into the cell
            problem = in_words(error)
        backtest = await _calls(records, self.forecasts.meta)
        if count == self._count:
            with self.hold_trait_notifications():
                self.record, self.backtest, self.problem = record, backtest, problem

    @property
    def _slot(self) -> tuple[str, str]:
        return self.forecasts.symbol, self.forecasts.model_type

    def _due(self, seen: tuple[object, ...]) -> bool:
        if self._read_at is None or not isinstance(self._read_for, tuple):
            return True
        since = self._clock() - self._read_at
        same = all(one is other for one, other in zip(seen, self._read_for, strict=True))
        return since >= (READ_AGAIN if same else _SOONEST)


async def _calls(records: Records, meta: ModelMeta | None) -> Calls | None:
    """What a model's backtest called; None where that is not known."""
    if meta is None:
        return None
    try:
        frame = await in_thread(lambda: records.backtest(meta))
    except Exception as error:  # the record is worth showing without it
        in_words(error)
        return None
    return None if frame is None else Calls.of(frame)
