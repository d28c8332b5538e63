"""`mlwidgets serve`: the pages and the API on this machine."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from rich.text import Text

from mlwidgets.cli.options import OutputOptions
from mlwidgets.cli.output import Output
from mlwidgets.errors import StorageError
from mlwidgets.server.extension import MLWidgetsApp
from mlwidgets.settings import get_settings

_FIRST_PORT = 8888


def run(
    options: OutputOptions,
    *,
    port: int | None,
    host: str,
    models: Path | None,
    exchange: str | None,
    offline: bool,
    dashboards_only: bool,
    browser: bool,
    symbol: str | None = None,
) -> None:
    """Serve until stopped; the addresses open the pages at a symbol."""
    given = {
        "MODELS": models and models.resolve(),
        "EXCHANGE": exchange,
        "OFFLINE": offline or None,
        "DASHBOARDS_ONLY": dashboards_only or None,
    }
    # Kernels and the cluster read the same settings from the environment.
    os.environ.update({f"MLWIDGETS_{n}": str(value) for n, value in given.items() if value})
    server = _server(port, host, browser)
    server.io_loop.add_callback(_announce, server, Output(options.as_json), symbol)
    server.start()


def _announce(server: Any, output: Output, symbol: str | None) -> None:
    """Tell where the pages are, now that the server listens."""
    output.show(_addresses(server, symbol))
    output.finish(_document(server, symbol))
    sys.stdout.flush()  # whoever reads a pipe waits for this


def _server(port: int | None, host: str, browser: bool) -> Any:
    home = get_settings().home
    words = [
        f"--ServerApp.ip={host}", f"--ServerApp.port={_FIRST_PORT if port is None else port}",
        f"--ServerApp.port_retries={50 if port is None else 0}",
        f"--ServerApp.root_dir={home}", f"--ServerApp.open_browser={browser}",
        "--ServerApp.log_level=WARN",
    ]  # fmt: skip
    try:
        home.mkdir(parents=True, exist_ok=True)
        return MLWidgetsApp.initialize_server(argv=words)  # type: ignore[no-untyped-call]
    except OSError as error:
        raise StorageError(f"{home} cannot be the home: {error.strerror}.") from None


def _addresses(server: Any, symbol: str | None) -> Text:
    """Where the pages are, with the token that opens them."""
    text = Text("\n")
    for label, path in (("Models", "ml"), ("Trading", "trading")):
        text.append(f"  {label:8} ", style="bold").append(f"{_url(server, path, symbol)}\n")
    settings = get_settings()
    text.append(f"\n  Home      {settings.home}\n", style="dim")
    text.append(f"  Models in {settings.models_dir}\n  Ctrl-C stops the server.\n", style="dim")
    return text


def _document(server: Any, symbol: str | None) -> dict[str, Any]:
    pages = {page: _url(server, page, symbol) for page in ("ml", "trading")}
    return {**pages, "pid": os.getpid()}


def _url(server: Any, path: str, symbol: str | None) -> str:
    given = {"symbol": symbol, "token": _token(server)}
    query = urlencode({name: value for name, value in given.items() if value})
    return f"{server.connection_url}{path}" + (f"?{query}" if query else "")


def _token(server: Any) -> str:
    """The token that was made for this run; one that somebody chose is not shown."""
    identity = server.identity_provider
    return str(identity.token) if identity.token_generated else ""
