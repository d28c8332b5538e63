"""The sidebar beside a price chart: what the model says, and how it has done."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from mlwidgets.components.chart.forecast import ForecastOverlay
from mlwidgets.components.forecasts.panel import ForecastPanel
from mlwidgets.components.forecasts.state import ForecastState
from mlwidgets.components.market.series import Series
from mlwidgets.components.record.panel import RecordPanel
from mlwidgets.components.record.state import RecordState
from mlwidgets.components.tabs import Tab, TabPanel
from mlwidgets.components.texts import text


class TradingSidebar(TabPanel):
    """Two tabs: "ML" with the forecast, "Record" with what became of earlier ones.

    It keeps the overlay's trust and its earlier forecasts; the forecast itself is the page's to
    set. A page calls `look` about once a second, which also says the forecast as of then, and
    `say` when all ages are to be said again, and sets `query`:

        records = RecordState(forecasts, LiveRecords(sources.settings, sources.candidates))
        sidebar = TradingSidebar(forecasts, records, overlay, now=lambda: market.clock.now())
        await forecasts.look_ahead(market.series, market.clock.now())
        await sidebar.look(market.series)

    A replay has forecasts and record made elsewhere: `forecasts.ask(Forecaster(...,
    recorded=False))`, `records.ask(...)`, and sets `sidebar.replay`.

    Args:
        forecasts: what the model says.
        records: what became of earlier forecasts.
        overlay: the forecast on the chart.
        now: tells the page's time; default: the machine's.
    """

    def __init__(
        self, forecasts: ForecastState, records: RecordState, overlay: ForecastOverlay,
        *, now: Callable[[], pd.Timestamp] | None = None,
    ) -> None:  # fmt: skip
        self.records, self.overlay = records, overlay
        self.forecast = ForecastPanel(forecasts, overlay, records, now=now)
        self.record = RecordPanel(records)
        records.observe(lambda _: self._draw_past(), "record")
        super().__init__(
            [
                Tab("ml", lambda: text("forecast.tab"), self.forecast),
                Tab("record", lambda: text("record.tab"), self.record),
            ]
        )

    @property
    def query(self) -> str:
        """The choice, for the link to the page where a first model is trained."""
        return self.forecast.query

    @query.setter
    def query(self, query: str) -> None:
        self.forecast.query = query

    @property
    def replay(self) -> bool:
        """Whether the page is in the past."""
        return self.forecast.replay

    @replay.setter
    def replay(self, replay: bool) -> None:
        self.forecast.replay = self.record.replay = replay

    async def look(self, series: Series | None) -> None:
        """Follow the record, now that the candles are these; a forecast may have passed."""
        self.forecast.say()
        await self.records.look(series)

    def say(self) -> None:
        """Put everything into words again."""
        super().say()
        self.forecast.say()
        self.record.say()

    def _draw_past(self) -> None:
        record = self.records.record
        if record is not None and record.model is not None:
            self.overlay.past_timeframe = record.model.timeframe
        self.overlay.past = None if record is None else record.forecasts
        self.forecast.say()
