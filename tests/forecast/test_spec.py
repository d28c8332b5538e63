"""What can be asked of a model, and how a mistake is told."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from mlwidgets.errors import SpecError
from mlwidgets.forecast.spec import MODEL_TYPES, ModelConfig, ModelSpec

BOUNDS = {
    "hidden_size": (1, 1024),
    "sequence_length": (2, 1000),
    "epochs": (1, 10_000),
    "num_layers": (1, 8),
    "batch_size": (1, 65_536),
    "patience": (1, 10_000),
    "kernel_size": (1, 64),
    "highway_window": (1, 1000),
}
"""Least and most of each whole number."""

SHARES = {"learning_rate": (1e-9, 1000), "dropout": (0, 0.99), "weight_decay": (0, 10)}
"""Some of the least and the most that each real number may be."""

TOO_FAR = {"learning_rate": (0, 1000.1), "dropout": (-0.01, 1), "weight_decay": (-0.01, 10.1)}


def spec(**fields: Any) -> ModelSpec:
    return ModelSpec(**{"symbol": "BTCUSDT", "model_type": "LSTM", **fields})


def configs() -> st.SearchStrategy[ModelConfig]:
    whole = {name: st.integers(*span) for name, span in BOUNDS.items()}
    real = {name: st.floats(*span) for name, span in SHARES.items()}
    drawn = st.fixed_dictionaries({}, optional={**whole, **real})
    return drawn.filter(lambda d: d.get("kernel_size", 3) <= d.get("sequence_length", 20)).map(
        lambda d: ModelConfig(**d)
    )


@pytest.mark.parametrize("name", BOUNDS)
def test_a_whole_number_may_reach_its_bounds_and_not_pass_them(name: str) -> None:
    roomy = {"sequence_length": 1000, "kernel_size": 1}
    for value in BOUNDS[name]:
        assert getattr(ModelConfig(**{**roomy, name: value}), name) == value
    for value in (BOUNDS[name][0] - 1, BOUNDS[name][1] + 1):
        with pytest.raises(SpecError, match=rf"{name}: .*\(got {value}\)") as caught:
            ModelConfig(**{**roomy, name: value})
        assert caught.value.details["fields"] == [name]


@pytest.mark.parametrize("name", SHARES)
def test_a_real_number_may_reach_its_bounds_and_not_pass_them(name: str) -> None:
    for value in SHARES[name]:
        assert getattr(ModelConfig(**{name: value}), name) == value
    for value in TOO_FAR[name]:
        with pytest.raises(SpecError, match=rf"{name}: .*\(got {value}\)"):
            ModelConfig(**{name: value})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf"), "much", None])
@pytest.mark.parametrize("name", SHARES)
def test_what_is_no_finite_number_is_refused(name: str, value: object) -> None:
    with pytest.raises(SpecError, match=rf"{name}: "):
        ModelConfig(**{name: value})


@pytest.mark.parametrize("value", [1.5, "many", None, float("nan")])
@pytest.mark.parametrize("name", BOUNDS)
def test_what_is_no_whole_number_is_refused(name: str, value: object) -> None:
    with pytest.raises(SpecError, match=rf"{name}: "):
        ModelConfig(**{name: value})


def test_an_unknown_field_is_refused_by_name() -> None:
    with pytest.raises(SpecError, match="hidden_szie") as caught:
        ModelConfig(hidden_szie=3)  # type: ignore[call-arg]
    assert caught.value.details["fields"] == ["hidden_szie"]


def test_every_mistake_is_told_at_once() -> None:
    with pytest.raises(SpecError) as caught:
        ModelConfig(epochs=0, dropout=2)
    assert caught.value.details["fields"] == ["epochs", "dropout"]


def test_a_filter_spans_no_more_candles_than_the_network_sees() -> None:
    assert ModelConfig(kernel_size=20, sequence_length=20).kernel_size == 20
    with pytest.raises(SpecError, match="kernel_size must not exceed sequence_length"):
        ModelConfig(kernel_size=21, sequence_length=20)


@pytest.mark.parametrize("written", ["btcusdt", "BTC/USDT", "btc-usdt", " BTC_USDT ", "BTC/USDT:X"])
def test_symbols_are_kept_without_separators(written: str) -> None:
    assert spec(symbol=written).symbol == "BTCUSDT"


def test_a_slot_is_named_by_symbol_and_model_type() -> None:
    assert [spec(model_type=kind).slot for kind in MODEL_TYPES] == [
        "BTCUSDT_LSTM",
        "BTCUSDT_HYBRID",
    ]


@pytest.mark.parametrize(
    ("timeframe", "horizon", "steps"), [("1h", "1h", 1), ("4h", "24h", 6), ("15m", "1d", 96)]
)
def test_a_horizon_is_counted_in_candles(timeframe: str, horizon: str, steps: int) -> None:
    assert spec(timeframe=timeframe, horizon=horizon).steps == steps


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"symbol": "?"}, "symbol: Symbol '\\?' is not one"),
        ({"model_type": "GRU"}, "model_type: .*'LSTM' or 'HYBRID'.*got 'GRU'"),
        ({"timeframe": "2h"}, "timeframe: Unknown timeframe '2h'; use one of 1m, "),
        ({"horizon": "90m"}, "Horizon '90m' is no whole number of 1h candles"),
        ({"timeframe": "4h", "horizon": "1h"}, "Horizon '1h' is no whole number of 4h candles"),
        ({"horizon": "soon"}, "Horizon 'soon' is no duration"),
        ({"config": {"epochs": 0}}, "epochs: .*got 0"),
        ({"colour": "red"}, "colour: "),
    ],
)
def test_a_mistake_in_a_spec_is_told_with_its_field_and_value(
    fields: dict[str, Any], says: str
) -> None:
    with pytest.raises(SpecError, match=says):
        spec(**fields)


@pytest.mark.parametrize("horizon", ["90m", "soon"])
def test_a_message_that_ends_with_a_full_stop_gets_no_second_one(horizon: str) -> None:
    with pytest.raises(SpecError) as caught:
        spec(horizon=horizon)
    assert caught.value.message.endswith(".")
    assert ".." not in caught.value.message


def test_a_message_in_the_middle_keeps_no_full_stop_of_its_own() -> None:
    with pytest.raises(SpecError, match=r"use one of .*1d \(got '2h'\)\.$"):
        spec(timeframe="2h")


@given(configs())
@settings(max_examples=40)
def test_json_in_camel_case_and_back_is_the_same_config(config: ModelConfig) -> None:
    document = config.to_json()
    assert not any("_" in name for name in document)
    assert ModelConfig(**document) == config


def test_json_in_camel_case_and_back_is_the_same_spec() -> None:
    whole = spec(timeframe="4h", horizon="24h", config=ModelConfig(hidden_size=7))
    document = whole.to_json()
    assert document["modelType"] == "LSTM"
    assert document["config"]["hiddenSize"] == 7
    assert ModelSpec(**document) == whole


def test_a_replaced_field_is_validated_and_the_original_stays() -> None:
    config = ModelConfig(hidden_size=7)
    assert config.replace(epochs=5) == ModelConfig(hidden_size=7, epochs=5)
    assert config.epochs == ModelConfig().epochs
    with pytest.raises(SpecError, match="kernel_size must not exceed"):
        config.replace(sequence_length=2)
    with pytest.raises(SpecError, match="Horizon '1h'"):
        spec().replace(timeframe="4h")


def test_values_cannot_be_changed_and_equal_ones_are_one_key() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        spec().timeframe = "4h"  # type: ignore[misc]
    with pytest.raises(ValidationError, match="frozen"):
        ModelConfig().epochs = 5  # type: ignore[misc]
    assert len({ModelConfig(), ModelConfig(), ModelConfig(epochs=5)}) == 2
