"""Tensors survive their JSON bit for bit, and nothing that is not one gets through."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from mlwidgets.errors import ModelError, ModelFileError
from mlwidgets.registry.weights import decode_weights, encode_weights

DTYPES = st.sampled_from([np.dtype(name) for name in ("float32", "float64", "int64", "bool")])
NAMES = st.from_regex(r"[A-Za-z0-9_]{1,12}(\.[a-z0-9_]{1,8}){0,3}", fullmatch=True)


def finite(dtype: np.dtype) -> st.SearchStrategy:
    if dtype.kind != "f":
        return npst.from_dtype(dtype)
    return st.floats(
        width=dtype.itemsize * 8, allow_nan=False, allow_infinity=False, allow_subnormal=True
    )


def tensors_of(dtype: np.dtype) -> st.SearchStrategy:
    shape = npst.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)
    return npst.arrays(dtype, shape, elements=finite(dtype))


def same_bits(left: np.ndarray, right: np.ndarray) -> bool:
    return (
        left.dtype == right.dtype
        and left.shape == right.shape
        and left.tobytes() == right.tobytes()
    )


def with_tensor(**tensor: object) -> bytes:
    whole = {"dtype": "float32", "shape": [2], "values": [0.5, 1.0]} | tensor
    return json.dumps({"formatVersion": 1, "tensors": {"w": whole}}).encode()


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(NAMES, DTYPES.flatmap(tensors_of), max_size=3))
def test_every_tensor_comes_back_bit_for_bit(tensors: dict[str, np.ndarray]) -> None:
    back = decode_weights(encode_weights(tensors), "x.json")

    assert list(back) == list(tensors)
    assert all(same_bits(back[name], tensors[name]) for name in tensors)


@settings(max_examples=60, deadline=None)
@given(npst.arrays(np.uint32, 64, elements=st.integers(0, 2**32 - 1)))
def test_any_bit_pattern_of_a_finite_float32_comes_back(bits: np.ndarray) -> None:
    floats = bits.view(np.float32)
    floats = floats[np.isfinite(floats)]

    assert same_bits(decode_weights(encode_weights({"w": floats}), "x.json")["w"], floats)


def test_a_float32_that_double_rounding_would_move_comes_back() -> None:
    moved = np.array([0x15AE43FD], dtype=np.uint32).view(np.float32)
    assert np.float32(float(str(moved[0]))) != moved[0], "the shortest decimal loses this one"

    assert same_bits(decode_weights(encode_weights({"w": moved}), "x.json")["w"], moved)


def test_signs_of_zero_subnormals_and_limits_come_back() -> None:
    for dtype in (np.float32, np.float64):
        limits = np.finfo(dtype)
        edge = [0.0, -0.0, limits.smallest_subnormal, -limits.tiny, limits.max, limits.min]
        numbers = np.array(edge, dtype=dtype)
        assert same_bits(decode_weights(encode_weights({"w": numbers}), "x.json")["w"], numbers)


def test_arrays_that_are_transposed_or_of_the_other_byte_order_come_back_by_value() -> None:
    array = np.arange(6, dtype=np.float32).reshape(2, 3)

    for other in (array.T, array.astype(">f4"), array[:, ::-1]):
        back = decode_weights(encode_weights({"w": other}), "x.json")["w"]
        np.testing.assert_array_equal(back, other)
        assert back.dtype == np.dtype("float32")


@pytest.mark.parametrize(
    ("array", "says"),
    [
        (np.array([np.nan]), "NaN or infinite"),
        (np.array([np.inf], dtype=np.float32), "NaN or infinite"),
        (np.array([1.0], dtype=np.float16), "dtype float16"),
        (np.array(["os.system"]), "dtype"),
        (np.array([object()]), "dtype object"),
        (np.zeros((1,) * 9), "9 dimensions"),
        ([1.0], "list, not a NumPy array"),
    ],
)
def test_what_a_model_file_cannot_hold_is_refused_by_name(array: np.ndarray, says: str) -> None:
    with pytest.raises(ModelError, match=f"'w' cannot be saved.*{says}"):
        encode_weights({"w": array})


@pytest.mark.parametrize("name", ["", "../up", "a/b", "a..b", "a b", "é", "a\n"])
def test_a_tensor_is_never_named_like_a_path(name: str) -> None:
    with pytest.raises(ModelError, match="joined by dots"):
        encode_weights({name: np.zeros(1)})
    named = json.dumps({"formatVersion": 1, "tensors": {name: {}}}).encode()
    with pytest.raises(ModelFileError, match="none of a tensor"):
        decode_weights(named, "x.json")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (with_tensor(dtype="object"), "dtype 'object'"),
        (with_tensor(dtype=["float32"]), "dtype"),
        (with_tensor(shape=[3]), "2 numbers .* not those of shape"),
        (with_tensor(shape=[-1, -2]), "no valid shape"),
        (with_tensor(shape=[True, 2]), "no valid shape"),
        (with_tensor(shape=[2**40, 0], values=[]), "no valid shape"),
        (with_tensor(shape=[1] * 9), "no valid shape"),
        (with_tensor(values="ab"), "no list of numbers"),
        (with_tensor(values=[0.5, 1]), "not float32"),
        (with_tensor(values=[0.5, "1.0"]), "not float32"),
        (with_tensor(values=[0.5, None]), "not float32"),
        (with_tensor(values=[[0.5], [1.0]]), "not float32"),
        (with_tensor(values=[0.5, 1e39]), "does not fit float32"),
        (with_tensor(dtype="int64", values=[1, 2**63]), "does not fit int64"),
        (with_tensor(dtype="int64", values=[1, True]), "not int64"),
        (with_tensor(dtype="bool", values=[1, 0]), "not bool"),
        (with_tensor(code="import os"), "unknown 'code'"),
        (with_tensor().replace(b"1.0", b"1e400"), "does not fit float32"),
        (with_tensor().replace(b"1.0", b"NaN"), "NaN is no JSON number"),
        (with_tensor().replace(b"1.0", b"-Infinity"), "-Infinity is no JSON number"),
        (with_tensor().replace(b"1.0", b"9" * 5000), "not strict JSON"),
        (with_tensor().replace(b"[2]", b"[" * 100_000), "nested too deeply|not strict JSON"),
        (with_tensor().replace(b'"shape"', b'"dtype"'), "'dtype' stands there twice"),
        (with_tensor().replace(b'"shape": [2], ', b""), "lacks 'shape'"),
        (b'{"formatVersion": 1, "tensors": {"w": 3}}', "no object as tensor 'w'"),
        (b'{"formatVersion": 1, "tensors": []}', "no object as tensors"),
        (b'{"formatVersion": 2, "tensors": {}}', "format version 2; this mlwidgets reads 1"),
        (b'{"formatVersion": true, "tensors": {}}', "no formatVersion"),
        (b'{"formatVersion": 1}', "lacks 'tensors'"),
        (b'{"name": "left-pad"}', "mlwidgets did not write it"),
        (b"[]", "not a JSON object"),
        (b"", "not strict JSON"),
        (b"\x80\x04\x95\x1c\x00", "not text"),
    ],
)
def test_bytes_that_are_no_weights_are_refused_with_what_is_wrong(data: bytes, says: str) -> None:
    with pytest.raises(ModelFileError, match=says):
        decode_weights(data, "BTCUSDT_LSTM_1.0.0.json")


def test_a_file_of_too_many_tensors_is_refused() -> None:
    many = {f"t{number}": np.zeros(0) for number in range(4097)}
    with pytest.raises(ModelError, match="at most 4096"):
        encode_weights(many)
    crowded = json.dumps({"formatVersion": 1, "tensors": dict.fromkeys(many)}).encode()
    with pytest.raises(ModelFileError, match="more than 4096"):
        decode_weights(crowded, "x.json")
