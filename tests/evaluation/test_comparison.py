import pandas as pd
import pytest

from mlwidgets.cluster import open_cluster
from mlwidgets.errors import SpecError
from mlwidgets.evaluation.backtest import backtest
from mlwidgets.evaluation.comparison import compare
from mlwidgets.evaluation.diebold_mariano import diebold_mariano
from mlwidgets.forecast.spec import ModelConfig
from mlwidgets.market.simulator import simulate_market

CONFIG = ModelConfig(hidden_size=4, sequence_length=8, epochs=1, batch_size=256)


@pytest.fixture(scope="module")
def candles() -> pd.DataFrame:
    return simulate_market("1h", periods=1800, seed=4).candles


def test_both_models_are_measured_on_the_same_origins_and_their_errors_tested(
    candles: pd.DataFrame,
) -> None:
    comparison = compare("SIMUSDT", candles, configs={"LSTM": CONFIG, "HYBRID": CONFIG})
    lstm, hybrid = comparison.reports["LSTM"], comparison.reports["HYBRID"]
    assert lstm.predictions.index.equals(hybrid.predictions.index)
    errors = [(r.predictions["actual"] - r.predictions["predicted"]) for r in (lstm, hybrid)]
    assert comparison.difference == diebold_mariano(*(e.to_numpy() for e in errors))
    assert comparison.table().loc["mae"].tolist() == [lstm.metrics.mae, hybrid.metrics.mae]
    alone = backtest(hybrid.spec, candles)
    assert alone.metrics == hybrid.metrics


def test_on_a_cluster_both_run_at_once_and_come_to_the_same(candles: pd.DataFrame) -> None:
    configs = {"LSTM": CONFIG, "HYBRID": CONFIG}
    told = {True: set[str](), False: set[str]()}
    with open_cluster() as client:
        here, there = (
            compare(
                "SIMUSDT", candles, configs=configs, client=client if remote else None,  # type: ignore[arg-type]
                on_progress=lambda kind, _, remote=remote: told[remote].add(kind),  # type: ignore[misc]
            )
            for remote in (False, True)
        )  # fmt: skip
    assert told[True] == told[False] == {"LSTM", "HYBRID"}
    assert there.difference == here.difference
    pd.testing.assert_frame_equal(there.table(), here.table(), check_exact=True)


def test_a_gap_that_costs_one_more_origins_is_no_unequal_table(candles: pd.DataFrame) -> None:
    configs = {"LSTM": CONFIG, "HYBRID": CONFIG.replace(sequence_length=32)}
    comparison = compare("SIMUSDT", candles.drop(candles.index[-300]), configs=configs)  # type: ignore[arg-type]
    counts = [len(report.predictions) for report in comparison.reports.values()]
    assert counts[0] - counts[1] == 24
    assert set(comparison.table().loc["origins"]) == {min(counts)}


@pytest.mark.parametrize("configs", [{"lstm": CONFIG}, CONFIG, "LSTM"])
def test_configs_that_name_no_model_type_are_refused(
    candles: pd.DataFrame, configs: object
) -> None:
    with pytest.raises(SpecError, match="configs must map model types"):
        compare("SIMUSDT", candles, configs=configs)  # type: ignore[arg-type]


def test_candles_that_do_not_say_their_timeframe_need_to_be_told() -> None:
    with pytest.raises(SpecError, match="timeframe='1h'"):
        compare("SIMUSDT", pd.DataFrame())
