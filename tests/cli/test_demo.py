"""`mlwidgets demo`."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from mlwidgets.market.loopback import LoopbackExchange, RateLimited


@pytest.fixture
def demo(home: Path, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """The demo as a person runs it, where the exchange does not answer."""
    with LoopbackExchange({}) as exchange, (tmp_path / "notes").open("w") as notes:
        exchange.misbehave(RateLimited(600), times=20, on="exchangeInfo")
        process = subprocess.Popen(
            [sys.executable, "-m", "mlwidgets", "demo", "--trials", "1", "--folds", "1"],
            env={**os.environ, "MLWIDGETS_EXCHANGE_URL": exchange.url, "COLUMNS": "300",
                 "MLWIDGETS_WARM_KERNELS": "0"},
            stdout=subprocess.PIPE, stderr=notes, text=True,
        )  # fmt: skip
        yield process
        process.kill()
        process.wait()


def test_without_an_exchange_the_demo_trains_on_a_simulated_market_and_ends_in_served_pages(
    demo: subprocess.Popen[str], home: Path, tmp_path: Path
) -> None:
    assert demo.stdout is not None
    said = ""
    for line in demo.stdout:
        said += line
        if "Ctrl-C stops the server" in line:
            break
    notes = (tmp_path / "notes").read_text()
    assert "The demo goes on with a simulated market" in " ".join(notes.split()), notes
    for words in ("SIMUSDT LSTM · simulated", "coins would do as well", "90 % interval"):
        assert words in " ".join(said.split())
    assert str(home / "models" / "SIMUSDT_LSTM_1.0.0.json") in said
    assert str(home / "data") in said

    ml, trading = re.findall(r"http://\S+token=\S+", said)
    assert "SIMUSDT" in ml
    for address in (ml, trading):
        assert "mlwidgets" in requests.get(address, timeout=60).text
    demo.send_signal(signal.SIGTERM)
    assert demo.wait(60) == 0
