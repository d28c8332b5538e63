import numpy as np
import pytest

from mlwidgets.errors import NotEnoughCandles, TrainingDiverged
from mlwidgets.evaluation.splits import walk_forward
from mlwidgets.forecast.spec import ModelConfig, ModelSpec
from mlwidgets.market.simulator import simulate_market
from mlwidgets.search.objective import FoldData, score_fold

CONFIG = ModelConfig(
    hidden_size=16, sequence_length=8, learning_rate=5e-3, epochs=6, batch_size=128
)
SPEC = ModelSpec(symbol="SIMUSDT", model_type="LSTM", config=CONFIG)


@pytest.fixture(scope="module")
def data() -> FoldData:
    market = simulate_market("1h", periods=5000, seed=1, best_directional_accuracy=0.65)
    return FoldData.build(market.candles, SPEC, longest_sequence=24)


def test_a_predictable_market_scores_better_than_the_last_value(data: FoldData) -> None:
    fold = walk_forward(len(data.origins), 3, gap=1)[-1]
    score = score_fold(data, SPEC, fold, seed=0)
    assert score.loss < 0.99
    assert score.metrics["directional_accuracy"] > 0.57
    assert 1 <= score.epochs <= 6


def test_it_is_pure(data: FoldData) -> None:
    fold = walk_forward(len(data.origins), 3, gap=1)[0]
    first, again = (score_fold(data, SPEC, fold, seed=4) for _ in range(2))
    assert (first.loss, first.metrics) == (again.loss, again.metrics)


def test_nothing_from_validation_on_is_seen_in_training(data: FoldData) -> None:
    """Changing every target from the validation block on changes the score but not the fit."""
    import dataclasses

    fold = walk_forward(len(data.origins), 3, gap=1)[1]
    first = data.origins[fold.validation_start]
    target = data.samples.target.copy()
    target[first:] *= -1
    flipped = dataclasses.replace(data, samples=dataclasses.replace(data.samples, target=target))
    truth, lie = (score_fold(d, SPEC, fold, seed=0) for d in (data, flipped))
    assert truth.epochs == lie.epochs
    right, wrong = (s.metrics["directional_accuracy"] for s in (truth, lie))
    assert right + wrong == pytest.approx(1)


def test_every_trial_is_measured_on_the_same_origins(data: FoldData) -> None:
    length = 24
    assert data.origins.tolist() == data.samples.labelled_origins(length).tolist()
    assert set(data.origins) <= set(data.samples.labelled_origins(8))


def test_a_learning_rate_that_explodes_fails_the_fold(data: FoldData) -> None:
    spec = SPEC.replace(config=CONFIG.replace(learning_rate=1000.0))
    fold = walk_forward(len(data.origins), 3, gap=1)[0]
    with pytest.raises(TrainingDiverged):
        score_fold(data, spec, fold, seed=0)


def test_too_short_a_fold_is_refused(data: FoldData) -> None:
    fold = walk_forward(len(data.origins), 40, gap=1)[0]
    assert fold.train_stop < 200
    with pytest.raises(NotEnoughCandles, match="Use fewer folds"):
        score_fold(data, SPEC, fold, seed=0)


def test_labels_are_finite_wherever_an_origin_is(data: FoldData) -> None:
    assert np.isfinite(data.samples.target[data.origins]).all()
