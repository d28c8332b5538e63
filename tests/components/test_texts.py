"""The catalogues: complete in each language, and nothing in them that nobody says."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from traitlets import TraitError

import mlwidgets
from mlwidgets.components.formats import age, duration
from mlwidgets.components.texts import LANGUAGES, language, match_language, text

PACKAGE = Path(mlwidgets.__file__).parent


@pytest.fixture
def russian() -> Iterator[None]:
    language.code = "ru"
    yield
    language.code = "en"


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def said() -> set[str]:
    """Every string in the sources of components and dashboards, the catalogues apart."""
    files = [*PACKAGE.glob("components/**/*.py"), *PACKAGE.glob("dashboards/**/*.py")]
    return {
        node.value
        for file in files
        if "texts" not in file.parts
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_every_language_has_every_text() -> None:
    keys = {code: set(texts) for code, texts in LANGUAGES.items()}

    assert keys["ru"] == keys["en"]


def test_a_text_asks_for_the_same_values_in_every_language() -> None:
    for key, template in LANGUAGES["en"].items():
        assert fields(LANGUAGES["ru"][key]) == fields(template), key


def test_no_text_is_unused() -> None:
    assert set(LANGUAGES["en"]) - said() == set()


def test_no_text_is_missing() -> None:
    prefixes = {key.partition(".")[0] for key in LANGUAGES["en"]}
    asked = {
        value for value in said()
        if value.partition(".")[0] in prefixes and value.replace(".", "").replace("_", "").isalnum()
        and "." in value
    }  # fmt: skip

    assert asked <= set(LANGUAGES["en"])


def test_no_text_is_empty() -> None:
    assert all(words.strip() for texts in LANGUAGES.values() for words in texts.values())


@pytest.mark.usefixtures("russian")
def test_numbers_and_times_follow_the_language() -> None:
    assert text("step.todo") == "Не выполнено"
    assert duration(7200) == "2 ч"
    assert age(0, now=3 * 86_400_000) == "3 д назад"


def test_a_language_without_a_catalogue_is_refused() -> None:
    with pytest.raises(TraitError, match="'en'"):
        language.code = "de"


@pytest.mark.parametrize(
    ("accepted", "code"), [("ru-RU,en;q=0.8", "ru"), ("fr", "en"), ("", "en"), ("EN-GB", "en")]
)
def test_the_browsers_language_decides(accepted: str, code: str) -> None:
    assert match_language(accepted) == code
