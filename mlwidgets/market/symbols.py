"""Symbols as users write them, and as file names and ccxt need them."""

from __future__ import annotations

import re

from mlwidgets.errors import SpecError

QUOTES = ("USDT", "USDC", "FDUSD", "TUSD", "BUSD", "USD", "EUR", "GBP", "TRY", "BTC", "ETH", "BNB")
"""Quote currencies tried, in this order, to split a symbol written without a slash."""

_PLAIN = re.compile(r"[A-Z0-9]{2,20}")


def plain_symbol(symbol: str) -> str:
    """The symbol without separators, as the guide, file names and Binance write it.

    Raises:
        SpecError: the text is no symbol.

    >>> plain_symbol("btc/usdt")
    'BTCUSDT'
    """
    text = symbol.strip().upper() if isinstance(symbol, str) else ""
    plain = re.sub(r"[/\-_]", "", text.partition(":")[0], count=1)
    if not _PLAIN.fullmatch(plain):
        raise SpecError(
            f"Symbol {str(symbol)[:40]!r} is not one; write it as 'BTCUSDT' or 'BTC/USDT'.",
            field="symbol",
        )
    return plain


def split_symbol(symbol: str) -> tuple[str, str] | None:
    """Base and quote of a symbol, or None where no known quote ends it.

    >>> split_symbol("ETHBTC")
    ('ETH', 'BTC')
    """
    text = symbol.strip().upper()
    for separator in "/-_":
        if separator in text:
            base, _, quote = text.partition(":")[0].partition(separator)
            return (base, quote) if base and quote else None
    plain = plain_symbol(text)
    for quote in QUOTES:
        if plain.endswith(quote) and len(plain) > len(quote):
            return plain[: -len(quote)], quote
    return None
