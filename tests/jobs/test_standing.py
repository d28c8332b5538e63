import json

import pandas as pd
import pytest

from mlwidgets.evaluation.backtest import backtest
from mlwidgets.evaluation.report import BacktestReport
from mlwidgets.forecast.spec import ModelConfig, ModelSpec
from mlwidgets.jobs.standing import judge, stand
from mlwidgets.market.simulator import simulate_market
from mlwidgets.registry.registry import ModelRegistry

CONFIG = ModelConfig(hidden_size=4, sequence_length=4, learning_rate=0.02, epochs=3)
SPEC = ModelSpec(symbol="SIMUSDT", model_type="LSTM", config=CONFIG)
START = "2024-02-10"


@pytest.fixture(scope="module")
def candles() -> pd.DataFrame:
    return simulate_market("1h", periods=1104, seed=3).candles


@pytest.fixture(scope="module")
def report(candles: pd.DataFrame) -> BacktestReport:
    return backtest(SPEC, candles, start=START)


@pytest.fixture
def registry(tmp_path: object) -> ModelRegistry:
    return ModelRegistry(f"{tmp_path}/models")


def test_without_a_production_model_only_chance_is_left(
    report: BacktestReport, candles: pd.DataFrame, registry: ModelRegistry
) -> None:
    standing = stand(report, candles, registry, 0.9)

    assert standing == judge(report)
    assert standing.production is None
    assert standing.to_json()["production"] is None


def test_both_models_are_measured_on_the_same_origins(
    report: BacktestReport, candles: pd.DataFrame, registry: ModelRegistry
) -> None:
    other = backtest(SPEC, candles, start=START, seed=1)
    meta = registry.save(other.model)

    standing = stand(report, candles, registry, 0.9)

    assert standing.production == meta
    assert standing.problem == ""
    assert standing.metrics == other.metrics
    assert standing.candidate == report.metrics
    beside = standing.to_json()["production"]
    assert beside["model"]["version"] == meta.version
    assert beside["candidateMetrics"]["mae"] == report.metrics.mae
    assert beside["difference"].keys() == {"statistic", "pValue"}


def test_a_production_model_that_has_seen_the_window_is_not_compared(
    report: BacktestReport, candles: pd.DataFrame, registry: ModelRegistry
) -> None:
    registry.save(backtest(SPEC, candles, start="2024-02-14").model)

    standing = stand(report, candles.loc[:"2024-02-14 05:00"], registry, 0.9)

    assert standing.production is not None
    assert standing.metrics is None
    assert "are needed" in standing.problem


def test_a_production_model_of_another_horizon_is_not_compared(
    report: BacktestReport, candles: pd.DataFrame, registry: ModelRegistry
) -> None:
    registry.save(backtest(SPEC.replace(horizon="2h"), candles, start=START).model)

    assert "cannot be compared" in stand(report, candles, registry, 0.9).problem


def test_a_standing_is_strict_json(
    report: BacktestReport, candles: pd.DataFrame, registry: ModelRegistry
) -> None:
    registry.save(report.model)  # against itself: no difference, and no test of it

    document = stand(report, candles, registry, 0.9).to_json()

    assert json.loads(json.dumps(document, allow_nan=False)) == document
