"""Bodies are read strictly: what is no plain JSON of the documented shape is refused."""

from __future__ import annotations

import gzip

import pytest
from pydantic import TypeAdapter

from mlwidgets.jobs.requests import REQUESTS
from mlwidgets.server.api.body import DEEPEST, checked_value, read_json
from mlwidgets.server.api.errors import BadRequest, InvalidRequest
from mlwidgets.server.api.form import read_form
from mlwidgets.server.api.operation import Form
from mlwidgets.server.api.resources.saving import SavedConfig

CONFIG: TypeAdapter[SavedConfig] = TypeAdapter(SavedConfig)
GOOD = {"hiddenSize": 32, "sequenceLength": 20, "learningRate": 0.001, "epochs": 100}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"{'a': 1}",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": -Infinity}',
        b'{"a": 1e400}',
        b'{"a": 1' + b"0" * 5000 + b"}",
        b'{"a": 1, "a": 2}',
        b'{"a": "\\ud800"}',
        b'{"\\udfff": 1}',
        b'{"a": "\xff"}',
        gzip.compress(b'{"a": 1}', mtime=0),
        b"[" * (DEEPEST + 2) + b"]" * (DEEPEST + 2),
        b"[" * 100_000,
        b'{"a":' * 50_000,
    ],
)
def test_what_is_no_strict_json_is_refused(data: bytes) -> None:
    with pytest.raises(BadRequest, match="The body"):
        read_json(data)


def test_a_value_of_the_documented_shape_is_read() -> None:
    assert checked_value(CONFIG, GOOD).learning_rate == 0.001


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"hiddenSize": "32"}, "hiddenSize is '32', no integer"),
        ({"hiddenSize": True}, "hiddenSize is True, no integer"),
        ({"hiddenSize": 32.5}, "hiddenSize is 32.5, no integer"),
        ({"hiddenSize": None}, "hiddenSize is None, no integer"),
        ({"hiddenSize": 0}, "hiddenSize"),
        ({"learningRate": 10**40}, "learningRate"),
        ({"hidden_size": 32}, "the unknown 'hidden_size'"),
        ({"x" * 10_000: 1}, "the unknown 'xxx"),
    ],
)
def test_what_has_another_shape_is_refused_by_the_fields_name(
    change: dict[str, object], told: str
) -> None:
    with pytest.raises(InvalidRequest, match=told) as caught:
        checked_value(CONFIG, {**GOOD, **change})
    assert len(caught.value.message) < 300


@pytest.mark.parametrize("value", [[], "train", 7, None, {}, {"kind": ["train"]}, {"kind": None}])
def test_what_names_no_kind_of_job_is_refused(value: object) -> None:
    with pytest.raises(InvalidRequest, match=r"kind|body"):
        checked_value(REQUESTS, value)


def test_a_form_that_is_none_is_refused() -> None:
    form = Form({"meta": "A file."}, limit=100)

    for content_type in ("multipart/form-data", "multipart/form-data; boundary=x", "text/plain"):
        with pytest.raises((BadRequest, InvalidRequest)):
            read_form(b"no form", content_type, form)


def test_a_file_that_is_there_twice_is_refused() -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="meta"\r\n\r\n{}\r\n'

    with pytest.raises(InvalidRequest, match="'meta' is there twice"):
        read_form(
            part * 2 + b"--x--", "multipart/form-data; boundary=x", Form({"meta": ""}, limit=100)
        )
