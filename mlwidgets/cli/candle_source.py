"""Where a command's candles come from: the exchange and its store, a file, or the simulator."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import pandas as pd
import typer

from mlwidgets.cli.options import CandleOptions
from mlwidgets.cli.output import Output
from mlwidgets.cli.progress import downloading
from mlwidgets.errors import NotEnoughCandles, SpecError
from mlwidgets.market.candles import SIMULATED_SYMBOL, is_simulated, label_candles
from mlwidgets.market.dates import utc_timestamp
from mlwidgets.market.files import read_candles
from mlwidgets.market.loading import load_candles
from mlwidgets.market.simulator import simulate_market
from mlwidgets.market.symbols import plain_symbol
from mlwidgets.market.timeframes import timeframe_delta, timeframe_minutes
from mlwidgets.settings import get_settings

_HISTORY = "730d"
_MINUTES = {"m": 1, "h": 60, "d": 1440, "w": 10_080}

SIMULATION_STARTS = pd.Timestamp("2024-01-01", tz="UTC")
"""Open time of the first simulated candle, unless the options say otherwise."""


@dataclass(frozen=True, slots=True, eq=False)
class LoadedCandles:
    """Candles, and what is known about them.

    Attributes:
        frame: canonical, labelled.
        best_accuracy: directional accuracy of a perfect one-candle forecast, if simulated here.
    """

    frame: pd.DataFrame
    best_accuracy: float | None = None

    @property
    def source(self) -> str:
        """Exchange, file name or `simulated`."""
        return str(self.frame.attrs.get("source") or "unknown source")

    @property
    def simulated(self) -> bool:
        """Whether they come from the simulator, in a file too."""
        return is_simulated(self.frame)


@dataclass(frozen=True, slots=True, eq=False)
class CandleSource:
    """Candles that are chosen and not loaded yet.

    Attributes:
        symbol: without separators.
        timeframe: their length.
        start: first open time; None where a file's first candle is.
        end: open time after the last candle; None where a file ends.
        options: what the user asked for.
        file: the candles of a file.
    """

    symbol: str
    timeframe: str
    start: pd.Timestamp | None
    end: pd.Timestamp | None
    options: CandleOptions
    file: pd.DataFrame | None = None

    def load(self, output: Output) -> LoadedCandles:
        """The candles; only now is the exchange asked and the store written."""
        if self.file is not None:
            return LoadedCandles(_cut(self.file, self.start, self.end))
        if self.options.simulated:
            return self._simulate()
        exchange = get_settings().exchange
        with downloading(output, self.symbol, exchange) as on_progress:
            return LoadedCandles(
                load_candles(
                    self.options.symbol or self.symbol, self.timeframe,
                    start=self.start, end=self.end,
                    offline=self.options.offline, on_progress=on_progress,
                )
            )  # fmt: skip

    def _simulate(self) -> LoadedCandles:
        assert self.start is not None
        assert self.end is not None
        market = simulate_market(
            self.timeframe, seed=self.options.seed, symbol=SIMULATED_SYMBOL, start=self.start,
            periods=int((self.end - self.start) // timeframe_delta(self.timeframe)),
        )  # fmt: skip
        return LoadedCandles(market.candles, market.best_directional_accuracy)


def choose_candles(options: CandleOptions) -> CandleSource:
    """Settle symbol, timeframe and dates; reads a file, but writes nothing.

    Raises:
        typer.BadParameter: options that contradict each other.
        SpecError, MarketError, CandleError: a value or file that makes no sense.
    """
    _refuse_contradictions(options)
    if options.data is not None:
        return _from_file(options)
    timeframe = options.timeframe or "1h"
    timeframe_minutes(timeframe)
    symbol = SIMULATED_SYMBOL if options.simulated else plain_symbol(options.symbol or "")
    start, end = _range(options)
    return CandleSource(symbol, timeframe, start, end, options)


def latest_candles(options: CandleOptions, since: pd.Timestamp) -> CandleSource:
    """As `choose_candles`, but up to now, and from `since` unless the options say otherwise."""
    source = choose_candles(options)
    if source.file is not None or options.simulated:
        return source
    chosen = options.start is not None or options.history is not None
    end = source.end if options.end is not None else pd.Timestamp.now("UTC")
    return replace(source, start=source.start if chosen else since, end=end)


def _refuse_contradictions(options: CandleOptions) -> None:
    if options.simulated and options.data is not None:
        raise typer.BadParameter("give either --data or --simulated", param_hint="--simulated")
    if options.start is not None and options.history is not None:
        raise typer.BadParameter("give either --start or --history", param_hint="--history")
    if options.symbol is None and not options.simulated and options.data is None:
        raise typer.BadParameter("say which, as BTCUSDT", param_hint="SYMBOL")
    given = options.symbol is not None and plain_symbol(options.symbol)
    if options.simulated and given not in (False, SIMULATED_SYMBOL):
        raise typer.BadParameter(
            f"simulated candles are always of {SIMULATED_SYMBOL}; leave {options.symbol} away",
            param_hint="SYMBOL",
        )


def _from_file(options: CandleOptions) -> CandleSource:
    assert options.data is not None
    candles = read_candles(options.data, timeframe=options.timeframe)
    timeframe = str(candles.attrs["timeframe"])
    _check_spacing(candles, timeframe, options.data.name)
    symbol = candles.attrs["symbol"] or options.symbol
    if symbol is None:
        raise typer.BadParameter(
            f"{options.data.name} does not tell its symbol; say it", param_hint="SYMBOL"
        )
    if options.symbol is not None and plain_symbol(options.symbol) != plain_symbol(symbol):
        raise SpecError(
            f"{options.data.name} holds candles of {symbol}, not {plain_symbol(options.symbol)}; "
            "correct the one or the other.",
            field="symbol",
        )
    label_candles(
        candles, symbol=plain_symbol(symbol), timeframe=timeframe, source=candles.attrs["source"]
    )
    start, end = _range(options, candles)
    return CandleSource(plain_symbol(symbol), timeframe, start, end, options, candles)


def _check_spacing(candles: pd.DataFrame, timeframe: str, name: str) -> None:
    spacing = candles.index[1:] - candles.index[:-1]
    if len(spacing) and spacing.min() > timeframe_delta(timeframe):
        raise SpecError(
            f"The candles of {name} are {spacing.min()} apart, so not {timeframe}; "
            "correct --timeframe or leave it away.",
            field="timeframe",
        )


def _range(
    options: CandleOptions, file: pd.DataFrame | None = None
) -> tuple[pd.Timestamp | None, pd.Timestamp | None]:
    """First open time and the one after the last; None where a file's own bounds hold."""
    start = None if options.start is None else utc_timestamp(options.start, "start")
    end = None if options.end is None else utc_timestamp(options.end, "end")
    if file is None:
        start, end = _filled(options, start, end)
    elif options.history is not None:
        after_last = file.index[-1] + timeframe_delta(file.attrs["timeframe"])
        start = (end or after_last) - span(options.history)
    if start is not None and end is not None and start >= end:
        raise SpecError(
            f"The candles would start at {start} and end at {end}; choose an earlier start.",
            field="start", start=str(start), end=str(end),
        )  # fmt: skip
    return start, end


def _filled(
    options: CandleOptions, start: pd.Timestamp | None, end: pd.Timestamp | None
) -> tuple[pd.Timestamp, pd.Timestamp]:
    length = span(options.history or _HISTORY)
    if options.simulated:
        start = start or (end - length if end is not None else SIMULATION_STARTS)
        return start, end or start + length
    end = end or pd.Timestamp.now("UTC").normalize()
    return start or end - length, end


def span(text: str) -> pd.Timedelta:
    """A length of history.

    Raises:
        SpecError: it is none.

    >>> span("90d")
    Timedelta('90 days 00:00:00')
    """
    match = re.fullmatch(r"([1-9]\d{0,6})([mhdw])", text.strip())
    if match is None:
        raise SpecError(
            f"History {text!r} is no length of time; write it as '730d', '52w' or '48h'.",
            field="history", value=text,
        )  # fmt: skip
    return pd.Timedelta(minutes=int(match[1]) * _MINUTES[match[2]])


def _cut(
    candles: pd.DataFrame, start: pd.Timestamp | None, end: pd.Timestamp | None
) -> pd.DataFrame:
    inside = pd.Series(True, index=candles.index)
    if start is not None:
        inside &= candles.index >= start
    if end is not None:
        inside &= candles.index < end
    chosen = candles.loc[inside]
    if chosen.empty:
        raise NotEnoughCandles(
            f"{candles.attrs['source']} has no candles from {start or 'its start'} to "
            f"{end or 'its end'}; it spans {candles.index[0]} to {candles.index[-1]}.",
            first=str(candles.index[0]), last=str(candles.index[-1]),
        )  # fmt: skip
    chosen.attrs.update(candles.attrs)
    return chosen
