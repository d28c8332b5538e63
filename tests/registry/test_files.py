"""A pair of files is read back whole and unchanged, or not at all."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlwidgets.errors import ModelError, ModelFileError
from mlwidgets.forecast.artifact import ModelArtifact, ModelMeta
from mlwidgets.forecast.spec import ModelConfig
from mlwidgets.registry.files import decode_meta, decode_pair, encode_pair, encode_weights_of
from mlwidgets.registry.names import ModelKey, Slot

MakeArtifact = Callable[..., ModelArtifact]

KEY = ModelKey(Slot.of("BTCUSDT", "LSTM"), "1.0.0")
GUIDE_FIELDS = [
    "symbol", "modelType", "version", "trainedAt", "accuracy", "trainingDuration", "dataPoints",
    "config",
]  # fmt: skip
MILLISECONDS = st.integers(0, 253_402_300_799_999)
NUMBERS = st.one_of(
    st.none(), st.integers(-(2**53), 2**53), st.floats(allow_nan=False, allow_infinity=False)
)
METAS = st.builds(
    lambda **facts: ModelMeta(**facts),
    symbol=st.from_regex(r"[A-Z0-9]{2,20}", fullmatch=True),
    model_type=st.sampled_from(["LSTM", "HYBRID"]),
    trained_at=MILLISECONDS,
    accuracy=st.none() | st.floats(0, 1),
    training_duration=MILLISECONDS,
    data_points=MILLISECONDS,
    config=st.builds(lambda rate: ModelConfig(learning_rate=rate), st.floats(1e-9, 100)),
    horizon=st.sampled_from(["1h", "24h"]),
    timeframe=st.just("1h"),
    metrics=st.dictionaries(st.text(max_size=9), NUMBERS, max_size=4),
    trained_from=MILLISECONDS,
    trained_until=MILLISECONDS,
    seed=st.integers(0, 2**63),
    features_fingerprint=st.text(max_size=9),
    data_fingerprint=st.text(max_size=9),
    simulated=st.booleans(),
    libraries=st.dictionaries(st.text(max_size=9), st.text(max_size=9), max_size=3),
)


@pytest.fixture
def pair(make_artifact: MakeArtifact) -> tuple[bytes, bytes]:
    artifact = make_artifact(1, size=5)
    weights = encode_weights_of(artifact)
    return weights, encode_pair(artifact, weights, "1.0.0")[1]


def edited(meta: bytes, **changes: object) -> bytes:
    return json.dumps(json.loads(meta) | changes, indent=2).encode()


@settings(max_examples=60, deadline=None)
@given(METAS)
def test_metadata_comes_back_equal(facts: ModelMeta) -> None:
    saved, data = encode_pair(ModelArtifact(facts, {}), b"", "1.2.3")

    assert decode_meta(data, "x.meta.json") == saved
    assert saved == facts.replace(version="1.2.3", weights_sha256=saved.weights_sha256)


def test_metadata_starts_with_the_fields_of_the_guide(pair: tuple[bytes, bytes]) -> None:
    meta = json.loads(pair[1])

    assert list(meta)[: len(GUIDE_FIELDS)] == GUIDE_FIELDS
    guided = {"hiddenSize": 32, "sequenceLength": 20, "learningRate": 0.001, "epochs": 100}
    assert list(meta["config"].items())[:4] == list(guided.items())
    assert meta["trainedAt"] == 1696512000000
    assert meta["accuracy"] == 0.73


def test_a_pair_comes_back_with_its_tensors(
    pair: tuple[bytes, bytes], make_artifact: MakeArtifact
) -> None:
    assert decode_pair(*pair, KEY).digest() == make_artifact(1, size=5).digest()


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_a_pair_truncated_anywhere_is_refused(
    pair: tuple[bytes, bytes], data: st.DataObject
) -> None:
    weights, meta = pair
    cut = data.draw(st.integers(0, len(weights) - 1))
    with pytest.raises(ModelFileError, match=r"LSTM_1\.0\.0\.json was truncated"):
        decode_pair(weights[:cut], meta, KEY)
    cut = data.draw(st.integers(0, len(meta) - 2))  # the last byte is a line end
    with pytest.raises(ModelFileError, match=r"1\.0\.0\.meta\.json"):
        decode_pair(weights, meta[:cut], KEY)


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_a_flipped_bit_is_refused_or_harmless(
    pair: tuple[bytes, bytes], data: st.DataObject
) -> None:
    weights, meta = map(bytearray, pair)
    bit = data.draw(st.integers(0, 8 * len(weights) - 1))
    weights[bit // 8] ^= 1 << bit % 8
    with pytest.raises(ModelFileError):
        decode_pair(bytes(weights), pair[1], KEY)

    bit = data.draw(st.integers(0, 8 * len(meta) - 1))
    meta[bit // 8] ^= 1 << bit % 8
    try:
        read = decode_pair(pair[0], bytes(meta), KEY)
    except ModelFileError:
        return
    # A space that became another white space changes nothing that is said.
    assert read.meta == decode_pair(*pair, KEY).meta


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"accuracy": 0.99}, "was edited or damaged"),
        ({"config": {"hiddenSize": 64}}, "was edited or damaged"),
        ({"weightsSha256": "0" * 64}, "was edited or damaged"),
        ({"metaSha256": "0" * 64}, "was edited or damaged"),
        ({"metaSha256": None}, "was edited or damaged"),
        ({"module": "os.system"}, "unknown 'module'"),
        ({"formatVersion": 2}, "format version 2"),
        ({"formatVersion": "1"}, "no formatVersion"),
    ],
)
def test_edited_metadata_is_refused(
    pair: tuple[bytes, bytes], changes: dict[str, object], says: str
) -> None:
    with pytest.raises(ModelFileError, match=says):
        decode_pair(pair[0], edited(pair[1], **changes), KEY)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"accuracy": 1.5}, "make no sense.*accuracy"),
        ({"accuracy": 1}, "not written as mlwidgets writes"),
        ({"trainedAt": "1696512000000"}, "not written as mlwidgets writes"),
        ({"symbol": "../../etc"}, "make no sense.*[Ss]ymbol"),
        ({"symbol": "btcusdt"}, "not written as mlwidgets writes"),
        ({"modelType": "PICKLE"}, "make no sense"),
        ({"version": "1.0"}, "make no sense"),
        ({"version": "1.0.01"}, "make no sense"),
        ({"version": "１.0.0"}, "make no sense"),
        ({"horizon": "90m"}, "make no sense"),
        ({"config": {"epochs": 0}}, "make no sense"),
        ({"metrics": {"mae": "low"}}, "make no sense"),
    ],
)
def test_forged_metadata_that_makes_no_sense_is_refused_whatever_its_checksum(
    pair: tuple[bytes, bytes], changes: dict[str, object], says: str
) -> None:
    from mlwidgets.registry.files import SEAL, _seal

    fields = json.loads(pair[1]) | changes
    del fields[SEAL]
    forged = json.dumps(fields | {SEAL: _seal(fields)}).encode()

    with pytest.raises(ModelFileError, match=says):
        decode_meta(forged, "x.meta.json")


def test_files_under_the_name_of_another_model_are_refused(pair: tuple[bytes, bytes]) -> None:
    for symbol, model_type, version in (
        ("ETHUSDT", "LSTM", "1.0.0"),
        ("BTCUSDT", "HYBRID", "1.0.0"),
        ("BTCUSDT", "LSTM", "1.0.1"),
    ):
        key = ModelKey(Slot.of(symbol, model_type), version)
        with pytest.raises(ModelFileError, match=r"says inside that it is BTCUSDT_LSTM 1\.0\.0"):
            decode_pair(*pair, key)


def test_weights_of_another_model_are_refused(
    pair: tuple[bytes, bytes], make_artifact: MakeArtifact
) -> None:
    with pytest.raises(ModelFileError, match="swapped: its SHA-256 is"):
        decode_pair(encode_weights_of(make_artifact(2)), pair[1], KEY)


@pytest.mark.parametrize(
    "foreign",
    [
        pickle.dumps({"symbol": "BTCUSDT"}),
        b'{"name": "left-pad", "version": "1.3.0"}',
        b"PK\x03\x04 torch.save",
        b"{}",
        b'{"symbol": "A", "symbol": "B"}',
        b"[" * 50_000,
        b" " * (1024**2 + 1),
    ],
)
def test_foreign_bytes_are_refused(pair: tuple[bytes, bytes], foreign: bytes) -> None:
    with pytest.raises(ModelFileError):
        decode_pair(pair[0], foreign, KEY)
    with pytest.raises(ModelFileError):
        decode_pair(foreign, pair[1], KEY)


def test_metadata_that_is_too_large_is_refused_before_it_is_written(
    make_artifact: MakeArtifact,
) -> None:
    artifact = make_artifact()
    huge = artifact.meta.replace(libraries={"x": "y" * 1024**2})

    with pytest.raises(ModelError, match="metadata takes"):
        encode_pair(ModelArtifact(huge, {}), b"", "1.0.0")
