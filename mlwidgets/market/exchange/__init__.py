"""Candles from any exchange that ccxt knows."""

from mlwidgets.market.exchange.exchange import Exchange

__all__ = ["Exchange"]
