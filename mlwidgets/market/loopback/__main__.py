"""Run a loopback exchange: `python -m mlwidgets.market.loopback --data FOLDER --port N`.

`--data FOLDER --now 2023-05-01 --speed 60` replays real candles, an hour a minute;
`--simulate 1m --speed 60` plays a simulated market, the same at each start. REST and the candle
streams tell the same; `--drop-every 600` resets each stream every ten minutes of the market.
"""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from mlwidgets.errors import MlwidgetsError
from mlwidgets.market.candles import SIMULATED_SYMBOL
from mlwidgets.market.loopback import LoopbackExchange
from mlwidgets.market.simulator import simulate_market
from mlwidgets.market.timeframes import timeframe_delta

SIMULATED_NOW = "2024-06-01"
SIMULATED_PAST = 5000
"""Candles that a simulated market has at its start, which is at `SIMULATED_NOW`."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGINT or SIGTERM; the first line printed is the URL.

    Args:
        arguments: the command line's; default: this process's.

    Returns:
        The exit status.
    """
    options = _parser().parse_args(arguments)
    if options.simulate and options.now is None:
        options.now, options.speed = SIMULATED_NOW, 1.0 if options.speed is None else options.speed
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    try:
        candles = simulated(options.simulate) if options.simulate else options.data
        with LoopbackExchange(
            candles, now=options.now, speed=options.speed, port=options.port
        ) as exchange:
            exchange.streams.drop_every = options.drop_every
            print(exchange.url, flush=True)
            ended.wait()
    except MlwidgetsError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def simulated(timeframe: str) -> dict[tuple[str, str], pd.DataFrame]:
    """A simulated market to serve: the same candles at each start, most of them still ahead."""
    start = pd.Timestamp(SIMULATED_NOW, tz="UTC") - SIMULATED_PAST * timeframe_delta(timeframe)
    market = simulate_market(timeframe, periods=4 * SIMULATED_PAST, start=start)
    return {(SIMULATED_SYMBOL, timeframe): market.candles}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m mlwidgets.market.loopback",
        description="Serve candles as an exchange that speaks Binance's REST and candle streams.",
    )
    candles = parser.add_mutually_exclusive_group(required=True)
    candles.add_argument("--data", type=Path, help="folder of SYMBOL_TIMEFRAME.csv.gz files")
    candles.add_argument(
        "--simulate", metavar="TIMEFRAME",
        help=f"a simulated market of {SIMULATED_SYMBOL} instead, in candles of this length",
    )  # fmt: skip
    parser.add_argument("--port", type=int, default=0, help="TCP port; 0 takes a free one")
    parser.add_argument("--now", help="the market's time, UTC; default: the wall clock")
    parser.add_argument(
        "--speed", type=float, help="market seconds a real second; default 0 with --now, else 1"
    )
    parser.add_argument(
        "--drop-every", type=float, help="market seconds after which a candle stream is reset"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
