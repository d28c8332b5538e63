"""One tree of errors: what was wrong, in words and for programs."""

from __future__ import annotations

import inspect
import json
import pickle
import re

import pytest

from mlwidgets import errors
from mlwidgets.errors import MlwidgetsError

CLASSES = [
    value
    for value in vars(errors).values()
    if inspect.isclass(value) and issubclass(value, MlwidgetsError)
]


def drawn_tree() -> dict[str, str]:
    """Each error's parent as the module's docstring draws it."""
    parents, above = {}, {0: "Exception"}
    for line in (errors.__doc__ or "").splitlines():
        if found := re.match(r"    ((?:[│├└─ ]{4})*)([A-Z]\w+)", line):
            depth = len(found[1]) // 4 + 1
            parents[found[2]] = above[depth - 1]
            above[depth] = found[2]
    return parents


def test_the_drawing_in_the_docstring_is_the_tree_of_classes() -> None:
    assert drawn_tree() == {error.__name__: error.__bases__[0].__name__ for error in CLASSES}


@pytest.mark.parametrize("error", CLASSES)
def test_every_error_says_when_it_is_raised(error: type[MlwidgetsError]) -> None:
    assert error.__doc__


@pytest.mark.parametrize("error", CLASSES)
def test_every_error_carries_its_message_and_the_facts_for_programs(
    error: type[MlwidgetsError],
) -> None:
    raised = error("Volume is -1 at row 3; remove the row.", row=3)

    assert str(raised) == raised.message == "Volume is -1 at row 3; remove the row."
    assert json.loads(json.dumps(raised.details)) == {"row": 3}


@pytest.mark.parametrize("error", CLASSES)
def test_every_error_survives_the_way_back_from_a_worker_process(
    error: type[MlwidgetsError],
) -> None:
    back = pickle.loads(pickle.dumps(error("No such symbol.", symbol="XYZ")))  # noqa: S301

    assert type(back) is error
    assert (back.message, back.details) == ("No such symbol.", {"symbol": "XYZ"})


def test_no_error_is_caught_as_a_built_in_one() -> None:
    built_in = (ValueError, OSError, RuntimeError, LookupError)

    assert not any(issubclass(error, built_in) for error in CLASSES)
