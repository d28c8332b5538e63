import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from strategies import regular_candles

from mlwidgets.errors import CandleError, NotEnoughCandles
from mlwidgets.features import Samples
from mlwidgets.forecast.fitting import data_fingerprint, split_origins, train_model
from mlwidgets.forecast.spec import MODEL_TYPES, ModelConfig, ModelSpec, ModelType
from mlwidgets.market.simulator import simulate_market

CONFIG = ModelConfig(hidden_size=4, sequence_length=8, learning_rate=5e-3, epochs=2)
SPEC = ModelSpec(symbol="SIMUSDT", model_type="LSTM", config=CONFIG)


@given(st.integers(1, 24), st.integers(0, 100))
def test_no_target_of_one_part_reaches_into_the_next(steps: int, seed: int) -> None:
    candles = regular_candles("2024-01-01", 1100, seed=seed)
    candles = candles.drop(candles.index[[500, 700]])
    samples = Samples.build(candles, "1h", steps)
    split = split_origins(samples, 8)
    assert split.train[-1] + steps < split.validation[0]
    assert split.validation[-1] + steps < split.calibration[0]
    assert split.calibration[-1] + steps < len(samples)


def test_training_repeats_bit_for_bit() -> None:
    candles = simulate_market("1h", periods=1200, seed=2).candles
    first, again = (train_model(SPEC, candles, seed=5).to_artifact() for _ in range(2))
    assert first.digest() == again.digest()
    other = train_model(SPEC, candles, seed=6).to_artifact()
    assert first.digest() != other.digest()


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU here")
@pytest.mark.parametrize("model_type", MODEL_TYPES)
def test_training_on_a_gpu_repeats_bit_for_bit(model_type: ModelType) -> None:
    candles = simulate_market("1h", periods=5000, seed=2).candles
    spec = SPEC.replace(model_type=model_type, config=CONFIG.replace(hidden_size=12))
    digests = {train_model(spec, candles, device="cuda").to_artifact().digest() for _ in range(3)}
    assert len(digests) == 1


def test_the_meta_traces_the_model_to_its_data() -> None:
    candles = simulate_market("1h", periods=1200, seed=2).candles
    meta = train_model(SPEC, candles, seed=5).meta
    assert meta.spec == SPEC
    assert meta.data_points == 1200
    assert meta.trained_from == candles.index[0].value // 1_000_000
    assert meta.trained_until == candles.index[-1].value // 1_000_000
    assert (meta.seed, meta.simulated, meta.accuracy) == (5, True, None)
    assert meta.data_fingerprint == data_fingerprint(candles)
    assert meta.training_duration > 0
    assert {"mlwidgets", "numpy", "pandas", "python", "torch"} == set(meta.libraries)


@given(st.integers(0, 99), st.sampled_from(["open", "close", "volume"]))
def test_the_data_fingerprint_sees_every_number(row: int, column: str) -> None:
    candles = regular_candles("2024-01-01", 100)
    changed = candles.copy()
    changed.iloc[row, changed.columns.get_loc(column)] *= 1 + 1e-15 * 8
    assert data_fingerprint(changed) != data_fingerprint(candles)


def test_too_few_candles_are_refused_with_how_many_are_needed() -> None:
    with pytest.raises(NotEnoughCandles, match="training needs 400: about 680 candles"):
        train_model(SPEC, regular_candles("2024-01-01", 600))
    with pytest.raises(NotEnoughCandles, match="hold no window"):
        train_model(SPEC, regular_candles("2024-01-01", 100))


@pytest.mark.parametrize("horizon", ["1h", "1d", "4d", "7d"])
def test_the_candles_said_to_be_needed_suffice_at_every_horizon(horizon: str) -> None:
    spec = SPEC.replace(horizon=horizon)
    with pytest.raises(NotEnoughCandles) as refusal:
        train_model(spec, regular_candles("2024-01-01", 600))
    needed = refusal.value.details["needed"]
    candles = regular_candles("2024-01-01", needed)
    split = split_origins(Samples.build(candles, "1h", spec.steps), 8)
    assert len(split.train) >= 400
    assert min(len(split.validation), len(split.calibration)) >= 49
    train_model(spec, candles)


def test_broken_candles_are_refused() -> None:
    candles = regular_candles("2024-01-01", 900)
    candles.iloc[7, candles.columns.get_loc("low")] = -1
    with pytest.raises(CandleError, match="row 7"):
        train_model(SPEC, candles)


def test_a_market_that_stands_still_trains_to_no_forecast() -> None:
    candles = regular_candles("2024-01-01", 900)
    candles.loc[:, ["open", "high", "low", "close"]] = 5.0
    more = pd.concat([candles, regular_candles("2024-02-07 12:00", 30)])
    more.loc[:, ["open", "high", "low", "close"]] = 5.0
    forecast = train_model(SPEC, candles).forecast(more)
    assert forecast.confidence == pytest.approx(0.5, abs=0.05)
    assert forecast.price == pytest.approx(5.0, rel=1e-3)
    assert np.isfinite([forecast.lower, forecast.upper]).all()
