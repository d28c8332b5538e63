import os
import signal
import threading
from collections.abc import Iterator

import pandas as pd
import pytest
from distributed import Client

from mlwidgets.cluster import open_cluster
from mlwidgets.errors import Cancelled, ClusterUnavailable, MlwidgetsError, SpecError
from mlwidgets.evaluation.backtest import BacktestProgress, backtest
from mlwidgets.evaluation.remote_backtest import remote_backtest, remote_backtests
from mlwidgets.evaluation.report import BacktestReport
from mlwidgets.forecast.spec import ModelConfig, ModelSpec
from mlwidgets.market.simulator import simulate_market

CONFIG = ModelConfig(hidden_size=8, sequence_length=8, learning_rate=5e-3, epochs=2, batch_size=128)
SPEC = ModelSpec(symbol="SIMUSDT", model_type="LSTM", config=CONFIG)
LONG = SPEC.replace(config=CONFIG.replace(epochs=500, patience=500))


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with open_cluster(workers=2) as client:
        yield client


@pytest.fixture(scope="module")
def candles() -> pd.DataFrame:
    return simulate_market("1h", periods=2600, seed=3).candles


def assert_same(one: BacktestReport, other: BacktestReport) -> None:
    assert (one.spec, one.metrics, one.baselines) == (other.spec, other.metrics, other.baselines)
    assert one.baseline_interval == other.baseline_interval
    pd.testing.assert_frame_equal(one.predictions, other.predictions, check_exact=True)
    assert one.model.to_artifact().digest() == other.model.to_artifact().digest()
    assert one.model.meta.metrics == other.model.meta.metrics


@pytest.mark.parametrize("model_type", ["LSTM", "HYBRID"])
def test_a_worker_finds_the_same_numbers_bit_for_bit(
    client: Client, candles: pd.DataFrame, model_type: str
) -> None:
    spec = SPEC.replace(model_type=model_type)
    options = {"refit_every": "15d", "seed": 3, "start": candles.index[-700]}
    assert_same(
        remote_backtest(client, spec, candles, **options),
        backtest(spec, candles, **options),  # type: ignore[arg-type]
    )


def test_several_run_at_once_and_tell_their_progress_to_the_caller(
    client: Client, candles: pd.DataFrame
) -> None:
    told: list[tuple[str, BacktestProgress, int]] = []
    specs = {"short": SPEC, "long": SPEC.replace(config=CONFIG.replace(sequence_length=16))}
    reports = remote_backtests(
        client, specs, candles, refit_every="15d",
        on_progress=lambda key, progress: told.append((key, progress, threading.get_ident())),
    )  # fmt: skip
    assert {key: report.spec for key, report in reports.items()} == specs
    assert {key for key, _, _ in told} == {*specs}
    assert {thread for _, _, thread in told} == {threading.get_ident()}
    assert told[0][1].epoch.epoch == 1
    assert {progress.fits for _, progress, _ in told} == {2}


def test_a_stopped_backtest_leaves_its_worker_free(client: Client, candles: pd.DataFrame) -> None:
    begun: set[str] = set()
    with pytest.raises(Cancelled, match="nothing was kept"):
        remote_backtests(
            client, {"one": LONG, "other": LONG}, candles,
            on_progress=lambda key, _: begun.add(key), should_stop=lambda: len(begun) == 2,
        )  # fmt: skip
    assert remote_backtest(client, SPEC, candles).metrics.origins > 0


def test_a_worker_that_dies_costs_the_backtest_a_new_beginning_and_nothing_else(
    client: Client, candles: pd.DataFrame
) -> None:
    killed: list[int] = []

    def kill_once(progress: BacktestProgress) -> None:
        if not killed:
            [address] = [worker for worker, tasks in client.processing().items() if tasks]
            killed.extend(client.run(os.getpid, workers=[address]).values())
            os.kill(killed[0], signal.SIGKILL)

    spec = SPEC.replace(config=CONFIG.replace(epochs=60, patience=60))
    report = remote_backtest(client, spec, candles, on_progress=kill_once)
    assert killed
    assert_same(report, backtest(spec, candles))


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"start": "2030-01-01"}, SpecError, "outside the data"),
        ({"coverage": 2}, SpecError, "Coverage"),
        ({"device": "mps"}, SpecError, "Workers have no device 'mps'"),
        ({"device": "cuda"}, ClusterUnavailable, "holds a GPU"),
    ],
)
def test_what_makes_no_backtest_is_refused_as_it_is_locally(
    client: Client, candles: pd.DataFrame, options: dict[str, object],
    error: type[MlwidgetsError], message: str,
) -> None:  # fmt: skip
    with pytest.raises(error, match=message):
        remote_backtest(client, SPEC, candles, **options)
