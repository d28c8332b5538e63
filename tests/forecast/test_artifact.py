"""Trained models as plain values: what tells two apart, and what their facts may be."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from mlwidgets.errors import SpecError
from mlwidgets.forecast.artifact import ModelArtifact, ModelMeta, TensorDict, tensors_digest
from mlwidgets.forecast.spec import ModelConfig, ModelSpec

DTYPES = (np.float32, np.float64, np.int64, np.bool_)


def meta(**fields: Any) -> ModelMeta:
    return ModelMeta(
        **{
            "symbol": "BTCUSDT",
            "model_type": "LSTM",
            "trained_at": 1_696_512_000_000,
            "accuracy": 0.53,
            "training_duration": 45_000,
            "data_points": 1000,
            "config": ModelConfig(hidden_size=8),
            "horizon": "4h",
            "timeframe": "1h",
            "metrics": {"mae": 12.5, "rSquared": None, "origins": 720},
            "trained_from": 0,
            "trained_until": 3_600_000,
            "seed": 1,
            "features_fingerprint": "f",
            "data_fingerprint": "d",
            "libraries": {"torch": "2.13.0"},
            **fields,
        }
    )


@st.composite
def tensors(draw: st.DrawFn) -> TensorDict:
    """Up to four arrays by name, of any dtype and shape that model files know."""
    names = draw(st.lists(st.text("abc.", min_size=1, max_size=4), unique=True, max_size=4))
    shapes = npst.array_shapes(min_dims=0, max_dims=3, max_side=3)
    dtypes = st.sampled_from(DTYPES)
    return {name: draw(npst.arrays(draw(dtypes), draw(shapes))) for name in names}


@given(tensors(), st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_neither_the_order_of_names_nor_of_memory_changes_a_digest(
    values: TensorDict, random: Any
) -> None:
    names = list(values)
    random.shuffle(names)
    shuffled = {name: np.asfortranarray(values[name]) for name in names}
    assert tensors_digest(shuffled) == tensors_digest(values)


@pytest.mark.parametrize(
    "other",
    [
        {"b": np.zeros((2, 3), np.float32)},
        {"a": np.zeros((2, 3), np.float64)},
        {"a": np.zeros((3, 2), np.float32)},
        {"a": np.zeros(6, np.float32)},
        {"a": np.eye(2, 3, dtype=np.float32)},
        {"a": np.full((2, 3), -0.0, np.float32)},
        {"a": np.zeros((2, 3), np.float32), "b": np.zeros(0, np.float32)},
        {},
    ],
    ids=["name", "dtype", "shape", "dimensions", "a number", "a sign", "another", "none"],
)
def test_a_digest_tells_apart(other: TensorDict) -> None:
    assert tensors_digest(other) != tensors_digest({"a": np.zeros((2, 3), np.float32)})


def test_numbers_that_change_places_between_names_change_the_digest() -> None:
    one, two = np.ones(2), np.zeros(2)
    assert tensors_digest({"a": one, "b": two}) != tensors_digest({"a": two, "b": one})


def test_an_artifacts_digest_is_about_its_numbers_alone() -> None:
    values = {"a": np.arange(3)}
    first, second = ModelArtifact(meta(), values), ModelArtifact(meta(seed=2), dict(values))
    assert first.digest() == second.digest() == tensors_digest(values)


def test_facts_in_json_and_back_are_the_same() -> None:
    facts = meta(version="1.2.3", simulated=True, accuracy=None, weights_sha256="ab")
    document = facts.to_json()
    assert document["modelType"] == "LSTM"
    assert document["trainedAt"] == 1_696_512_000_000
    assert document["metrics"] == {"mae": 12.5, "rSquared": None, "origins": 720}
    assert ModelMeta(**document) == facts


def test_facts_know_the_spec_that_the_model_was_trained_to() -> None:
    assert meta().spec == ModelSpec(
        symbol="BTCUSDT",
        model_type="LSTM",
        timeframe="1h",
        horizon="4h",
        config=ModelConfig(hidden_size=8),
    )


@pytest.mark.parametrize("version", ["0.0.0", "1.0.0", "10.20.30", "999999.999999.999999"])
def test_a_version_is_three_numbers(version: str) -> None:
    assert meta(version=version).version == version


@pytest.mark.parametrize(
    "version",
    ["1.0", "1.0.0.0", "01.0.0", "1.00.0", "1.0.-1", "v1.0.0", "1.0.0\n", " 1.0.0", "1.0.1000000",
     "1.0.٣", "1.0.３", "", "latest", "../1.0.0", 1.0, None],
)  # fmt: skip
def test_anything_else_is_no_version(version: object) -> None:
    with pytest.raises(SpecError, match="version: "):
        meta(version=version)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("accuracy", 1.01),
        ("accuracy", float("nan")),
        ("trained_at", -1),
        ("training_duration", -1),
        ("data_points", -1),
        ("trained_from", -1),
        ("model_type", "GRU"),
        ("metrics", {"mae": float("inf")}),
    ],
)
def test_impossible_facts_are_refused_by_name(field: str, value: object) -> None:
    with pytest.raises(SpecError, match=f"{field}"):
        meta(**{field: value})
