"""A simulated market whose best possible forecast is known, for tests, demos and offline work."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pandas as pd

from mlwidgets.errors import SpecError
from mlwidgets.market.candles import COLUMNS, INDEX_DTYPE, SIMULATED, label_candles
from mlwidgets.market.symbols import plain_symbol
from mlwidgets.market.timeframes import timeframe_delta, timeframe_minutes

FloatArray = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

REGIMES = ("Bull", "Bear", "Sideways")
"""Names of the hidden regimes."""

_MEAN_DAYS = (20.0, 15.0, 20.0)
"""Mean duration of a spell of each regime."""
_DRIFT = (0.3, -0.3, 0.0)
"""Mean log return a day in each regime at trend 1, in daily standard deviations."""
_REGIME_VOLATILITY = (1.0, 1.2, 0.8)
_DAILY_VOLATILITY = 0.03
_TAIL = 6.0
"""Degrees of freedom of the Student-t innovations."""
_VOLATILITY_WAVES = ((20.0, 0.25), (0.5, 0.25))
"""Half-life in days and standard deviation of each autoregressive part of log volatility."""
_VOLUME_PER_MINUTE = 20.0
_RETURN_SPAN, _VOLUME_SPAN = 48, 168
"""Candles over which the planted signal averages squared returns and volumes."""
_MOST_CANDLES, _LAST_DAY = 5_000_000, pd.Timestamp("2200-01-01", tz="UTC")
_REFERENCE_CANDLES = 8192


@dataclass(frozen=True)
class SimulatedMarket:
    """Simulated candles and the truth that they were drawn from.

    The truth in row t is about the return from the close of candle t to the close of
    candle t+1, given everything up to t: what a perfect forecast from origin t knows.

    Attributes:
        candles: canonical candles whose label says that they are simulated, n rows.
        regimes: the hidden regime that each candle was drawn in, shape (n,).
        expected_return: mean of the next candle's log return, shape (n,).
        volatility: standard deviation of the next candle's log return, shape (n,).
        best_directional_accuracy: share of next candles whose direction is called right, in
            expectation, by somebody who knows `expected_return`: the mean over the rows of
            F(|expected_return| / volatility), F being the distribution of the innovations.
    """

    candles: pd.DataFrame
    regimes: pd.Series
    expected_return: pd.Series
    volatility: pd.Series
    best_directional_accuracy: float


def simulate_market(
    timeframe: str = "1h",
    *,
    periods: int = 5000,
    seed: int = 0,
    best_directional_accuracy: float = 0.60,
    trend: float = 1.0,
    start: str | pd.Timestamp = "2024-01-01",
    start_price: float = 30_000.0,
    symbol: str = "SIMUSDT",
) -> SimulatedMarket:
    """Simulate a market with regimes, volatility clustering and a known predictability.

    Hidden bull, bear and sideways regimes of some weeks; volatility that clusters and
    follows the hour and the weekday; Student-t returns whose mixing variable also drives
    the volume and the candle's range (mixture of distributions, Clark 1973); and a planted
    signal, a smooth non-linear function of past candles: the last returns revert after
    high volume and go on after low volume. Its strength is set so that a perfect forecast
    of one candle has about the asked directional accuracy; the exact one is returned.
    With accuracy 0.5 and trend 0 no forecast of the direction beats a coin. The drift of the
    hidden regimes counts in the best accuracy although nobody sees it in full: little on
    `1h` candles (0.2 points), most of it on `1d`, where a learnable market wants trend 0.

    The same arguments give the same candles; more `periods` only append to them.

    Args:
        timeframe: length of the candles.
        periods: how many candles.
        seed: seed of the random numbers, >= 0.
        best_directional_accuracy: what a perfect forecast of the next candle's direction
            attains on average, 0.5 to 0.7.
        trend: multiplies the regimes' drift of 0.3 daily standard deviations a day, 0 to 3.
        start: open time of the first candle, UTC where it names no timezone.
        start_price: its open price.
        symbol: what the candles are labelled with.

    Returns:
        The candles and the truth behind them.

    Raises:
        SpecError: an argument makes no sense, or the trend alone makes directions more
            predictable than asked.
        UnknownTimeframe: the timeframe is not known.

    >>> market = simulate_market("1h", periods=5000, seed=7)
    >>> market.candles.attrs["source"], market.candles.index[0].isoformat()
    ('simulated', '2024-01-01T00:00:00+00:00')
    >>> round(market.best_directional_accuracy, 2)
    0.6
    """
    _check(periods, seed, best_directional_accuracy, trend, start_price)
    # One candle more than asked: the truth in the last row is about the candle after it.
    time = _times(timeframe, start, periods + 1)
    label = plain_symbol(symbol)
    strength = _strength(timeframe, float(best_directional_accuracy), float(trend))
    draw = _Draw.of(timeframe, time, seed, trend)
    mean, noise = _standardised(draw, strength)
    returns = draw.volatility * (mean + noise)
    prices = start_price * np.exp(np.cumsum(returns))
    values = np.column_stack([*_bars(draw, returns, prices, start_price, seed), draw.volume])
    candles = pd.DataFrame(values[:-1], index=time[:-1], columns=list(COLUMNS))
    label_candles(candles, symbol=label, timeframe=timeframe, source=SIMULATED)
    return SimulatedMarket(
        candles=candles,
        regimes=pd.Series(np.array(REGIMES)[draw.regime[:-1]], time[:-1], name="regime"),
        expected_return=pd.Series((draw.volatility * mean)[1:], time[:-1], name="expected_return"),
        volatility=pd.Series(draw.volatility[1:], time[:-1], name="volatility"),
        best_directional_accuracy=_accuracy(mean[1:]),
    )


@dataclass(frozen=True)
class _Draw:
    """All that is drawn before any return; arrays of shape (n,).

    Attributes:
        regime: index into `REGIMES`.
        drift: mean standardised return that the regime adds.
        volatility: standard deviation of each candle's log return.
        mixing: the part of the candle's variance that nobody can know before it, mean 1.
        shock: standard normal; sqrt(mixing) * shock is a Student-t innovation.
        volume: in units of the base currency.
    """

    regime: np.ndarray[tuple[int], np.dtype[np.int64]]
    drift: FloatArray
    volatility: FloatArray
    mixing: FloatArray
    shock: FloatArray
    volume: FloatArray

    @classmethod
    def of(cls, timeframe: str, time: pd.DatetimeIndex, seed: int, trend: float) -> _Draw:
        # Every ingredient has a stream of its own, so that more periods change no earlier one.
        streams = _streams(seed)
        n, days = len(time), timeframe_minutes(timeframe) / 1440
        regime = _regime_path(n, days, next(streams))
        season = _season(time, days)
        waves = [_wave(n, days / half, sd, next(streams)) for half, sd in _VOLATILITY_WAVES]
        level = np.log(_REGIME_VOLATILITY)[regime] + season + np.sum(waves, axis=0)
        mixing = np.divide(_TAIL / 2 - 1, next(streams).standard_gamma(_TAIL / 2, n))
        chatter = _wave(n, 0.25, 0.2, next(streams)) + 0.2 * next(streams).standard_normal(n)
        volume = 1.2 * level + 0.4 * season + 0.5 * np.log(mixing) + chatter
        return cls(
            regime=regime,
            drift=trend * math.sqrt(days) * np.array(_DRIFT)[regime],
            volatility=_DAILY_VOLATILITY * math.sqrt(days) * np.exp(level),
            mixing=mixing,
            shock=next(streams).standard_normal(n),
            volume=_VOLUME_PER_MINUTE * 1440 * days * np.exp(volume),
        )


def _streams(seed: int, purpose: int = 0) -> Iterator[np.random.Generator]:
    root = np.random.SeedSequence([purpose, seed])
    while True:
        yield np.random.default_rng(root.spawn(1)[0])


def _regime_path(
    n: int, days: float, rng: np.random.Generator
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    path = np.empty(n, dtype=np.int64)
    row, regime = 0, int(rng.choice(3, p=np.array(_MEAN_DAYS) / sum(_MEAN_DAYS)))
    while row < n:
        spell = int(rng.geometric(min(1.0, days / _MEAN_DAYS[regime])))
        path[row : row + spell] = regime
        row, regime = row + spell, (regime + int(rng.integers(1, 3))) % 3
    return path


def _season(time: pd.DatetimeIndex, days: float) -> FloatArray:
    """Log of the daily and weekly pattern of volatility at each candle's middle."""
    clock = time.as_unit("ms").asi8 / 86_400_000 + days / 2
    # The epoch was a Thursday; the quiet of a weekend is centred on Sunday 00:00 UTC.
    from_weekend = np.abs((clock - 3.0 + 3.5) % 7 - 3.5)
    weekend = -0.25 / (1 + np.exp((from_weekend - 1.0) * 8))
    if days >= 1:
        return weekend
    angle = 2 * np.pi * (clock % 1 - 15 / 24)
    return weekend + 0.25 * np.cos(angle) + 0.08 * np.cos(2 * angle)


def _wave(n: int, rate: float, sd: float, rng: np.random.Generator) -> FloatArray:
    """A stationary first-order autoregression that loses half its level in 1 / rate candles."""
    keep = 0.5**rate
    push = rng.standard_normal(n)
    push[1:] *= math.sqrt((1 + keep) / (1 - keep))
    wave = pd.Series(push).ewm(alpha=1 - keep, adjust=False).mean()
    return sd * wave.to_numpy(dtype=np.float64)


def _standardised(draw: _Draw, strength: float) -> tuple[FloatArray, FloatArray]:
    """Mean and innovation of each candle's log return over its volatility.

    The planted signal of candle t+1 is -strength tanh(0.6 x) tanh(0.8 (v + 0.3)), where x is
    the sum of the log returns up to t, each counting 0.7 of the one after it, over their root
    mean square, and v is the log of the volume of t over its average.
    """
    noise = np.sqrt(draw.mixing) * draw.shock
    average = pd.Series(draw.volume).ewm(span=_VOLUME_SPAN).mean().to_numpy(dtype=np.float64)
    pull = (-strength * np.tanh(0.8 * (np.log(draw.volume / average) + 0.3))).tolist()
    keep = 1 - 2 / (_RETURN_SPAN + 1)
    mean, signal, run, square = [], 0.0, 0.0, None
    rows = zip(draw.drift.tolist(), noise.tolist(), draw.volatility.tolist(), pull, strict=True)
    for drift, innovation, volatility, next_pull in rows:
        mean.append(signal + drift)
        change = volatility * (signal + drift + innovation)
        run = 0.7 * run + change
        square = change**2 if square is None else keep * square + (1 - keep) * change**2
        signal = next_pull * math.tanh(0.6 * run / math.sqrt(square)) if square else 0.0
    return np.array(mean), noise


def _bars(
    draw: _Draw, returns: FloatArray, close: FloatArray, start_price: float, seed: int
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Open, high, low, close: the extremes of a Brownian bridge, drawn in two halves."""
    open_ = np.concatenate([[start_price], close[:-1]])
    streams = _streams(seed, purpose=1)
    half_variance = draw.volatility**2 * draw.mixing / 2
    middle = returns / 2 + np.sqrt(half_variance / 2) * next(streams).standard_normal(len(close))
    halves = ((0.0, middle), (middle, returns - middle))
    up = [base + _reach(step, half_variance, next(streams)) for base, step in halves]
    down = [base - _reach(-step, half_variance, next(streams)) for base, step in halves]
    high = np.maximum(open_ * np.exp(np.maximum(*up)), np.maximum(open_, close))
    low = np.minimum(open_ * np.exp(np.minimum(*down)), np.minimum(open_, close))
    return open_, high, low, close


def _reach(step: FloatArray, variance: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Highest point over its start of a Brownian bridge that ends `step` higher."""
    exponential = rng.standard_exponential(len(step))
    return (step + np.sqrt(step**2 + 2 * variance * exponential)) / 2


def _accuracy(mean: FloatArray) -> float:
    from scipy.special import stdtr

    return float(np.mean(stdtr(_TAIL, np.abs(mean) * math.sqrt(_TAIL / (_TAIL - 2)))))


@lru_cache(maxsize=64)
def _strength(timeframe: str, accuracy: float, trend: float) -> float:
    """The signal's strength at which a long market has the asked accuracy.

    Found on a reference market that visits each regime for its share of time, not on the
    market itself: its candles must not depend on how many of them are asked for.
    """
    if accuracy == 0.5 and trend == 0:
        return 0.0
    time = _times(timeframe, "2024-01-01", _REFERENCE_CANDLES)
    draw = _Draw.of(timeframe, time, 0, trend)
    share = np.cumsum(_MEAN_DAYS) / sum(_MEAN_DAYS)
    visits = np.searchsorted(share, (np.arange(len(time)) + 0.5) / len(time))
    drift = trend * math.sqrt(timeframe_minutes(timeframe) / 1440) * np.array(_DRIFT)[visits]
    draw = replace(draw, drift=drift)
    floor = _accuracy(drift)
    if accuracy < floor:
        raise SpecError(
            f"The trend of {trend:g} alone lets a perfect forecast of a {timeframe} candle call "
            f"{floor:.4f} of the directions, more than best_directional_accuracy={accuracy:g}; "
            "ask for more, or lower trend (0 for none).",
            field="best_directional_accuracy", value=accuracy, floor=floor,
        )  # fmt: skip
    low, high = 0.0, 16.0
    for _ in range(16):
        middle = (low + high) / 2
        below = _accuracy(_standardised(draw, middle)[0]) < accuracy
        low, high = (middle, high) if below else (low, middle)
    return (low + high) / 2


def _times(timeframe: str, start: str | pd.Timestamp, n: int) -> pd.DatetimeIndex:
    step = timeframe_delta(timeframe)
    first = _instant(start)
    if first.value % step.value:
        raise SpecError(
            f"start={first} is off the {timeframe} grid; use {first.floor(step)}.", field="start"
        )
    if first.year < 1971 or (_LAST_DAY - first) / step < n:
        raise SpecError(
            f"{n} candles of {timeframe} from {first} leave the years 1971 to 2199; "
            "ask for fewer periods or another start.",
            field="periods",
        )
    times = first.value + step.value * np.arange(n, dtype=np.int64)
    index = pd.to_datetime(times, unit="ns", utc=True).astype(INDEX_DTYPE)
    return pd.DatetimeIndex(index, name="time")


def _instant(start: str | pd.Timestamp) -> pd.Timestamp:
    try:
        time = pd.Timestamp(start)
        # A missing time has no year; NaT compares as unequal to everything.
        if time.year != time.year:
            raise ValueError
        return (time.tz_localize("UTC") if time.tz is None else time.tz_convert("UTC")).as_unit(
            "ns"
        )
    except (TypeError, ValueError):
        message = f"start={start!r} is no date of our times; write it as '2024-01-01'."
        raise SpecError(message, field="start") from None


def _check(
    periods: int, seed: int, best_directional_accuracy: float, trend: float, start_price: float
) -> None:
    _require("periods", periods, 1, _MOST_CANDLES, whole=True)
    _require("seed", seed, 0, 2**63 - 1, whole=True)
    _require("best_directional_accuracy", best_directional_accuracy, 0.5, 0.7)
    _require("trend", trend, 0, 3)
    _require("start_price", start_price, 1e-9, 1e12)


def _require(field: str, value: float, least: float, most: float, whole: bool = False) -> None:
    kinds = (int, np.integer) if whole else (int, float, np.integer, np.floating)
    if isinstance(value, bool) or not isinstance(value, kinds) or not least <= value <= most:
        kind = "a whole number" if whole else "a number"
        raise SpecError(
            f"{field}={value!r} must be {kind} from {least:g} to {most:g}.",
            field=field, value=str(value),
        )  # fmt: skip
