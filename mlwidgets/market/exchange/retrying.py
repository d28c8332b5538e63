"""Asking until the exchange answers: backoff, Retry-After, bans."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt
from tenacity.wait import wait_exponential, wait_random

from mlwidgets.errors import MarketError
from mlwidgets.market.exchange.client import failure_of
from mlwidgets.market.exchange.failures import Failures

T = TypeVar("T")

_BAN_SECONDS = 120.0  # Binance's shortest ban
_FINAL = frozenset({400, 401, 403, 404, 405, 410, 418, 451})  # asking again changes nothing
_NONSENSE = (TypeError, ValueError, LookupError, AttributeError)


class Line:
    """Calls ccxt: retries what passes and translates what does not.

    Args:
        client: ccxt's exchange.
        place: what to call it in errors.
        attempts: how often a request is tried.
        backoff: seconds before the second attempt; doubled, with jitter, before each next one.
        max_wait: longest wait before an attempt, in seconds.
    """

    def __init__(
        self, client: Any, place: str, attempts: int, backoff: float, max_wait: float
    ) -> None:
        self._client = client
        self._failures = Failures(client, place)
        self._attempts = attempts
        self._max_wait = max_wait
        self._backoff = wait_exponential(multiplier=backoff, max=max_wait) + wait_random(0, backoff)
        self._banned_until = 0.0

    def ask(self, call: Callable[[], T]) -> T:
        """What `call` returns once the exchange answers.

        Raises:
            ExchangeUnavailable: it stays down after all attempts, or has banned this address.
            BadMarketData: its answer makes no sense.
            MarketError: it refuses the request.
        """
        banned = self._banned_until - time.monotonic()
        if banned > 0:
            raise self._failures.banned(banned)
        self._client.last_status = None
        retrying = Retrying(
            stop=stop_after_attempt(self._attempts),
            wait=self._wait,
            retry=retry_if_exception(self._passes),
            reraise=True,
        )
        try:
            return retrying(call)
        except _NONSENSE as error:
            raise self._failures.nonsense(error) from error
        except Exception as error:
            if failure_of(error) is None:
                raise
            raise self._translated(error, retrying.statistics["attempt_number"]) from error

    def _passes(self, error: BaseException) -> bool:
        status, failure = self._client.last_status, failure_of(error)
        if failure is None or status in _FINAL or self._wait_too_long():
            return False
        return failure.may_pass or (status is not None and status >= 500)

    def _wait(self, state: RetryCallState) -> float:
        asked = _retry_after(self._client.last_response_headers)
        return self._backoff(state) if asked is None else asked

    def _wait_too_long(self) -> bool:
        return (_retry_after(self._client.last_response_headers) or 0.0) > self._max_wait

    def _translated(self, error: BaseException, attempts: int) -> MarketError:
        if self._client.last_status == 418 or self._wait_too_long():
            seconds = _retry_after(self._client.last_response_headers) or _BAN_SECONDS
            self._banned_until = time.monotonic() + seconds
            return self._failures.banned(seconds)
        return self._failures.translated(error, attempts)


def _retry_after(headers: Mapping[str, str] | None) -> float | None:
    """Seconds to wait as a Retry-After header asks for, which gives seconds or a date."""
    text = (headers or {}).get("Retry-After", "")
    with suppress(ValueError):
        return max(0.0, float(text))
    with suppress(ValueError, TypeError):
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    return None
