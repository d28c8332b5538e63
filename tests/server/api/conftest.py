"""A real Jupyter server with the API on it, a home for each test, and a measured model."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import requests
from jupyter_server.serverapp import ServerApp
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port

from mlwidgets.evaluation.backtest import backtest
from mlwidgets.evaluation.report import BacktestReport
from mlwidgets.forecast.spec import ModelConfig, ModelSpec
from mlwidgets.jobs.candidates import Candidate
from mlwidgets.market.simulator import simulate_market
from mlwidgets.market.store import CandleStore
from mlwidgets.server.api import ROOT, Services, api_routes
from mlwidgets.settings import Settings

TOKEN = "a-token-of-the-tests"
CONFIG = ModelConfig(hidden_size=4, sequence_length=8, learning_rate=0.02, epochs=8)
SPEC = ModelSpec(symbol="BTCUSDT", model_type="LSTM", config=CONFIG)


@dataclass(frozen=True)
class Served:
    """The API of a running server, as a client sees it.

    Attributes:
        origin: scheme, host and port.
        token: lets in.
        services: what the server works with.
    """

    origin: str
    token: str
    services: Services

    def ask(self, method: str, path: str, **options: Any) -> requests.Response:
        """Send a request with the token."""
        headers = {"Authorization": f"token {self.token}", **options.pop("headers", {})}
        return self.ask_as_stranger(method, path, headers=headers, **options)

    def ask_as_stranger(self, method: str, path: str, **options: Any) -> requests.Response:
        """Send a request without one."""
        url = f"{self.origin}{ROOT}{path}"
        return requests.request(method, url, timeout=60, **options)

    def get(self, path: str, status: int = 200, **options: Any) -> Any:
        """The JSON of an answer that must have this status."""
        return self._json(self.ask("GET", path, **options), status)

    def post(self, path: str, body: Any = None, status: int = 200, **options: Any) -> Any:
        """The JSON of the answer to a JSON body."""
        return self._json(self.ask("POST", path, json=body, **options), status)

    def delete(self, path: str, status: int = 200) -> Any:
        """The JSON of the answer to a DELETE."""
        return self._json(self.ask("DELETE", path), status)

    def _json(self, answer: requests.Response, status: int) -> Any:
        assert answer.status_code == status, answer.text
        assert answer.headers["Content-Type"] == "application/json"
        return answer.json()


class _Server:
    """A Jupyter server's web application, served from a thread."""

    def __init__(self, folder: Path) -> None:
        app = ServerApp(
            root_dir=str(folder), config_dir=str(folder), runtime_dir=str(folder),
            data_dir=str(folder), allow_root=True, open_browser=False, log_level="ERROR",
        )  # fmt: skip
        app.init_signal = lambda: None
        app.initialize(argv=[f"--IdentityProvider.token={TOKEN}"], find_extensions=False,
                       new_httpserver=False)  # fmt: skip
        self.app = app
        app.web_app.add_handlers(".*$", api_routes(app.base_url.rstrip("/")))
        self._socket, self.port = bind_unused_port()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))

    def start(self) -> None:
        self._thread.start()
        assert self._ready.wait(30)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join()

    async def _serve(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        server = HTTPServer(self.app.web_app, max_body_size=self.app.max_body_size)
        server.add_sockets([self._socket])
        self._ready.set()
        await self._end.wait()
        server.stop()
        await server.close_all_connections()


@pytest.fixture(scope="session")
def _server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Server]:
    server = _Server(tmp_path_factory.mktemp("jupyter"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def settings(home: Path) -> Settings:
    """A home of the test's own; its exchange must not be asked."""
    return Settings(home=home, offline=True)


@pytest.fixture
def services(settings: Settings) -> Iterator[Services]:
    """What operations work with, in that home."""
    opened = Services(settings)
    yield opened
    opened.close()


@pytest.fixture
def served(_server: _Server, services: Services) -> Served:
    """The running server, for that home."""
    _server.app.web_app.settings["mlwidgets"] = services
    return Served(f"http://127.0.0.1:{_server.port}", TOKEN, services)


@pytest.fixture(scope="session")
def candles() -> pd.DataFrame:
    """Two months of hours without a label, so that they can be called anybody's."""
    frame = simulate_market("1h", periods=1500, seed=3, best_directional_accuracy=0.7).candles
    frame.attrs.clear()
    return frame


@pytest.fixture(scope="session")
def report(candles: pd.DataFrame) -> BacktestReport:
    """A small model, measured."""
    return backtest(SPEC, candles)


@pytest.fixture
def keep(services: Services, report: BacktestReport) -> Callable[..., Candidate]:
    """Keeps the measured model as a candidate, as if of another slot or config."""

    def kept(**fields: Any) -> Candidate:
        model = replace(report.model, meta=report.model.meta.replace(**fields))
        return services.candidates.keep(replace(report, spec=model.spec, model=model))

    return kept


@pytest.fixture
def save_body() -> Callable[[Candidate], dict[str, Any]]:
    """The guide's body for a candidate: what its report shows."""

    def body(candidate: Candidate) -> dict[str, Any]:
        config, metrics = candidate.config.to_json(), candidate.metrics.to_json()
        names = ("mae", "rmse", "mape", "r2Score", "directionalAccuracy")
        fields = ("hiddenSize", "sequenceLength", "learningRate", "epochs")
        return {
            "symbol": candidate.symbol, "modelType": candidate.model_type,
            "config": {name: config[name] for name in fields},
            "metrics": {name: metrics[name] for name in names},
        }  # fmt: skip

    return body


@pytest.fixture
def stored_candles(settings: Settings, candles: pd.DataFrame) -> pd.DataFrame:
    """The candles, in the store as BTCUSDT's."""
    CandleStore(settings.candles_dir).write("binance", "BTCUSDT", "1h", candles)
    return candles
