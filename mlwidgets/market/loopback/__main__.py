"""Run a loopback exchange: `python -m mlwidgets.market.loopback --data FOLDER --port N`."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from mlwidgets.errors import MlwidgetsError
from mlwidgets.market.loopback import LoopbackExchange


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGINT or SIGTERM; the first line printed is the URL.

    Args:
        arguments: the command line's; default: this process's.

    Returns:
        The exit status.
    """
    options = _parser().parse_args(arguments)
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    try:
        with LoopbackExchange(
            options.data, now=options.now, speed=options.speed, port=options.port
        ) as exchange:
            print(exchange.url, flush=True)
            ended.wait()
    except MlwidgetsError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m mlwidgets.market.loopback",
        description="Serve candle files as an exchange that speaks Binance's public REST.",
    )
    parser.add_argument(
        "--data", type=Path, required=True, help="folder of SYMBOL_TIMEFRAME.csv.gz files"
    )
    parser.add_argument("--port", type=int, default=0, help="TCP port; 0 takes a free one")
    parser.add_argument("--now", help="the market's time, UTC; default: the wall clock")
    parser.add_argument(
        "--speed", type=float, help="market seconds a real second; default 0 with --now, else 1"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
