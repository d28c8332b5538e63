"""The candle under way, as an exchange's websocket tells it."""

from __future__ import annotations

from typing import Any

from mlwidgets.errors import ExchangeUnavailable, MarketError
from mlwidgets.market.exchange.client import Failure, failure_of
from mlwidgets.market.exchange.tidying import Series

Row = tuple[int, float, float, float, float, float]
"""Open time in epoch milliseconds, open, high, low, close, volume; unchecked."""


class CandleStream:
    """Tells how the latest candles of one series change; use it in one event loop.

    `Exchange.watch` opens one. What it tells is unchecked, and ccxt does not pass on whether a
    candle is closed: ask the exchange by REST for what must be certain.

    Args:
        client: ccxt's websocket client; see `open_streaming`.
        series: what is watched.
    """

    def __init__(self, client: Any, series: Series) -> None:
        self._client = client
        self._series = series
        self._known: Any = None

    @property
    def connected(self) -> bool:
        """Whether a connection is open."""
        return any(each.isConnected and not each.closed() for each in self._connections())

    async def changes(self) -> list[Row]:
        """The candles that have changed since the last call, once there are any.

        The first call connects, and so does the next one after an error. It can be cancelled
        and called again.

        Raises:
            ExchangeUnavailable: the connection cannot be made, was lost or tells nonsense.
            MarketError: the exchange refuses.
        """
        known, self._known = self._known, None
        if known is not None and _is_over(known, self._connections()):
            raise self._broken("closed between two messages")  # ccxt would dial without a word
        try:
            rows = await self._client.watch_ohlcv(self._series.name, self._series.timeframe)
        except Exception as error:
            if failure_of(error) is None:
                raise
            raise self._translated(error) from error
        finally:
            self._known = next(iter(self._connections()), None)
        return [tuple(row[:6]) for row in rows]  # ccxt goes on writing into its rows

    async def disconnect(self) -> None:
        """End the connection; the next `changes` makes another."""
        self._known = None
        await self._client.disconnect()

    async def close(self) -> None:
        """End the connection and whatever ccxt has started for it."""
        await self._client.finish()

    def _translated(self, error: Exception) -> MarketError:
        name = self._series.exchange
        if failure_of(error) is Failure.REFUSAL:
            return MarketError(f"{name} refuses the candle stream: {error}.", exchange=name)
        status = getattr(error.args[0], "status", None) if error.args else None
        reason = str(error).rstrip(".") or type(error).__name__
        return self._broken(reason if status is None else f"HTTP {status}")

    def _broken(self, reason: str) -> ExchangeUnavailable:
        name = self._series.exchange
        return ExchangeUnavailable(
            f"{name}'s candle stream broke off: {reason}.", exchange=name, reason=reason
        )

    def _connections(self) -> list[Any]:
        return list((self._client.clients or {}).values())


def _is_over(connection: Any, open_ones: list[Any]) -> bool:
    """Whether a connection was made and has ended; one that is still being made has not."""
    return connection not in open_ones or (connection.isConnected and connection.closed())
