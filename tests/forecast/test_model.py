import dataclasses
import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlwidgets.errors import CandleError, ModelFileError, ModelMismatch, NotEnoughCandles
from mlwidgets.forecast.artifact import ModelArtifact
from mlwidgets.forecast.model import TrainedModel
from mlwidgets.registry import ModelRegistry


def test_a_forecast_is_the_last_row_of_the_predictions(
    model: TrainedModel, market_candles: pd.DataFrame
) -> None:
    forecast = model.forecast(market_candles)
    row = model.predict(market_candles).iloc[-1]
    assert (forecast.price, forecast.lower, forecast.upper) == tuple(
        row[["predicted", "lower", "upper"]]
    )
    assert pd.Timestamp(forecast.origin) == market_candles.index[-1]
    step = model.spec.steps * pd.Timedelta("1h")
    assert pd.Timestamp(forecast.target_time) - pd.Timestamp(forecast.origin) == step
    assert forecast.lower < forecast.price < forecast.upper
    assert forecast.regime == row["regime"]
    assert forecast.simulated


@settings(max_examples=8)
@given(cut=st.integers(2010, 2399))
def test_later_candles_change_no_earlier_forecast_interval_confidence_or_regime(
    model: TrainedModel, market_candles: pd.DataFrame, cut: int
) -> None:
    known_then = model.predict(market_candles.iloc[:cut]).drop(columns="actual")
    known_now = model.predict(market_candles).drop(columns="actual").loc[known_then.index]
    pd.testing.assert_frame_equal(known_then, known_now, check_exact=True)


def test_a_forecast_on_a_growing_market_is_the_same_as_one_from_scratch(
    model: TrainedModel, market_candles: pd.DataFrame
) -> None:
    fresh = [pickle.loads(pickle.dumps(model)) for _ in range(8)]  # noqa: S301
    for number, scratch in enumerate(fresh):
        candles = market_candles.iloc[: 2200 + number]
        assert model.forecast(candles) == scratch.forecast(candles)
    revised = market_candles.iloc[:2210].copy()
    revised.iloc[2100, revised.columns.get_loc("volume")] *= 3
    assert model.forecast(revised) == fresh[0].forecast(revised)


def test_nothing_that_the_model_was_trained_on_is_forecast(
    model: TrainedModel, market_candles: pd.DataFrame
) -> None:
    predictions = model.predict(market_candles)
    assert predictions.index[0] == market_candles.index[1999]
    with pytest.raises(ModelMismatch, match="before the model's training data"):
        model.forecast(market_candles.iloc[:1900])


def test_the_confidence_is_that_of_the_predicted_side(
    model: TrainedModel, market_candles: pd.DataFrame
) -> None:
    for cut in range(2300, 2320):
        forecast = model.forecast(market_candles.iloc[:cut])
        up = forecast.probability_up
        assert forecast.confidence == (up if forecast.direction != "down" else 1 - up)
        assert (forecast.price > forecast.close) == (forecast.direction == "up")
        assert forecast.confidence >= 0.5


def test_a_saved_and_loaded_model_forecasts_the_same_bit_for_bit(
    model: TrainedModel, market_candles: pd.DataFrame, tmp_path: object
) -> None:
    registry = ModelRegistry(str(tmp_path))
    meta = registry.save(model)
    loaded = registry.load(meta.symbol, meta.model_type)
    pd.testing.assert_frame_equal(
        loaded.predict(market_candles), model.predict(market_candles), check_exact=True
    )
    assert loaded.forecast(market_candles).model_version == "1.0.0"


@pytest.mark.parametrize(
    ("label", "message"),
    [
        ({"symbol": "ETHUSDT"}, "for symbol SIMUSDT, the candles are of ETHUSDT"),
        ({"timeframe": "4h"}, "for timeframe 1h, the candles are of 4h"),
    ],
)
def test_candles_with_another_label_are_refused(
    model: TrainedModel, market_candles: pd.DataFrame, label: dict[str, str], message: str
) -> None:
    candles = market_candles.copy()
    candles.attrs.update(label)
    with pytest.raises(ModelMismatch, match=message):
        model.forecast(candles)


def test_candles_of_a_longer_timeframe_are_refused_even_without_a_label(
    model: TrainedModel, market_candles: pd.DataFrame
) -> None:
    candles = market_candles.iloc[::4].copy()
    candles.attrs.clear()
    with pytest.raises(ModelMismatch, match="are 4 hours apart"):
        model.forecast(candles)


def test_too_few_candles_are_refused_with_how_many_are_needed(
    model: TrainedModel, market_candles: pd.DataFrame
) -> None:
    with pytest.raises(NotEnoughCandles, match="needs 176 candles"):
        model.forecast(market_candles.iloc[-100:])


def test_a_gap_just_before_the_origin_is_refused(
    model: TrainedModel, market_candles: pd.DataFrame
) -> None:
    with pytest.raises(NotEnoughCandles, match="without a gap"):
        model.forecast(market_candles.drop(market_candles.index[-3]))


def test_broken_candles_are_refused(model: TrainedModel, market_candles: pd.DataFrame) -> None:
    candles = market_candles.copy()
    candles.iloc[-1, 0] = np.nan
    with pytest.raises(CandleError, match="NaN"):
        model.forecast(candles)


@pytest.mark.parametrize(
    "change",
    [
        lambda tensors: tensors.pop("regime"),
        lambda tensors: tensors.update(surprise=np.zeros(1)),
        lambda tensors: tensors.update(calibration=np.full(4, -1.0)),
        lambda tensors: tensors.update({"scaler.mean": np.zeros(16, np.float32)}),
        lambda tensors: tensors.update({"scaler.mean": np.zeros(3)}),
        lambda tensors: tensors.update({"scaler.deviation": np.zeros(16)}),
        lambda tensors: tensors.update({"volatility.centre": np.zeros(2)}),
        lambda tensors: tensors.update({"network.output.bias": np.zeros(2, np.float32)}),
    ],
)
def test_tensors_that_make_no_model_are_refused(model: TrainedModel, change: object) -> None:
    artifact = model.to_artifact()
    tensors = dict(artifact.tensors)
    change(tensors)  # type: ignore[operator]
    with pytest.raises(ModelFileError):
        TrainedModel.from_artifact(ModelArtifact(artifact.meta, tensors))


def test_a_model_of_other_features_is_refused(model: TrainedModel) -> None:
    artifact = model.to_artifact()
    other = artifact.meta.replace(features_fingerprint="0" * 64)
    with pytest.raises(ModelFileError, match="train it again"):
        TrainedModel.from_artifact(dataclasses.replace(artifact, meta=other))
