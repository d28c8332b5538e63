"""The options of the commands, in groups; importing them imports no heavy library."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import typer

ModelName = Literal["LSTM", "HYBRID"]

_CANDLES, _WINDOW, _CONFIG, _SEARCH, _OUTPUT = (
    "Candles", "Test window", "Hyper-parameters", "Search", "Output",
)  # fmt: skip


def _use_home(folder: Path | None) -> Path | None:
    if folder is not None:
        os.environ["MLWIDGETS_HOME"] = str(folder)
    return folder


Model = Annotated[
    ModelName,
    typer.Option("--model", metavar="LSTM|HYBRID", case_sensitive=False, help="Model type."),
]

ModelChoice = Annotated[
    ModelName | None,
    typer.Option(
        "--model",
        metavar="LSTM|HYBRID",
        case_sensitive=False,
        help="Model type; default: each that is saved.",
    ),
]

ModelArgument = Annotated[
    ModelName, typer.Argument(metavar="MODEL", case_sensitive=False, help="LSTM or HYBRID.")
]

SymbolArgument = Annotated[str, typer.Argument(metavar="SYMBOL", help="BTCUSDT or BTC/USDT.")]

VersionArgument = Annotated[
    str, typer.Argument(metavar="VERSION", help="As 'mlwidgets models list --all' shows it.")
]


@dataclass(frozen=True, slots=True)
class OutputOptions:
    """How a command answers, and where its state lies."""

    as_json: Annotated[
        bool,
        typer.Option("--json", help="One JSON object on stdout.", rich_help_panel=_OUTPUT),
    ] = False
    home: Annotated[
        Path | None,
        typer.Option(
            "--home", metavar="DIR", callback=_use_home, rich_help_panel=_OUTPUT,
            help="Folder of models/ and data/; default: MLWIDGETS_HOME, or the project's folder.",
        ),
    ] = None  # fmt: skip


@dataclass(frozen=True, slots=True)
class CandleOptions:
    """Which candles, and where they come from."""

    symbol: Annotated[
        str | None,
        typer.Argument(
            metavar="SYMBOL", show_default=False,
            help="BTCUSDT or BTC/USDT; may be left out where --data or --simulated tells it.",
        ),
    ] = None  # fmt: skip
    timeframe: Annotated[
        str | None,
        typer.Option(help="Candle length; default: 1h, or the file's.", rich_help_panel=_CANDLES),
    ] = None
    start: Annotated[
        str | None,
        typer.Option(help="First candle's open time, UTC (2024-01-31).", rich_help_panel=_CANDLES),
    ] = None
    end: Annotated[
        str | None,
        typer.Option(
            help="Open time after the last candle; default: last midnight UTC, so that the same "
            "command means the same candles all day.",
            rich_help_panel=_CANDLES,
        ),
    ] = None
    history: Annotated[
        str | None,
        typer.Option(
            help="Length before --end instead of --start, as 90d or 48h; default: 730d, or the "
            "whole file.",
            rich_help_panel=_CANDLES,
        ),
    ] = None
    data: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Candles of a CSV, Parquet or feather file instead.",
            rich_help_panel=_CANDLES,
        ),
    ] = None  # fmt: skip
    simulated: Annotated[
        bool,
        typer.Option("--simulated", help="Simulated candles instead.", rich_help_panel=_CANDLES),
    ] = False
    offline: Annotated[
        bool,
        typer.Option(
            "--offline", help="Stored candles only; ask no exchange.", rich_help_panel=_CANDLES
        ),
    ] = False
    seed: Annotated[
        int,
        typer.Option(
            min=0, help="Of simulated candles, search and training.", rich_help_panel=_CANDLES
        ),
    ] = 0


@dataclass(frozen=True, slots=True)
class MeasureOptions:
    """What is forecast, and on which origins it is measured."""

    horizon: Annotated[
        str | None,
        typer.Option(help="How far ahead, as 1h or 24h; default: one candle."),
    ] = None
    coverage: Annotated[
        float, typer.Option(help="Share of prices that the interval shall hold.")
    ] = 0.9
    test_start: Annotated[
        str | None,
        typer.Option(
            help="First origin of the test window, UTC; default: 30 days before its end.",
            rich_help_panel=_WINDOW,
        ),
    ] = None
    test_end: Annotated[
        str | None,
        typer.Option(help="Its end; default: the last candle.", rich_help_panel=_WINDOW),
    ] = None


RefitEvery = Annotated[
    str | None,
    typer.Option(help="Train again inside the window, as every 7d.", rich_help_panel=_WINDOW),
]


Detach = Annotated[
    bool,
    typer.Option(
        "--detach",
        help="Hand it to the cluster as a job and return at once; see 'mlwidgets jobs'.",
    ),
]


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """How hyper-parameters are searched."""

    trials: Annotated[int, typer.Option(min=1, help="Trials.", rich_help_panel=_SEARCH)] = 50
    folds: Annotated[
        int, typer.Option(min=1, help="Walk-forward folds a trial.", rich_help_panel=_SEARCH)
    ] = 5
    space: Annotated[
        str | None,
        typer.Option(
            metavar="JSON|FILE", rich_help_panel=_SEARCH,
            help='Ranges, e.g. \'{"hiddenSize": {"low": 8, "high": 32}, "epochs": 20}\'.',
        ),
    ] = None  # fmt: skip
    workers: Annotated[
        int | None,
        typer.Option(
            min=1, help="Processes; default: one a core.", rich_help_panel=_SEARCH,
            show_default=False,
        ),
    ] = None  # fmt: skip
    scheduler: Annotated[
        str | None,
        typer.Option(help="Dask scheduler (tls://host:8786).", rich_help_panel=_SEARCH),
    ] = None


@dataclass(frozen=True, slots=True)
class ConfigOptions:
    """Hyper-parameters; None leaves the base configuration's."""

    config: Annotated[
        str | None,
        typer.Option(
            metavar="JSON|FILE|production|defaults", rich_help_panel=_CONFIG, show_default=False,
            help="What the options below change.",
        ),
    ] = None  # fmt: skip
    hidden_size: Annotated[
        int | None, typer.Option(help="Width of the recurrent state [32].", rich_help_panel=_CONFIG)
    ] = None
    sequence_length: Annotated[
        int | None,
        typer.Option(help="Candles the network sees [20].", rich_help_panel=_CONFIG),
    ] = None
    learning_rate: Annotated[
        float | None, typer.Option(help="Peak learning rate [0.001].", rich_help_panel=_CONFIG)
    ] = None
    epochs: Annotated[
        int | None, typer.Option(help="Most passes over the data [100].", rich_help_panel=_CONFIG)
    ] = None
    num_layers: Annotated[
        int | None, typer.Option(help="Recurrent layers [1].", rich_help_panel=_CONFIG)
    ] = None
    dropout: Annotated[
        float | None, typer.Option(help="Share of dropped units [0.1].", rich_help_panel=_CONFIG)
    ] = None
    weight_decay: Annotated[
        float | None, typer.Option(help="Of AdamW [0.001].", rich_help_panel=_CONFIG)
    ] = None
    batch_size: Annotated[
        int | None, typer.Option(help="Windows a step [256].", rich_help_panel=_CONFIG)
    ] = None
    patience: Annotated[
        int | None,
        typer.Option(help="Epochs without progress before the end [10].", rich_help_panel=_CONFIG),
    ] = None
    kernel_size: Annotated[
        int | None, typer.Option(help="HYBRID: convolution's span [3].", rich_help_panel=_CONFIG)
    ] = None
    highway_window: Annotated[
        int | None, typer.Option(help="HYBRID: linear part's span [8].", rich_help_panel=_CONFIG)
    ] = None
