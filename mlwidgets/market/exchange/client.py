"""The one module that imports ccxt: opening an exchange, and what its exceptions mean."""

from __future__ import annotations

import difflib
from enum import Enum, auto
from typing import Any
from urllib.parse import urlsplit

from mlwidgets.errors import MarketError, SpecError, UnknownExchange
from mlwidgets.market.exchange.watching import watching


class Failure(Enum):
    """What kind of failure an exception of ccxt's stands for."""

    BAD_SYMBOL = auto()
    """The exchange does not know the symbol."""
    TIMEOUT = auto()
    """No answer in time."""
    BAD_ANSWER = auto()
    """An answer that cannot be read."""
    OUTAGE = auto()
    """Anything else that may pass: no connection, overload, maintenance."""
    REFUSAL = auto()
    """The exchange understood the request and will not serve it."""

    @property
    def may_pass(self) -> bool:
        """Whether the same request may succeed later."""
        return self in (Failure.TIMEOUT, Failure.BAD_ANSWER, Failure.OUTAGE)


def failure_of(error: BaseException) -> Failure | None:
    """What an exception means, or None where it is none of ccxt's."""
    import ccxt

    kinds = {
        ccxt.BadSymbol: Failure.BAD_SYMBOL,
        ccxt.RequestTimeout: Failure.TIMEOUT,
        ccxt.BadResponse: Failure.BAD_ANSWER,
        ccxt.OperationFailed: Failure.OUTAGE,
        ccxt.BaseError: Failure.REFUSAL,
    }
    return next((failure for kind, failure in kinds.items() if isinstance(error, kind)), None)


def open_streaming(rest: Any, base_url: str | None) -> Any | None:
    """ccxt's websocket client of the exchange that `rest` asks, with the markets it has listed.

    Use it in one event loop and `await finish()` there in the end. It dials at once (its user
    waits by itself), and what cannot be read ends the connection instead of muting it.

    Returns:
        The client, or None where ccxt cannot watch the exchange's candles.
    """
    import ccxt.pro

    if rest.id not in ccxt.pro.exchanges:
        return None
    real = base_url is None
    client = watching(getattr(ccxt.pro, rest.id), ccxt.BadResponse)({"aiohttp_trust_env": real})
    if client.has["watchOHLCV"] is not True:
        return None
    if base_url is not None:
        client.urls["api"] = _rebased(client.urls["api"], base_url.rstrip("/"))
    client.set_markets_from_exchange(rest)
    return client


def open_client(exchange_id: str, base_url: str | None, timeout: float) -> Any:
    """An exchange of ccxt's, with its candles' addresses at a base URL where one is given.

    It refuses answers that are no JSON, remembers the last HTTP status as `last_status`, and
    lists spot markets only where it has them.

    Raises:
        UnknownExchange: ccxt knows no such exchange.
        SpecError: the base URL is none.
        MarketError: the exchange offers no candles.
    """
    import ccxt

    if exchange_id not in ccxt.exchanges:
        closest = difflib.get_close_matches(str(exchange_id).lower(), ccxt.exchanges, n=5)
        raise UnknownExchange(
            f"ccxt knows no exchange {exchange_id!r}{suggestion(closest)}",
            exchange=str(exchange_id), closest=closest,
        )  # fmt: skip
    if base_url is not None and urlsplit(base_url).scheme not in ("http", "https"):
        raise SpecError(
            f"The exchange's base URL {base_url!r} is none; write it as 'http://127.0.0.1:8080'.",
            field="base_url",
        )
    real = base_url is None
    client = _strict(getattr(ccxt, exchange_id))({
        "timeout": int(timeout * 1000),
        "enableRateLimit": real,
        "requests_trust_env": real,  # proxies from the environment, as other tools honour them
    })  # fmt: skip
    if client.has["fetchOHLCV"] is not True or not client.timeframes:
        raise MarketError(f"{exchange_id} offers no candles; use another exchange.")
    if base_url is not None:
        client.urls["api"] = _rebased(client.urls["api"], base_url.rstrip("/"))
    _list_spot_only(client.options.get("fetchMarkets"))
    return client


def _strict(exchange: type[Any]) -> type[Any]:
    """A ccxt exchange that refuses answers that are no JSON and remembers the HTTP status.

    ccxt itself reads a truncated list of markets as an empty one.
    """
    import ccxt

    def on_rest_response(self: Any, code: int, *rest: Any) -> Any:
        self.last_status = code
        return exchange.on_rest_response(self, code, *rest)

    def fetch(self: Any, *args: Any, **kwargs: Any) -> Any:
        self.last_status = self.last_response_headers = None
        answer = exchange.fetch(self, *args, **kwargs)
        if not isinstance(answer, dict | list):
            raise ccxt.BadResponse("an answer that is no JSON, or only a part of it")
        return answer

    body = {"last_status": None, "on_rest_response": on_rest_response, "fetch": fetch}
    return type(exchange.__name__, (exchange,), body)


def _rebased(urls: Any, base_url: str) -> Any:
    if isinstance(urls, dict):
        return {name: _rebased(url, base_url) for name, url in urls.items()}
    if not isinstance(urls, str):
        return urls
    url = urlsplit(urls)
    # http://host becomes ws://host, and https://host wss://host, where a websocket is meant
    base = base_url.replace("http", "ws", 1) if url.scheme in ("ws", "wss") else base_url
    return base + url.path


def _list_spot_only(options: Any) -> None:
    """Keep ccxt from listing futures and options too, which takes requests and seconds."""
    types = options.get("types") if isinstance(options, dict) else None
    if isinstance(types, list) and "spot" in types:
        options["types"] = ["spot"]


def suggestion(closest: list[str]) -> str:
    """The end of a message about an unknown name: the closest known ones, if any."""
    return f"; did you mean {', '.join(closest)}?" if closest else "."
