"""Backtests on the workers of a cluster."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import pandas as pd

from mlwidgets.errors import Cancelled
from mlwidgets.evaluation.backtest import BacktestProgress, backtest
from mlwidgets.evaluation.report import BacktestReport
from mlwidgets.forecast.arguments import check_arguments, check_worker_device
from mlwidgets.forecast.spec import ModelSpec

if TYPE_CHECKING:
    from distributed import Client

K = TypeVar("K", bound=Hashable)

_TICK_SECONDS = 0.2


def remote_backtest(
    client: Client,
    spec: ModelSpec,
    candles: pd.DataFrame,
    *,
    on_progress: Callable[[BacktestProgress], None] | None = None,
    **options: Any,
) -> BacktestReport:
    """As `backtest`, on a worker: the same numbers, bit for bit, as on that worker's machine.

    Args:
        client: Dask client whose workers train.
        spec: what to train.
        candles: canonical closed candles.
        on_progress: is told of epochs, a few times a second at most, in this thread.
        **options: as `remote_backtests` takes them.

    Raises:
        As `remote_backtests`.
    """
    tell = None if on_progress is None else lambda _, progress: on_progress(progress)
    return remote_backtests(client, {None: spec}, candles, on_progress=tell, **options)[None]


def remote_backtests(
    client: Client,
    specs: Mapping[K, ModelSpec],
    candles: pd.DataFrame,
    *,
    device: str = "cpu",
    on_progress: Callable[[K, BacktestProgress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    **options: Any,
) -> dict[K, BacktestReport]:
    """Several backtests on the same candles, at the same time as far as there are workers.

    The candles travel once to every worker. A worker that dies costs the backtest that it was
    computing, which another one begins anew.

    Args:
        client: Dask client whose workers train.
        specs: what to train, by any key.
        candles: canonical closed candles of the specs' symbol and timeframe.
        device: where networks are trained; `cuda` takes workers that hold a GPU.
        on_progress: is told of epochs by key, a few times a second at most, in this thread.
        should_stop: asked several times a second; True ends the backtests within an epoch.
        **options: start, end, refit_every, seed and coverage of `backtest`.

    Returns:
        The reports by key, in the order of `specs`.

    Raises:
        SpecError, CandleError, ModelMismatch, NotEnoughCandles, TrainingDiverged: as `backtest`.
        TrainingError: workers died of a backtest, again and again.
        ClusterUnavailable: scheduler or workers are gone, or no worker has the device.
        Cancelled: `should_stop` said so.
    """
    # Dask is loaded by who uses a cluster.
    from mlwidgets.cluster.calls import Calls
    from mlwidgets.evaluation.worker_progress import listening

    for spec in specs.values():
        check_arguments(spec)
    check_worker_device(device)
    calls: Calls[K] = Calls(client, candles, device=device)
    reports: dict[K, BacktestReport] = {}
    options["device"] = device
    try:
        with listening(client, specs) as listener:
            for key, spec in specs.items():
                name = f"The backtest of {spec.slot}"
                calls.start(key, name, _backtest, spec, options, listener.runs[key])
            while len(reports) < len(specs):
                if should_stop and should_stop():
                    raise Cancelled("The backtest was stopped; nothing was kept.")
                for key, outcome in calls.collect(_TICK_SECONDS):
                    if outcome.error is not None:
                        raise outcome.error
                    reports[key] = outcome.value
                for key, progress in listener.news():
                    if on_progress:
                        on_progress(key, progress)
    finally:
        calls.cancel()
    return {key: reports[key] for key in specs}


def _backtest(
    candles: pd.DataFrame, spec: ModelSpec, options: dict[str, Any], run: str
) -> BacktestReport:
    from mlwidgets.cluster.tasks import unwanted
    from mlwidgets.evaluation.worker_progress import teller

    return backtest(spec, candles, on_progress=teller(run), should_stop=unwanted, **options)
