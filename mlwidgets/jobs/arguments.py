"""Requests out of a call's arguments: a spec and options instead of every field by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from mlwidgets.errors import SpecError
from mlwidgets.forecast.spec import ModelSpec
from mlwidgets.jobs.requests import (
    CompareRequest,
    EvaluateRequest,
    JobKind,
    JobRequest,
    LoadedCandles,
    SimulatedCandles,
    StoredCandles,
    TrainRequest,
)

CandleChoice = pd.DataFrame | StoredCandles | LoadedCandles | SimulatedCandles
"""Candles that a job is given: a frame, or where it finds them."""

KINDS: dict[JobKind, type[TrainRequest | EvaluateRequest | CompareRequest]] = {
    "train": TrainRequest, "evaluate": EvaluateRequest, "compare": CompareRequest,
}  # fmt: skip


def request_of(
    kind: JobKind | JobRequest, spec: ModelSpec | None, options: Mapping[str, Any]
) -> JobRequest:
    """The request that a call's arguments stand for.

    Args:
        kind: train, evaluate or compare; or a request, which takes no options beside it.
        spec: symbol, timeframe, horizon and, as far as the kind knows them, model type and
            config.
        options: other fields of the kind's request.

    Raises:
        SpecError: an unknown kind or option, one that the spec gives too, or a bad value.

    >>> spec = ModelSpec(symbol="BTCUSDT", model_type="HYBRID")
    >>> request = request_of("train", spec, {"n_trials": 8})
    >>> request.symbol, request.model_types, request.n_trials
    ('BTCUSDT', ('HYBRID',), 8)
    """
    if not isinstance(kind, str):
        return _untouched(kind, spec, options)
    if kind not in KINDS:
        raise SpecError(
            f"There is no kind of job {kind!r:.60}; choose {', '.join(KINDS)}.", field="kind"
        )
    _refuse_unknown(kind, options)
    described = {} if spec is None else _described(kind, spec)
    if kind == "compare" and spec is not None and "configs" not in options:
        described["configs"] = {spec.model_type: spec.config}
    if twice := sorted(described.keys() & options.keys()):
        raise SpecError(
            f"The spec says {', '.join(twice)} already; leave the one or the other away.",
            fields=twice,
        )
    return KINDS[kind](**described, **options)


def _untouched(
    request: JobRequest, spec: ModelSpec | None, options: Mapping[str, Any]
) -> JobRequest:
    if not isinstance(request, tuple(KINDS.values())):
        raise SpecError(
            f"A job is submitted by its kind or as a request, not as {type(request).__name__}."
        )
    given = [*(["spec"] if spec is not None else []), *options]
    if given:
        raise SpecError(
            f"A request says everything itself; leave {', '.join(given)} away, or change the "
            "request with its replace().",
            fields=given,
        )
    return request


def _described(kind: JobKind, spec: ModelSpec) -> dict[str, Any]:
    """What a spec says about a request; a search draws its configurations from its space."""
    fields: dict[str, Any] = {
        "symbol": spec.symbol, "timeframe": spec.timeframe, "horizon": spec.horizon,
    }  # fmt: skip
    if kind != "compare":
        fields["model_type"] = spec.model_type
    if kind == "evaluate":
        fields["config"] = spec.config
    return fields


def _refuse_unknown(kind: JobKind, options: Mapping[str, Any]) -> None:
    known = KINDS[kind].model_fields.keys() - {"kind", "candles"}
    if unknown := [name for name in options if name not in known]:
        raise SpecError(
            f"A job of kind {kind} takes no {', '.join(unknown)}; it takes "
            f"{', '.join(sorted(known))}.",
            fields=unknown,
        )
