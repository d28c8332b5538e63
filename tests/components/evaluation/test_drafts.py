"""What is typed into a form is checked as it is typed, against the models themselves."""

from __future__ import annotations

import pandas as pd
import pytest

from mlwidgets.components.evaluation.config_draft import ConfigDraft
from mlwidgets.components.evaluation.window_draft import WindowDraft
from mlwidgets.components.texts import language
from mlwidgets.forecast.spec import ModelConfig


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("hidden_size", "", "A whole number, such as 20."),
        ("hidden_size", "1,000", "A whole number, such as 20."),
        ("hidden_size", "2000", "At most 1,024."),
        ("learning_rate", "0", "More than 0."),
        ("learning_rate", "nan", "A number, such as 0.001."),
        ("dropout", "1", "Less than 1."),
        ("sequence_length", "2", "The kernel (3 candles) must fit into the sequence."),
    ],
)
def test_a_wrong_hyper_parameter_is_said_at_its_field(name: str, value: str, problem: str) -> None:
    draft = ConfigDraft()

    draft.edit(name, value)

    assert draft.problems == {name: problem}
    assert draft.config is None


def test_what_is_typed_becomes_a_config() -> None:
    draft = ConfigDraft()

    draft.edit("learning_rate", " 0,01 ")
    draft.edit("epochs", "200")

    assert draft.config == ModelConfig(learning_rate=0.01, epochs=200)


def test_a_config_that_is_filled_in_is_shown_short_and_kept_to_the_last_bit() -> None:
    draft = ConfigDraft(ModelConfig(learning_rate=0.0013918144918740596))
    draft.edit("epochs", "7")

    assert draft.values["learning_rate"] == "0.00139181"
    assert draft.config == ModelConfig(learning_rate=0.0013918144918740596, epochs=7)


def test_problems_follow_the_language() -> None:
    draft = ConfigDraft()
    draft.edit("hidden_size", "0")

    language.code = "ru"
    draft.check()

    assert draft.problems == {"hidden_size": "Не меньше 1."}


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("start", "yesterday", "A date, such as 2025-08-20."),
        ("start", "2025-02-30", "A date, such as 2025-08-20."),
        ("start", "0001-01-01", "A date, such as 2025-08-20."),
        ("end", "9999-12-31", "A date, such as 2025-08-20."),
        ("end", "2025-01-09", "The last day lies before the first one."),
        ("end", "2025-02-01", "The candles reach no further; the last whole day is 2025-01-31."),
        ("refit_every", "90m", "A whole number of 1h candles, such as 7d."),
        ("refit_every", "soon", "A whole number of 1h candles, such as 7d."),
    ],
)
def test_a_wrong_date_is_said_at_its_field(name: str, value: str, problem: str) -> None:
    draft = WindowDraft(known_end=pd.Timestamp("2025-02-01 05:00", tz="UTC"))
    draft.fill(pd.Timestamp("2025-01-10", tz="UTC"), pd.Timestamp("2025-01-20", tz="UTC"))

    draft.edit(name, value)

    assert draft.problems == {name: problem}


@pytest.mark.parametrize("end", ["2025-01-20", "2025-01-20 14:00", None])
def test_a_requests_window_is_shown_and_read_back_unchanged(end: str | None) -> None:
    start = pd.Timestamp("2025-01-10", tz="UTC")
    after = None if end is None else pd.Timestamp(end, tz="UTC")
    draft = WindowDraft()

    draft.fill(start, after, "7d")

    assert (draft.start, draft.end, draft.refit_every) == (start, after, "7d")
    assert draft.problems == {}
