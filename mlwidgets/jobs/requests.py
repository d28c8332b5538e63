"""What a job is asked to do: values that are valid by themselves, the same in Python and REST."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal, Self

from pydantic import Field, TypeAdapter, field_validator, model_validator

from mlwidgets.errors import SpecError
from mlwidgets.forecast.arguments import COVERAGE
from mlwidgets.forecast.spec import ModelConfig, ModelSpec, ModelType, Value
from mlwidgets.market.candles import SIMULATED_SYMBOL
from mlwidgets.market.symbols import plain_symbol
from mlwidgets.search.space import SearchSpace

JobKind = Literal["train", "evaluate", "compare"]


class StoredCandles(Value):
    """A frame in the database, named by its digest."""

    source: Literal["stored"] = "stored"
    digest: Annotated[str, Field(pattern=r"\A[0-9a-f]{64}\z")]


class LoadedCandles(Value):
    """What the candle store and the exchange have between two dates when the job begins."""

    source: Literal["loaded"] = "loaded"
    exchange: Annotated[str, Field(pattern=r"\A[a-z0-9]{2,30}\z")] | None = None
    """ccxt's id; None for the settings' exchange."""
    start: dt.datetime | None = None
    """First open time (naive times mean UTC); default: two years before `end`."""
    end: dt.datetime | None = None
    """First open time after the range; default: when the job begins."""
    offline: bool = False
    """Take what the store has and ask no exchange."""


class SimulatedCandles(Value):
    """A simulated market; always SIMUSDT, so that no real model is replaced by one of it."""

    source: Literal["simulated"] = "simulated"
    periods: Annotated[int, Field(ge=500, le=1_000_000)] = 17_520
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0


Candles = Annotated[StoredCandles | LoadedCandles | SimulatedCandles, Field(discriminator="source")]


class _Request(Value):
    """What the three kinds have in common."""

    symbol: str
    timeframe: str = "1h"
    horizon: str | None = None
    """Default: one candle."""
    candles: Candles = LoadedCandles()
    test_start: dt.datetime | None = None
    """First origin of the test window; default: 30 days before its end."""
    test_end: dt.datetime | None = None
    """End of the window, exclusive; default: after the last origin."""
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    coverage: Annotated[float, Field(ge=0.5, le=0.99)] = COVERAGE
    device: Literal["cpu", "cuda"] = "cpu"
    """Where networks are trained; `cuda` takes workers that hold a GPU."""

    @field_validator("symbol")
    @classmethod
    def _plain(cls, symbol: str) -> str:
        return plain_symbol(symbol)

    @property
    def ahead(self) -> str:
        """The horizon; one candle where none was asked for."""
        return self.horizon or self.timeframe

    def spec(self, model_type: ModelType, config: ModelConfig | None = None) -> ModelSpec:
        """The spec of one of the job's models."""
        return ModelSpec(
            symbol=self.symbol, model_type=model_type, timeframe=self.timeframe,
            horizon=self.ahead, config=config or ModelConfig(),
        )  # fmt: skip

    @model_validator(mode="after")
    def _spec_makes_sense(self) -> Self:
        self.spec("LSTM")
        return self

    @model_validator(mode="after")
    def _simulated_by_its_name(self) -> Self:
        if isinstance(self.candles, SimulatedCandles) and self.symbol != SIMULATED_SYMBOL:
            raise SpecError(
                f"Simulated candles are always of {SIMULATED_SYMBOL}, not of {self.symbol}, whose "
                "model theirs would replace.",
                field="symbol", value=self.symbol,
            )  # fmt: skip
        return self


class TrainRequest(_Request):
    """A search for the best hyper-parameters; its best model is saved."""

    kind: Literal["train"] = "train"
    model_type: ModelType
    n_trials: Annotated[int, Field(ge=1, le=10_000)] = 50
    n_folds: Annotated[int, Field(ge=1, le=50)] = 5
    space: SearchSpace | None = None
    """Ranges of the hyper-parameters; None for the defaults."""

    @property
    def model_types(self) -> tuple[ModelType, ...]:
        """The model types that the job trains."""
        return (self.model_type,)


class EvaluateRequest(_Request):
    """A backtest of one configuration; saves nothing."""

    kind: Literal["evaluate"] = "evaluate"
    model_type: ModelType
    config: ModelConfig = ModelConfig()
    refit_every: str | None = None

    @property
    def model_types(self) -> tuple[ModelType, ...]:
        """The model types that the job trains."""
        return (self.model_type,)


class CompareRequest(_Request):
    """Backtests of LSTM and HYBRID at the same time on the same window; both are saved."""

    kind: Literal["compare"] = "compare"
    configs: dict[ModelType, ModelConfig] = Field(default_factory=dict)
    """By model type; a missing one is the default."""
    refit_every: str | None = None

    @property
    def model_types(self) -> tuple[ModelType, ...]:
        """The model types that the job trains."""
        return ("LSTM", "HYBRID")


JobRequest = Annotated[TrainRequest | EvaluateRequest | CompareRequest, Field(discriminator="kind")]
"""Any of them, told apart by `kind`."""

REQUESTS: TypeAdapter[TrainRequest | EvaluateRequest | CompareRequest] = TypeAdapter(JobRequest)
"""Reads a request of any kind from JSON-like data."""
