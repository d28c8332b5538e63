"""Numbers and times as people read them."""

from __future__ import annotations

import datetime as dt
import math

from mlwidgets.market.symbols import split_symbol

NOTHING = "–"
"""What stands where a number is not defined."""


def amount(value: float | None, like: float | None = None) -> str:
    """A price or price difference.

    Args:
        value: in the quote currency.
        like: a value whose size decides the decimals; default: the value itself.

    >>> amount(66032.1), amount(1.23456), amount(0.000123456), amount(123.4, like=1.5)
    ('66,032.10', '1.2346', '0.00012346', '123.4000')
    """
    if value is None or not math.isfinite(value):
        return NOTHING
    size = abs(value if like is None else like)
    if size >= 10 or size == 0:
        return f"{value:,.2f}"
    decimals = 4 if size >= 1 else 4 - math.floor(math.log10(size))
    return f"{value:,.{decimals}f}"


def percent(value: float | None, decimals: int = 1, *, sign: bool = False) -> str:
    """A fraction in percent.

    >>> percent(0.5243), percent(0.0012, 2, sign=True), percent(-0.000001, 2, sign=True)
    ('52.4 %', '+0.12 %', '0.00 %')
    """
    if value is None or not math.isfinite(value):
        return NOTHING
    rounded = round(100 * value, decimals) or 0.0
    return f"{rounded:{'+' if sign and rounded else ''},.{decimals}f} %"


def number(value: float | None, decimals: int = 4) -> str:
    """A number without a unit.

    >>> number(-0.00213), number(-0.00001)
    ('-0.0021', '0.0000')
    """
    if value is None or not math.isfinite(value):
        return NOTHING
    return f"{round(value, decimals) or 0.0:,.{decimals}f}"


def count(value: int, noun: str) -> str:
    """How many of something.

    >>> count(1, "candle"), count(17520, "candle")
    ('1 candle', '17,520 candles')
    """
    return f"{value:,} {noun}{'' if value == 1 else 's'}"


def p_value(value: float | None) -> str:
    """A p-value.

    >>> p_value(0.0321), p_value(0.00001)
    ('0.032', '< 0.001')
    """
    if value is None or not math.isfinite(value):
        return NOTHING
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def chance(value: float | None) -> str:
    """A p-value in words: how often luck alone does as well.

    >>> chance(0.1), chance(0.004), chance(1e-9)
    ('about 10 in 100', 'about 1 in 250', 'fewer than 1 in 1,000')
    """
    if value is None or not math.isfinite(value):
        return "nobody can say how many"
    if value < 0.001:
        return "fewer than 1 in 1,000"
    if value < 0.01:
        return f"about 1 in {round(1 / value):,}"
    return f"about {round(100 * value)} in 100"


def duration(seconds: float) -> str:
    """A time span.

    >>> duration(0.42), duration(75), duration(7260), duration(180_000)
    ('0.4 s', '1 min 15 s', '2 h 1 min', '2 d 2 h')
    """
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours >= 48:
        return f"{hours // 24:,} d {hours % 24} h"
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def rough_duration(seconds: float) -> str:
    """A time span in its largest unit.

    >>> rough_duration(0.4), rough_duration(75), rough_duration(7260), rough_duration(180_000)
    ('0 s', '1 min', '2 h', '2 d')
    """
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{int(seconds // size):,} {unit}"
    return f"{int(max(seconds, 0))} s"


def moment(time: dt.datetime) -> str:
    """A time in the local zone, which is shown."""
    local = time.astimezone()
    zone = local.tzname() or ""
    return f"{local:%Y-%m-%d %H:%M} {'UTC' if zone[:1] in ('+', '-') else ''}{zone}"


def moment_ms(milliseconds: int) -> str:
    """As `moment`, from epoch milliseconds."""
    return moment(dt.datetime.fromtimestamp(milliseconds / 1000, tz=dt.UTC))


def horizon_words(horizon: str) -> str:
    """A horizon in words.

    >>> horizon_words("1h"), horizon_words("15m"), horizon_words("3d")
    ('1 hour', '15 minutes', '3 days')
    """
    unit = {"m": "minute", "h": "hour", "d": "day"}[horizon[-1]]
    return count(int(horizon[:-1]), unit)


def quote_of(symbol: str) -> str:
    """The currency that a symbol's prices are in.

    >>> quote_of("ETHBTC")
    'BTC'
    """
    parts = split_symbol(symbol)
    return parts[1] if parts else "quote"
