from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from mlwidgets.errors import Cancelled, TrainingDiverged
from mlwidgets.forecast.inference import predict_network
from mlwidgets.forecast.networks import build_network, network_arrays
from mlwidgets.forecast.repeatable import one_thread, seeded
from mlwidgets.forecast.spec import MODEL_TYPES, ModelConfig, ModelType
from mlwidgets.forecast.training import EpochEnd, Fit, TrainingData, train_network

FEATURES = 16
CONFIG = ModelConfig(hidden_size=8, sequence_length=6, learning_rate=5e-3, epochs=8, batch_size=64)


def learnable(n: int = 1200, seed: int = 0) -> TrainingData:
    """The sign of the last row's first feature is the target, blurred."""
    random = np.random.default_rng(seed)
    features = random.normal(size=(n, FEATURES)).astype(np.float32)
    target = np.tanh(features[:, 0]) + 0.3 * random.normal(size=n)
    origins = np.arange(5, n)
    return TrainingData(features, target.astype(np.float32), origins[:900], origins[900:])


def train(model_type: ModelType = "LSTM", seed: int = 0, **options: object) -> tuple[object, Fit]:
    config = options.pop("config", CONFIG)
    with seeded(seed):
        network = build_network(model_type, config)  # type: ignore[arg-type]
    fit = train_network(network, learnable(), config, seed=seed, **options)  # type: ignore[arg-type]
    return network, fit


@pytest.mark.parametrize("model_type", MODEL_TYPES)
def test_a_network_learns_what_can_be_learnt(model_type: ModelType) -> None:
    network, fit = train(model_type)
    data = learnable(seed=1)
    rows = np.arange(5, 1200)
    predicted = predict_network(network, data.features, rows, 6)  # type: ignore[arg-type]
    right = np.mean(np.sign(predicted) == np.sign(data.features[rows, 0]))
    assert right > 0.85
    assert 1 <= fit.best_epoch <= fit.epochs <= CONFIG.epochs


@pytest.mark.parametrize("model_type", MODEL_TYPES)
def test_same_seed_same_weights_bit_for_bit(model_type: ModelType) -> None:
    torch.manual_seed(1)
    first = network_arrays(train(model_type, seed=7)[0])  # type: ignore[arg-type]
    torch.manual_seed(2)
    torch.rand(3)
    again = network_arrays(train(model_type, seed=7)[0])  # type: ignore[arg-type]
    other = network_arrays(train(model_type, seed=8)[0])  # type: ignore[arg-type]
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert any(not np.array_equal(first[name], other[name]) for name in first)


def test_training_leaves_the_callers_random_state_and_threads_alone() -> None:
    torch.manual_seed(3)
    expected = torch.rand(1)
    threads = torch.get_num_threads()
    torch.manual_seed(3)
    train(config=CONFIG.replace(epochs=1))
    assert torch.equal(torch.rand(1), expected)
    assert torch.get_num_threads() == threads


def test_the_best_epochs_weights_are_kept_not_the_last() -> None:
    losses: list[EpochEnd] = []
    network, fit = train(config=CONFIG.replace(patience=3), on_epoch=losses.append)
    data = learnable()
    predicted = predict_network(network, data.features, data.validation, 6)  # type: ignore[arg-type]
    loss = np.abs(predicted - np.clip(data.target[data.validation], -4, 4)).mean()
    assert loss == pytest.approx(min(epoch.validation_loss for epoch in losses), rel=1e-5)
    assert losses[fit.best_epoch - 1].validation_loss == fit.best_loss


def test_pure_noise_stops_early_and_may_keep_the_untrained_network() -> None:
    random = np.random.default_rng(0)
    data = learnable()
    noise = TrainingData(
        data.features, random.normal(size=1200).astype(np.float32), data.train, data.validation
    )
    with seeded(0):
        network = build_network("LSTM", CONFIG)
    fit = train_network(network, noise, CONFIG.replace(epochs=50, patience=2), seed=0)
    assert fit.epochs < 50


@pytest.mark.parametrize("rate", [1000.0, 300.0])
def test_an_exploding_loss_is_an_error_that_says_what_to_do(rate: float) -> None:
    with pytest.raises(TrainingDiverged, match="lower the learning rate"):
        train(config=CONFIG.replace(learning_rate=rate))


def test_a_market_that_stood_still_while_validating_is_no_divergence() -> None:
    data = learnable()
    target = data.target.copy()
    target[data.validation] = 0.0
    with seeded(0):
        network = build_network("LSTM", CONFIG)
    still = TrainingData(data.features, target, data.train, data.validation)
    assert train_network(network, still, CONFIG, seed=0).best_epoch == 0


def test_two_threads_train_the_same_as_one() -> None:
    alone = network_arrays(train(seed=7)[0])  # type: ignore[arg-type]
    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(lambda _: network_arrays(train(seed=7)[0]), range(2)))  # type: ignore[arg-type]
    for run in runs:
        assert all(np.array_equal(alone[name], run[name]) for name in alone)


def test_a_request_to_stop_ends_the_run_after_the_epoch() -> None:
    epochs: list[int] = []
    with pytest.raises(Cancelled, match="after 2 epochs"):
        train(on_epoch=lambda e: epochs.append(e.epoch), should_stop=lambda: len(epochs) == 2)
    assert epochs == [1, 2]


def test_one_thread_is_given_back_after_an_error() -> None:
    threads = torch.get_num_threads()
    with pytest.raises(KeyError), one_thread():
        raise KeyError
    assert torch.get_num_threads() == threads


def test_an_untrained_network_forecasts_no_change() -> None:
    for model_type in MODEL_TYPES:
        network = build_network(model_type, CONFIG).eval()
        assert torch.count_nonzero(network(torch.randn(5, 6, FEATURES))) == 0
