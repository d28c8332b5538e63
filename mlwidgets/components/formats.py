"""Numbers and times as people read them, in the page's language."""

from __future__ import annotations

import datetime as dt
import math

from mlwidgets.components.texts import text
from mlwidgets.components.zone import zone
from mlwidgets.market.symbols import split_symbol

NOTHING = "–"
"""What stands where a number is not defined."""

_SIGNS = {"USDT": "$", "USDC": "$", "FDUSD": "$", "TUSD": "$", "BUSD": "$", "USD": "$",
          "EUR": "€", "GBP": "£", "TRY": "₺"}  # fmt: skip
_DAY = 86_400
_UNITS = (
    (365 * _DAY, 2, "unit.year"), (30 * _DAY, 2, "unit.month"), (7 * _DAY, 2, "unit.week"),
    (_DAY, 1, "unit.day"), (3600, 1, "unit.hour"), (60, 1, "unit.minute"),
)  # fmt: skip
"""Seconds, how many of them there must be, and the text."""


def price_decimals(price: float) -> int:
    """How many decimals a price of this size is shown with.

    >>> [price_decimals(price) for price in (66032.1, 3.21, 0.5123, 0.000012)]
    [2, 4, 5, 9]
    """
    size = abs(price)
    if size >= 10 or size == 0 or not math.isfinite(size):
        return 2
    return 4 if size >= 1 else 4 - math.floor(math.log10(size))


def price(value: float | None, like: float | None = None) -> str:
    """A price without its currency.

    Args:
        value: in the quote currency.
        like: a price whose size decides the decimals; default: the value itself.

    >>> price(66032.1), price(1.23456), price(12.3, like=1.5)
    ('66,032.10', '1.2346', '12.3000')
    """
    if value is None or not math.isfinite(value):
        return NOTHING
    return f"{value:,.{price_decimals(value if like is None else like)}f}"


def money(value: float | None, symbol: str) -> str:
    """A price with its currency, short enough for a label.

    >>> money(66032.1, "BTCUSDT"), money(2.5, "XRPEUR"), money(0.0321, "ETHBTC")
    ('$66,032', '€2.5000', '0.032100 BTC')
    """
    if value is None or not math.isfinite(value):
        return NOTHING
    digits = f"{value:,.0f}" if abs(value) >= 10_000 else price(value)
    quote = (split_symbol(symbol) or ("", ""))[1]
    sign = _SIGNS.get(quote)
    return f"{sign}{digits}" if sign else f"{digits} {quote}".strip()


def percent(value: float | None, decimals: int = 1, *, sign: bool = False) -> str:
    """A fraction in percent.

    >>> percent(0.5243), percent(0.0012, 2, sign=True), percent(-0.000001, 2, sign=True)
    ('52.4 %', '+0.12 %', '0.00 %')
    """
    if value is None or not math.isfinite(value):
        return NOTHING
    rounded = round(100 * value, decimals) or 0.0
    return f"{rounded:{'+' if sign and rounded else ''},.{decimals}f} %"


def duration(seconds: float) -> str:
    """A time span in its largest whole unit; two of those that are longer than a day.

    >>> duration(42), duration(5400), duration(200_000), duration(1_500_000), duration(4e7)
    ('42 s', '1 h', '2 d', '2 w', '15 mo')
    """
    for size, least, key in _UNITS:
        if seconds >= size * least:
            return text(key, count=int(seconds // size))
    return text("unit.second", count=int(seconds))


def age(milliseconds: int, now: float | None = None) -> str:
    """How long ago a moment was.

    Args:
        milliseconds: the moment (epoch ms).
        now: epoch milliseconds; default: the clock.

    >>> age(0, now=7_200_000), age(0, now=500)
    ('2 h ago', 'just now')
    """
    seconds = (dt.datetime.now(dt.UTC).timestamp() * 1000 if now is None else now) - milliseconds
    if seconds < 10_000:
        return text("age.now")
    return text("age.past", duration=duration(seconds / 1000))


def moment(milliseconds: int, *, seconds: bool = False) -> str:
    """A time in the zone of the page, which is shown; without a page, in this machine's."""
    local = dt.datetime.fromtimestamp(milliseconds / 1000, tz=dt.UTC).astimezone(zone.info)
    name = local.tzname() or ""
    clock = f"{local:%H:%M:%S}" if seconds else f"{local:%H:%M}"
    return f"{local:%Y-%m-%d} {clock} {'UTC' if name[:1] in ('+', '-') else ''}{name}"
