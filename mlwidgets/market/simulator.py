"""A simulated market whose best possible forecast is known, for tests, demos and offline work."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pandas as pd

from mlwidgets.errors import SpecError
from mlwidgets.market.candles import COLUMNS, SIMULATED, SIMULATED_SYMBOL, label_candles
from mlwidgets.market.regimes import REGIMES
from mlwidgets.market.simulator_arguments import check_arguments, open_times
from mlwidgets.market.simulator_draw import DRIFT, MEAN_DAYS, TAIL, Draw, FloatArray, streams
from mlwidgets.market.symbols import plain_symbol
from mlwidgets.market.timeframes import timeframe_minutes

__all__ = ["REGIMES", "SimulatedMarket", "simulate_market"]

_RETURN_SPAN, _VOLUME_SPAN = 48, 168
"""Candles over which the planted signal averages squared returns and volumes."""
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
    symbol: str = SIMULATED_SYMBOL,
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
    check_arguments(periods, seed, best_directional_accuracy, trend, start_price)
    # One candle more than asked: the truth in the last row is about the candle after it.
    time = open_times(timeframe, start, periods + 1)
    label = plain_symbol(symbol)
    strength = _strength(timeframe, float(best_directional_accuracy), float(trend))
    draw = Draw.of(timeframe, time, seed, trend)
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


def _standardised(draw: Draw, strength: float) -> tuple[FloatArray, FloatArray]:
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
    draw: Draw, returns: FloatArray, close: FloatArray, start_price: float, seed: int
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Open, high, low, close: the extremes of a Brownian bridge, drawn in two halves."""
    open_ = np.concatenate([[start_price], close[:-1]])
    stream = streams(seed, purpose=1)
    half_variance = draw.volatility**2 * draw.mixing / 2
    middle = returns / 2 + np.sqrt(half_variance / 2) * next(stream).standard_normal(len(close))
    halves = ((0.0, middle), (middle, returns - middle))
    up = [base + _reach(step, half_variance, next(stream)) for base, step in halves]
    down = [base - _reach(-step, half_variance, next(stream)) for base, step in halves]
    high = np.maximum(open_ * np.exp(np.maximum(*up)), np.maximum(open_, close))
    low = np.minimum(open_ * np.exp(np.minimum(*down)), np.minimum(open_, close))
    return open_, high, low, close


def _reach(step: FloatArray, variance: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Highest point over its start of a Brownian bridge that ends `step` higher."""
    exponential = rng.standard_exponential(len(step))
    return (step + np.sqrt(step**2 + 2 * variance * exponential)) / 2


def _accuracy(mean: FloatArray) -> float:
    from scipy.special import stdtr

    return float(np.mean(stdtr(TAIL, np.abs(mean) * math.sqrt(TAIL / (TAIL - 2)))))


@lru_cache(maxsize=64)
def _strength(timeframe: str, accuracy: float, trend: float) -> float:
    """The signal's strength at which a long market has the asked accuracy.

    Found on a reference market that visits each regime for its share of time, not on the
    market itself: its candles must not depend on how many of them are asked for.
    """
    if accuracy == 0.5 and trend == 0:
        return 0.0
    time = open_times(timeframe, "2024-01-01", _REFERENCE_CANDLES)
    draw = Draw.of(timeframe, time, 0, trend)
    share = np.cumsum(MEAN_DAYS) / sum(MEAN_DAYS)
    visits = np.searchsorted(share, (np.arange(len(time)) + 0.5) / len(time))
    drift = trend * math.sqrt(timeframe_minutes(timeframe) / 1440) * np.array(DRIFT)[visits]
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
