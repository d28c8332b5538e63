"""The search space: a range or a fixed value for every hyper-parameter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Self

from pydantic import ValidationInfo, field_validator, model_validator

from mlwidgets.errors import SpecError
from mlwidgets.forecast.spec import MODEL_TYPES, ModelConfig, ModelType, Value
from mlwidgets.search.ranges import Choice, Fixed, FloatRange, IntRange

if TYPE_CHECKING:
    import optuna

Range = IntRange | FloatRange | Choice | Fixed
"""What may stand for a hyper-parameter."""

HYBRID_ONLY = frozenset({"kernel_size", "highway_window"})
"""Hyper-parameters that mean nothing to an LSTM."""

_KINDS: dict[str, type[Range]] = {
    "int": IntRange, "float": FloatRange, "choice": Choice, "fixed": Fixed,
}  # fmt: skip


class SearchSpace(Value):
    """A range or a fixed value for each field of `ModelConfig`.

    A bare number fixes a field; a list gives its options. The defaults suit hourly candles and
    a processor: larger networks and longer windows cost ten times as much and, on hourly
    candles, forecast no better.

    Raises:
        SpecError: a range is inverted, reaches beyond what `ModelConfig` permits, or stands for
            an unknown hyper-parameter; the message names it.

    >>> space = SearchSpace(hidden_size=IntRange(8, 32), epochs=10, batch_size=[64, 128])
    >>> space.describe("LSTM")["hidden_size"], space.describe("LSTM")["batch_size"]
    ('8 to 32', 'one of 64, 128')
    """

    hidden_size: Range = IntRange(8, 48, log=True)
    sequence_length: Range = IntRange(6, 32)
    learning_rate: Range = FloatRange(3e-4, 1e-2, log=True)
    epochs: Range = Fixed(20)
    num_layers: Range = Fixed(1)
    dropout: Range = FloatRange(0.0, 0.3)
    weight_decay: Range = FloatRange(1e-5, 1e-1, log=True)
    batch_size: Range = Choice((128, 256, 512))
    patience: Range = Fixed(4)
    kernel_size: Range = IntRange(2, 5)
    highway_window: Range = IntRange(2, 12)

    @field_validator("*", mode="before")
    @classmethod
    def _as_range(cls, given: Any, info: ValidationInfo) -> Range:
        name = str(info.field_name)
        chosen = _read_range(given, name)
        _check_permitted(chosen, name)
        return chosen

    @model_validator(mode="after")
    def _kernel_fits(self) -> Self:
        kernel, window = min(self.kernel_size.values()), min(self.sequence_length.values())
        if kernel > window:
            raise ValueError(
                f"kernel_size starts at {kernel:g}, above the shortest sequence_length {window:g}; "
                "lower one or raise the other"
            )
        return self

    def suggest(self, trial: optuna.Trial, model_type: ModelType) -> ModelConfig:
        """Let a trial draw the hyper-parameters that matter to a model type.

        Args:
            trial: Optuna's trial; only ranges are suggested to it, never fixed values.
            model_type: LSTM or HYBRID; what only HYBRID knows keeps its default for LSTM.

        Returns:
            The drawn config. `kernel_size` is cut to `sequence_length`, not drawn from a range
            that depends on it, so that the sampler sees the same space in every trial.
        """
        drawn = {name: chosen.suggest(trial, name) for name, chosen in self._used(model_type)}
        drawn.setdefault("kernel_size", ModelConfig.model_fields["kernel_size"].default)
        drawn["kernel_size"] = min(drawn["kernel_size"], drawn["sequence_length"])
        return ModelConfig(**drawn)

    def describe(self, model_type: ModelType = "HYBRID") -> dict[str, str]:
        """Each hyper-parameter that matters to a model type, with its range in words."""
        return {name: chosen.describe() for name, chosen in self._used(model_type)}

    def _used(self, model_type: ModelType) -> Iterator[tuple[str, Range]]:
        if model_type not in MODEL_TYPES:
            raise SpecError(
                f"Unknown model type {model_type!r}; use one of {', '.join(MODEL_TYPES)}.",
                field="model_type", value=str(model_type),
            )  # fmt: skip
        for name in type(self).model_fields:
            if model_type == "HYBRID" or name not in HYBRID_ONLY:
                yield name, getattr(self, name)


def default_space(model_type: ModelType) -> SearchSpace:
    """The space that is searched when the user names none.

    >>> default_space("LSTM").kernel_size
    Fixed(kind='fixed', value=3)
    """
    space = SearchSpace()
    if model_type == "HYBRID":
        return space
    defaults = ModelConfig()
    return space.replace(**{name: Fixed(getattr(defaults, name)) for name in sorted(HYBRID_ONLY)})


def _read_range(given: Any, name: str) -> Range:
    try:
        if isinstance(given, IntRange | FloatRange | Choice | Fixed):
            return given
        if isinstance(given, dict):
            return _from_json(given, name)
        if isinstance(given, list | tuple):
            return Choice(given)
        if isinstance(given, int | float) and not isinstance(given, bool):
            return Fixed(given)
    except SpecError as error:
        raise ValueError(error.message.rstrip(".")) from None
    raise ValueError("give an IntRange, a FloatRange, a Choice, a list of options or a number")


def _from_json(given: dict[str, Any], name: str) -> Range:
    wanted = given.get("kind") or _kind_from_keys(given, name)
    if wanted not in _KINDS:
        raise ValueError(f"unknown kind {wanted!r}; use one of {', '.join(_KINDS)}")
    try:
        return _KINDS[wanted](**given)
    except TypeError:
        missing = {"choice": "options", "fixed": "value"}.get(wanted, "low and high")
        raise ValueError(f"a range of kind {wanted!r} needs {missing}") from None


def _kind_from_keys(given: dict[str, Any], name: str) -> str:
    if "options" in given:
        return "choice"
    if "value" in given:
        return "fixed"
    return "int" if ModelConfig.model_fields[name].annotation is int else "float"


def _check_permitted(chosen: Range, name: str) -> None:
    whole = ModelConfig.model_fields[name].annotation is int
    if whole and isinstance(chosen, FloatRange):
        raise ValueError("takes whole numbers: give an IntRange")
    if not whole and isinstance(chosen, IntRange):
        raise ValueError("takes real numbers: give a FloatRange")
    for value in chosen.values():
        _check_value(name, value)


def _check_value(name: str, value: int | float) -> None:
    # A kernel of 1 in the longest window: no rule between two fields gets in the way.
    roomy = {"sequence_length": 1000, "kernel_size": 1}
    try:
        ModelConfig(**{**roomy, name: value})
    except SpecError as error:
        told = error.message.removeprefix(f"ModelConfig is not valid. {name}: ")
        limit = told.partition(" (got")[0].rstrip(".")
        raise ValueError(f"{value:g} is not permitted: {limit}") from None
