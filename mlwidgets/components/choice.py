"""What a page is about, kept without widgets: market, model type and horizon."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from traitlets import Enum, HasTraits, Unicode, observe, validate

from mlwidgets.errors import MlwidgetsError
from mlwidgets.forecast.spec import MODEL_TYPES
from mlwidgets.market.symbols import plain_symbol
from mlwidgets.market.timeframes import MINUTES, horizon_steps

SYMBOL = "BTCUSDT"
"""What a page is about where nobody has chosen."""

IN_ADDRESS = {
    "symbol": "symbol", "timeframe": "timeframe", "model": "model_type", "horizon": "horizon",
}  # fmt: skip
"""Names in a page's address, and what they are called here."""

_STEPS = {"4h": (1, 3, 6), "1d": (1, 3, 7)}
"""Horizons in candles that are offered, where they differ from the usual."""


class Choice(HasTraits):
    """The chosen market, model type and horizon; the parts of a page share one and follow it.

    Of a new timeframe, a horizon of one candle stays one candle, and so becomes one that is no
    whole number of candles.

    Raises:
        SpecError: the symbol is none, or the horizon does not fit the timeframe.
        TraitError: no such timeframe or model type.

    >>> choice = Choice(symbol="eth/usdt", model_type="HYBRID")
    >>> choice.query
    'symbol=ETHUSDT&timeframe=1h&model=HYBRID'
    >>> choice.timeframe = "4h"
    >>> choice.horizon
    '4h'
    """

    symbol = Unicode(SYMBOL)
    timeframe = Enum(tuple(MINUTES), "1h")
    model_type = Enum(MODEL_TYPES, "LSTM")
    horizon = Unicode("1h")

    def __init__(self, **given: str) -> None:
        if "timeframe" in given:
            given.setdefault("horizon", given["timeframe"])
        super().__init__(**given)

    @property
    def query(self) -> str:
        """The choice as an address holds it; a horizon of one candle goes without saying."""
        said = {name: getattr(self, trait) for name, trait in IN_ADDRESS.items()}
        if horizon_steps(self.horizon, self.timeframe) == 1:
            del said["horizon"]
        return urlencode(said)

    @property
    def horizons(self) -> list[str]:
        """Horizons to choose from, the chosen one included."""
        unit, count = self.timeframe[-1], int(self.timeframe[:-1])
        offered = [f"{count * steps}{unit}" for steps in _STEPS.get(self.timeframe, (1, 4, 24))]
        return offered if self.horizon in offered else [*offered, self.horizon]

    @validate("symbol")
    def _plain(self, proposal: Any) -> str:
        return plain_symbol(proposal["value"])

    @validate("horizon")
    def _whole(self, proposal: Any) -> str:
        horizon: str = proposal["value"]
        horizon_steps(horizon, self.timeframe)
        return horizon

    @observe("timeframe")
    def _fit_horizon(self, change: Any) -> None:
        if _steps(self.horizon, change.old) == 1 or not _steps(self.horizon, change.new):
            self.horizon = change.new


def _steps(horizon: str, timeframe: str) -> int:
    """Candles in a horizon, 0 where it is no whole number of them."""
    try:
        return horizon_steps(horizon, timeframe)
    except MlwidgetsError:
        return 0
