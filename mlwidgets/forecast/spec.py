"""What to train: symbol, model type, timeframe, horizon and hyper-parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic.alias_generators import to_camel

from mlwidgets.errors import MlwidgetsError, SpecError
from mlwidgets.market.symbols import plain_symbol
from mlwidgets.market.timeframes import horizon_steps, timeframe_minutes

_T = TypeVar("_T")

ModelType = Literal["LSTM", "HYBRID"]
"""The model types there are."""

MODEL_TYPES: tuple[ModelType, ...] = ("LSTM", "HYBRID")


def checked_model_type(model_type: str) -> ModelType:
    """The model type itself.

    Raises:
        SpecError: it is none.
    """
    for known in MODEL_TYPES:
        if model_type == known:
            return known
    raise SpecError(
        f"Unknown model type {str(model_type)[:40]!r}; use one of {', '.join(MODEL_TYPES)}.",
        field="model_type", known=list(MODEL_TYPES),
    )  # fmt: skip


class Value(BaseModel):
    """Base of the immutable values that go into files and requests (camelCase there)."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        populate_by_name=True,
        allow_inf_nan=False,
    )

    def __init__(self, **data: Any) -> None:
        try:
            super().__init__(**data)
        except ValidationError as error:
            raise SpecError(_in_words(type(self).__name__, error), fields=_fields(error)) from None

    def to_json(self) -> dict[str, Any]:
        """The value as JSON-serialisable data with camelCase keys."""
        return self.model_dump(mode="json", by_alias=True)

    def replace(self, **changes: Any) -> Self:
        """A copy with some fields changed, validated again."""
        return type(self)(
            **{**{name: getattr(self, name) for name in type(self).model_fields}, **changes}
        )


class ModelConfig(Value):
    """Hyper-parameters of a model and of its training.

    >>> ModelConfig(hidden_size=64).to_json()["hiddenSize"]
    64
    """

    hidden_size: Annotated[int, Field(ge=1, le=1024)] = 32
    """Width of the recurrent state."""

    sequence_length: Annotated[int, Field(ge=2, le=1000)] = 20
    """Candles that the network sees at each origin."""

    learning_rate: Annotated[float, Field(gt=0, le=1000)] = 1e-3
    """Peak learning rate of AdamW."""

    epochs: Annotated[int, Field(ge=1, le=10_000)] = 100
    """Most passes over the training windows; early stopping usually ends sooner."""

    num_layers: Annotated[int, Field(ge=1, le=8)] = 1
    """Stacked recurrent layers."""

    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.1
    """Share of activations dropped in training before the output layer."""

    weight_decay: Annotated[float, Field(ge=0, le=10)] = 1e-3
    """AdamW's decoupled weight decay."""

    batch_size: Annotated[int, Field(ge=1, le=65_536)] = 256
    """Windows a gradient step."""

    patience: Annotated[int, Field(ge=1, le=10_000)] = 10
    """Epochs without a better validation loss before training stops."""

    kernel_size: Annotated[int, Field(ge=1, le=64)] = 3
    """HYBRID: candles that a convolution filter spans."""

    highway_window: Annotated[int, Field(ge=1, le=1000)] = 8
    """HYBRID: last candles that the linear autoregressive part sees."""

    @model_validator(mode="after")
    def _parts_fit_the_window(self) -> Self:
        if self.kernel_size > self.sequence_length:
            raise ValueError("kernel_size must not exceed sequence_length")
        return self


class ModelSpec(Value):
    """Everything that defines a model to train, its data and seed apart.

    Raises:
        SpecError: a value makes no sense; the message names the field.

    >>> ModelSpec(symbol="btc/usdt", model_type="LSTM", timeframe="1h", horizon="4h").steps
    4
    """

    symbol: str
    model_type: ModelType
    timeframe: str = "1h"
    horizon: str = "1h"
    config: ModelConfig = Field(default_factory=ModelConfig)

    @field_validator("symbol")
    @classmethod
    def _plain(cls, symbol: str) -> str:
        return _as_value_error(plain_symbol, symbol)

    @field_validator("timeframe")
    @classmethod
    def _known(cls, timeframe: str) -> str:
        _as_value_error(timeframe_minutes, timeframe)
        return timeframe

    @model_validator(mode="after")
    def _whole_horizon(self) -> Self:
        _as_value_error(horizon_steps, self.horizon, self.timeframe)
        return self

    @property
    def steps(self) -> int:
        """The horizon in candles."""
        return horizon_steps(self.horizon, self.timeframe)

    @property
    def slot(self) -> str:
        """Where a production model of this spec lives: one a symbol and model type."""
        return f"{self.symbol}_{self.model_type}"


def _as_value_error(function: Callable[..., _T], *args: Any) -> _T:
    try:
        return function(*args)
    except MlwidgetsError as error:
        raise ValueError(error.message) from None


def _fields(error: ValidationError) -> list[str]:
    return [".".join(map(str, item["loc"])) or "value" for item in error.errors()]


def _in_words(what: str, error: ValidationError) -> str:
    parts = []
    for item in error.errors():
        field = ".".join(map(str, item["loc"]))
        message = item["msg"].removeprefix("Value error, ").removesuffix(".")
        given = (
            "" if not field or isinstance(item["input"], dict) else f" (got {item['input']!r:.60})"
        )
        parts.append(f"{field}: {message}{given}" if field else message)
    return f"{what} is not valid. " + "; ".join(parts) + "."
