"""Options say what the library does."""

import re
from typing import get_args, get_type_hints

from mlwidgets.cli.options import CandleOptions, ConfigOptions, ModelName
from mlwidgets.forecast.spec import MODEL_TYPES, ModelConfig


def test_the_model_types_are_the_librarys():
    assert get_args(ModelName) == MODEL_TYPES


def test_every_hyper_parameter_has_an_option_that_tells_its_default():
    hints = get_type_hints(ConfigOptions, include_extras=True)
    told = {
        name: float(re.search(r"\[(.+)\]", get_args(hint)[1].help)[1])
        for name, hint in hints.items()
        if name != "config"
    }
    assert told == {name: float(value) for name, value in ModelConfig()}


def test_two_groups_share_no_option():
    assert not set(CandleOptions.__slots__) & set(ConfigOptions.__slots__)
