"""What a failed request means for the caller, as one of mlwidgets' errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mlwidgets.errors import BadMarketData, ExchangeUnavailable, MarketError, UnknownSymbol
from mlwidgets.market.exchange.client import Failure, failure_of

_WITHOUT = "Without it, use candle files (read_candles) or simulated candles (simulate_market)."


@dataclass(frozen=True, slots=True)
class Failures:
    """Puts the failures of one exchange into words.

    Attributes:
        client: ccxt's exchange; its last HTTP status is part of the story.
        place: what to call the exchange, with its base URL where it has one.
    """

    client: Any
    place: str

    def translated(self, error: BaseException, attempts: int) -> MarketError:
        """The error for an exception of ccxt's that was raised in the last attempt."""
        status, name, failure = self.client.last_status, self.client.id, failure_of(error)
        if failure is Failure.BAD_SYMBOL:
            return UnknownSymbol(f"{name} refuses the symbol: {error}.", exchange=name)
        if status in (403, 451):
            return ExchangeUnavailable(
                f"{name} serves nobody at this address (HTTP {status}), often because of the "
                f"country; use another exchange. {_WITHOUT}",
                exchange=name, status=status,
            )  # fmt: skip
        if (failure and failure.may_pass) or isinstance(error.__cause__, OSError):
            return self._down(error, attempts)
        return MarketError(f"{name} refuses the request: {error}.", exchange=name, status=status)

    def banned(self, seconds: float) -> ExchangeUnavailable:
        """The error while the exchange answers nothing for another so many seconds."""
        return ExchangeUnavailable(
            f"{self.client.id} answers no requests from this address for another "
            f"{seconds:.0f} s after too many of them; none is sent until then. {_WITHOUT}",
            exchange=self.client.id, retry_after=seconds, status=self.client.last_status,
        )  # fmt: skip

    def nonsense(self, error: Exception) -> BadMarketData:
        """The error for an answer that ccxt stumbled over."""
        return BadMarketData(
            f"{self.client.id} sent an answer that makes no sense ({error!r}); try again later.",
            exchange=self.client.id,
        )

    def _down(self, error: BaseException, attempts: int) -> ExchangeUnavailable:
        tried = "1 attempt" if attempts == 1 else f"{attempts} attempts"
        reason = self._reason(error)
        return ExchangeUnavailable(
            f"{self.place} is unavailable after {tried}: {reason}. "
            f"Check the network, or try again later. {_WITHOUT}",
            exchange=self.client.id, attempts=attempts, reason=reason,
            status=self.client.last_status,
        )  # fmt: skip

    def _reason(self, error: BaseException) -> str:
        failure = failure_of(error)
        if failure is Failure.TIMEOUT:
            return f"no answer within {self.client.timeout / 1000:g} s"
        if failure is Failure.BAD_ANSWER:
            return str(error)
        if self.client.last_status is not None:
            return f"HTTP {self.client.last_status}"
        root = error
        while cause := root.__cause__ or root.__context__:
            root = cause
        return str(getattr(root, "strerror", None) or root)
