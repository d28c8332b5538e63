"""What became of forecasts: filled in by whoever looks first, once and for all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mlwidgets.market.candles import candles_of, is_simulated
from mlwidgets.market.dates import from_epoch_ms
from mlwidgets.market.store import CandleStore
from mlwidgets.record.store import RecordStore
from mlwidgets.record.values import RecordedModel
from mlwidgets.settings import Settings

PATIENCE_MS = 7 * 86_400_000
"""How long a target's candle is waited for after its close: exchanges fill gaps in later."""


@dataclass(frozen=True, slots=True)
class KnownCandles:
    """Candles of a symbol: those given, else those of the settings' store.

    Attributes:
        settings: where the store lies, and which exchange's candles count.
        given: candles that take the store's place where they are of the model's timeframe.
    """

    settings: Settings
    given: pd.DataFrame | None = None

    def fits(self, model: RecordedModel) -> bool:
        """Whether candles were given, and not labelled as of another timeframe."""
        if self.given is None:
            return False
        return self.given.attrs.get("timeframe") in (None, model.timeframe)

    @property
    def stored(self) -> KnownCandles:
        """Those of the store, whatever was given."""
        return KnownCandles(self.settings)

    def read(self, model: RecordedModel, start: int, end: int, now: int) -> pd.DataFrame:
        """Candles of a model's symbol that open in [start, end) and have closed by `now`.

        Args:
            model: of which symbol and timeframe.
            start: epoch milliseconds.
            end: epoch milliseconds.
            now: epoch milliseconds.

        Raises:
            CandleError, ModelMismatch: those given are no candles, or another symbol's.
            BadMarketData, StorageError: the store cannot be read.
        """
        first, after = from_epoch_ms(start), from_epoch_ms(min(end, now - model.step_ms + 1))
        if self.given is not None and self.fits(model):
            candles = candles_of(self.given, model.symbol, model.timeframe)
            return candles.loc[(candles.index >= first) & (candles.index < after)]
        store = CandleStore(self.settings.candles_dir)
        exchange = self.settings.exchange
        return store.read(exchange, model.symbol, model.timeframe, first, max(first, after))


def score(
    store: RecordStore, model_id: int, model: RecordedModel, candles: KnownCandles, now: int
) -> None:
    """Fill in the outcomes of a model's forecasts whose target had closed by `now`.

    Forecasts of the simulated market are scored by simulated candles, others by others. A
    candle that the store still lacks a week after its close is not looked for there again.

    Args:
        store: the record.
        model_id: the model's id in it.
        model: the model.
        candles: where closes come from.
        now: epoch milliseconds, not in the future; no later candle is read.

    Raises:
        As `KnownCandles.read`.
    """
    given = candles.fits(model)
    simulated = candles.given is not None and given and is_simulated(candles.given)
    before = now - model.step_ms + 1
    waiting = store.unscored(model_id, before, simulated=simulated, given_up=given)
    if not waiting:
        return
    targets = [target for _, target in waiting]
    frame = candles.read(model, min(targets), max(targets) + 1, now)
    closes = closes_of(frame)
    outcomes = {origin: closes[target] for origin, target in waiting if target in closes}
    late = now - model.step_ms - PATIENCE_MS
    hopeless = [
        origin for origin, target in waiting
        if origin not in outcomes and target <= late and not given
    ]  # fmt: skip
    if outcomes or hopeless:
        store.score(model_id, outcomes, hopeless)


def closes_of(candles: pd.DataFrame) -> dict[int, float]:
    """Closes by open time, epoch milliseconds."""
    times = pd.DatetimeIndex(candles.index).as_unit("ms").asi8.tolist()
    return dict(zip(times, candles["close"].to_numpy(dtype=np.float64).tolist(), strict=True))
