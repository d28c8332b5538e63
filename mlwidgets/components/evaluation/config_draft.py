"""Hyper-parameters as they are being typed, kept without widgets."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Any

from pydantic import ConfigDict, TypeAdapter, ValidationError
from traitlets import Dict, Enum, HasTraits, Instance, Int, observe

from mlwidgets.components.texts import text
from mlwidgets.errors import SpecError
from mlwidgets.forecast.spec import MODEL_TYPES, ModelConfig

FIELDS = tuple(ModelConfig.model_fields)
"""Names of the hyper-parameters, the guide's four first."""

HYBRID_ONLY = ("kernel_size", "highway_window")
"""Hyper-parameters that only a HYBRID has."""

_LIMITS = {
    "greater_than_equal": ("ge", "evaluate.field.at_least"),
    "greater_than": ("gt", "evaluate.field.above"),
    "less_than_equal": ("le", "evaluate.field.at_most"),
    "less_than": ("lt", "evaluate.field.below"),
}
"""By pydantic's name of an error: where it keeps the limit, and how that is said."""


class ConfigDraft(HasTraits):
    """A form's hyper-parameters: texts as typed, what is wrong with them, and the config.

    Args:
        config: to begin with; default: the defaults of `ModelConfig`.
        model_type: whose hyper-parameters they are.

    >>> draft = ConfigDraft()
    >>> draft.edit("hidden_size", "0")
    >>> draft.problems, draft.config
    ({'hidden_size': 'At least 1.'}, None)
    >>> draft.edit("hidden_size", "64")
    >>> draft.config.hidden_size
    64
    """

    model_type = Enum(MODEL_TYPES, "LSTM")
    values = Dict(help="by name: the text as typed")
    problems = Dict(help="by name: what is wrong with it, in words")
    config = Instance(ModelConfig, allow_none=True, help="None while something is wrong")
    fillings = Int(help="how often the draft was filled anew, so that what is typed gives way")

    def __init__(self, config: ModelConfig | None = None, model_type: str = "LSTM") -> None:
        super().__init__(model_type=model_type)
        self.fill(config or ModelConfig())

    @property
    def untouched(self) -> bool:
        """Whether nothing was typed since the draft was filled."""
        return bool(self.values == self._texts)

    def fill(self, config: ModelConfig) -> None:
        """Replace what was typed by a config; what nobody edits stays as exact as it is there."""
        with self.hold_trait_notifications():
            self._filled, self._texts = config, _texts(config)
            self.values = dict(self._texts)
            self.fillings += 1
            self.check()

    def edit(self, name: str, value: str) -> None:
        """A field was typed into; names that are no field are left alone."""
        if name in FIELDS:
            with self.hold_trait_notifications():
                self.values = {**self.values, name: value}
                self.check()

    def check(self) -> None:
        """Say again what is wrong: for other values, or in another language."""
        read, problems = {}, {}
        for name, value in self.values.items():
            if value == self._texts[name]:
                read[name] = getattr(self._filled, name)
                continue
            try:
                read[name] = _reader(name).validate_python(_plain(name, value))
            except ValidationError as error:
                problems[name] = _in_words(name, error)
        if not problems:
            try:
                self.config = ModelConfig(**read)
            except SpecError:  # the one rule that ties two fields
                field = "kernel_size" if self.model_type == "HYBRID" else "sequence_length"
                problems[field] = text("evaluate.field.kernel", width=read["kernel_size"])
        if problems:
            self.config = None
        self.problems = problems

    @observe("model_type")
    def _other_type(self, _: object) -> None:
        if self.values:
            self.check()


def _texts(config: ModelConfig) -> dict[str, str]:
    """A config as people read it, which is rounded."""
    return {name: f"{getattr(config, name):.6g}" for name in FIELDS}


@lru_cache
def _reader(name: str) -> TypeAdapter[Any]:
    """Reads one field under the limits of the model itself."""
    field = ModelConfig.model_fields[name]
    kind: Any = Annotated[(field.annotation, *field.metadata)]
    return TypeAdapter(kind, config=ConfigDict(allow_inf_nan=False))


def _is_whole(name: str) -> bool:
    return ModelConfig.model_fields[name].annotation is int


def _plain(name: str, value: str) -> str:
    """A number as Python reads it: people also write a decimal comma."""
    return value.strip() if _is_whole(name) else value.strip().replace(",", ".")


def _in_words(name: str, error: ValidationError) -> str:
    first = error.errors()[0]
    if first["type"] in _LIMITS:
        limit, key = _LIMITS[first["type"]]
        return text(key, limit=f"{first['ctx'][limit]:,g}")
    return text("evaluate.field.whole" if _is_whole(name) else "evaluate.field.number")
