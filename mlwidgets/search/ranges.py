"""Where a hyper-parameter may lie: an interval, a list of options, or one fixed value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from mlwidgets.forecast.spec import Value

if TYPE_CHECKING:
    import optuna


class IntRange(Value):
    """Whole numbers from `low` to `high`, both included.

    Args:
        low: smallest value.
        high: largest value.
        log: whether to draw on a logarithmic scale; needs low >= 1 and step 1.
        step: distance between two neighbouring values.

    Raises:
        SpecError: the bounds are inverted or do not suit a logarithmic scale.

    >>> IntRange(16, 64, log=True).describe()
    '16 to 64, logarithmic'
    """

    kind: Literal["int"] = "int"
    low: int
    high: int
    log: bool = False
    step: Annotated[int, Field(ge=1)] = 1

    def __init__(self, low: int, high: int, **rest: Any) -> None:
        super().__init__(low=low, high=high, **rest)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        _check_bounds(self.low, self.high, self.log)
        if self.log and self.step != 1:
            raise ValueError(f"step must be 1 on a logarithmic scale (got {self.step})")
        return self

    def suggest(self, trial: optuna.Trial, name: str) -> int:
        """Draw a value for the hyper-parameter `name`."""
        top = self.low + (self.high - self.low) // self.step * self.step
        return trial.suggest_int(name, self.low, top, step=self.step, log=self.log)

    def values(self) -> tuple[int, ...]:
        """The values that must be permitted for the whole range to be so."""
        return (self.low, self.high)

    def describe(self) -> str:
        """The range in words."""
        step = f", in steps of {self.step}" if self.step > 1 else ""
        return f"{self.low} to {self.high}{step}{_scale(self.log)}"


class FloatRange(Value):
    """Real numbers from `low` to `high`, both included.

    Args:
        low: smallest value.
        high: largest value.
        log: whether to draw on a logarithmic scale; needs low > 0.

    Raises:
        SpecError: the bounds are inverted, not finite or do not suit a logarithmic scale.

    >>> FloatRange(3e-4, 1e-2, log=True).describe()
    '0.0003 to 0.01, logarithmic'
    """

    kind: Literal["float"] = "float"
    low: float
    high: float
    log: bool = False

    def __init__(self, low: float, high: float, **rest: Any) -> None:
        super().__init__(low=low, high=high, **rest)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        _check_bounds(self.low, self.high, self.log)
        return self

    def suggest(self, trial: optuna.Trial, name: str) -> float:
        """Draw a value for the hyper-parameter `name`."""
        return trial.suggest_float(name, self.low, self.high, log=self.log)

    def values(self) -> tuple[float, ...]:
        """The values that must be permitted for the whole range to be so."""
        return (self.low, self.high)

    def describe(self) -> str:
        """The range in words."""
        return f"{self.low:g} to {self.high:g}{_scale(self.log)}"


class Choice(Value):
    """One of several values, without order.

    Raises:
        SpecError: there are no options, or one is given twice.

    >>> Choice([128, 256, 512]).describe()
    'one of 128, 256, 512'
    """

    kind: Literal["choice"] = "choice"
    options: Annotated[tuple[int | float, ...], Field(min_length=1)]

    def __init__(self, options: Any, **rest: Any) -> None:
        super().__init__(options=options, **rest)

    @field_validator("options")
    @classmethod
    def _distinct(cls, options: tuple[int | float, ...]) -> tuple[int | float, ...]:
        if len(set(options)) != len(options):
            raise ValueError("an option is given twice")
        return options

    def suggest(self, trial: optuna.Trial, name: str) -> int | float:
        """Draw a value for the hyper-parameter `name`."""
        drawn: int | float = trial.suggest_categorical(name, self.options)
        return drawn

    def values(self) -> tuple[int | float, ...]:
        """The values that must be permitted for the whole range to be so."""
        return self.options

    def describe(self) -> str:
        """The options in words."""
        return "one of " + ", ".join(f"{option:g}" for option in self.options)


class Fixed(Value):
    """One value that the search leaves alone.

    >>> Fixed(30).describe()
    '30'
    """

    kind: Literal["fixed"] = "fixed"
    value: int | float

    def __init__(self, value: int | float, **rest: Any) -> None:
        super().__init__(value=value, **rest)

    def suggest(self, trial: optuna.Trial, name: str) -> int | float:
        """The value; the trial is told nothing."""
        return self.value

    def values(self) -> tuple[int | float, ...]:
        """The values that must be permitted for the whole range to be so."""
        return (self.value,)

    def describe(self) -> str:
        """The value in words."""
        return f"{self.value:g}"


def _check_bounds(low: float, high: float, log: bool) -> None:
    if low > high:
        raise ValueError(f"low {low:g} is above high {high:g}; swap them")
    if log and low <= 0:
        raise ValueError(f"low must be above 0 on a logarithmic scale (got {low:g})")


def _scale(log: bool) -> str:
    return ", logarithmic" if log else ""
