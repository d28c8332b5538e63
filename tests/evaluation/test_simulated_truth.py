"""The simulator knows the truth: what can be forecast, and when nothing can."""

import numpy as np
import pytest

from mlwidgets.evaluation.backtest import backtest
from mlwidgets.forecast.spec import MODEL_TYPES, ModelConfig, ModelSpec, ModelType
from mlwidgets.market.simulator import simulate_market

CONFIG = ModelConfig(
    hidden_size=16, sequence_length=12, learning_rate=4e-3, epochs=12, patience=4, dropout=0.0
)


@pytest.mark.parametrize("model_type", MODEL_TYPES)
def test_a_model_comes_within_two_points_of_the_best_possible(model_type: ModelType) -> None:
    market = simulate_market("1h", periods=20_000, seed=21)
    spec = ModelSpec(symbol="SIMUSDT", model_type=model_type, config=CONFIG)
    report = backtest(spec, market.candles, start=market.candles.index[-5000])
    accuracy, best = report.metrics.directional_accuracy, market.best_directional_accuracy
    assert accuracy is not None
    assert best - 0.02 < accuracy < best + 0.02
    assert report.metrics.skill_p_value is not None
    assert report.metrics.skill_p_value < 1e-6
    assert report.metrics.association_p_value is not None
    assert report.metrics.association_p_value < 1e-6
    for name in ("momentum", "reversal", "always_up"):
        naive = report.baselines[name].directional_accuracy
        assert naive is not None
        assert naive < accuracy
    assert abs(report.metrics.coverage - 0.9) < 0.02
    assert report.metrics.winkler < report.baseline_interval.winkler


@pytest.mark.parametrize("model_type", MODEL_TYPES)
def test_a_market_without_predictability_shows_none(model_type: ModelType) -> None:
    market = simulate_market(
        "1h", periods=10_000, seed=22, best_directional_accuracy=0.5, trend=0.0
    )
    spec = ModelSpec(symbol="SIMUSDT", model_type=model_type, config=CONFIG)
    report = backtest(spec, market.candles, start=market.candles.index[-4000])
    metrics = report.metrics
    assert metrics.accuracy_p_value is None or metrics.accuracy_p_value > 0.01
    assert metrics.skill is not None
    assert metrics.skill < 0.005
    confidence = np.abs(report.predictions["probability_up"] - 0.5) + 0.5
    assert confidence.mean() < 0.53
