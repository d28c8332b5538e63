"""Specs, spaces and configurations out of options."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

from mlwidgets.cli.candle_source import CandleSource
from mlwidgets.cli.options import ConfigOptions, MeasureOptions
from mlwidgets.errors import ModelNotFound, SpecError
from mlwidgets.forecast.spec import ModelConfig, ModelSpec, ModelType
from mlwidgets.registry.registry import ModelRegistry
from mlwidgets.search.space import SearchSpace

DEFAULTS, PRODUCTION = "defaults", "production"


def model_spec(
    source: CandleSource,
    model_type: ModelType,
    measure: MeasureOptions,
    config: ModelConfig | None = None,
) -> ModelSpec:
    """What to train on a source's candles."""
    if not 0 < measure.coverage < 1:
        raise SpecError(
            f"coverage must lie between 0 and 1, not {measure.coverage}.", field="coverage"
        )
    return ModelSpec(
        symbol=source.symbol,
        model_type=model_type,
        timeframe=source.timeframe,
        horizon=measure.horizon or source.timeframe,
        config=config or ModelConfig(),
    )


def model_config(
    options: ConfigOptions, symbol: str, model_type: ModelType, *, base: str = DEFAULTS
) -> ModelConfig:
    """The base configuration, changed by the options that were given.

    Args:
        options: the hyper-parameters' options.
        symbol: whose production model may be the base.
        model_type: its type.
        base: what to start from where --config is not given.

    Raises:
        SpecError: a value makes no sense.
    """
    start = _base(options.config or base, symbol, model_type, wanted=options.config is not None)
    given = {field.name: getattr(options, field.name) for field in fields(options)}
    del given["config"]
    return start.replace(**{name: value for name, value in given.items() if value is not None})


def search_space(text: str) -> SearchSpace:
    """The space that JSON, or a file of it, describes."""
    return SearchSpace(**json_object(text, "--space"))


def json_object(text: str, option: str) -> dict[str, Any]:
    """The JSON object that an option holds, or the file that it names.

    Raises:
        SpecError: neither.
    """
    source = text
    if not text.lstrip().startswith("{"):
        try:
            source = Path(text).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is no text"
            raise SpecError(
                f"{option} {text[:200]!r} is neither a JSON object nor a file that can be read "
                f"({reason}).", field=option,
            ) from None  # fmt: skip
    try:
        value = json.loads(source)
    except ValueError as error:
        raise SpecError(f"{option} is not valid JSON: {error}.", field=option) from None
    if not isinstance(value, dict):
        raise SpecError(f'{option} must be a JSON object, as {{"epochs": 20}}.', field=option)
    return value


def _base(name: str, symbol: str, model_type: ModelType, *, wanted: bool) -> ModelConfig:
    if name == DEFAULTS:
        return ModelConfig()
    if name != PRODUCTION:
        return ModelConfig(**json_object(name, "--config"))
    try:
        return ModelRegistry().get_meta(symbol, model_type).config
    except ModelNotFound:
        if wanted:
            raise
        return ModelConfig()
