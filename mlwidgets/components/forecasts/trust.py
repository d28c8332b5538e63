"""Whether a forecast can be trusted as things stand, and what speaks against it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from mlwidgets.components.forecasts.grounds import Grounds
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.forecast.outlook import Forecast
from mlwidgets.forecast.regime import RegimeFilter
from mlwidgets.market.dates import epoch_ms
from mlwidgets.market.timeframes import timeframe_delta
from mlwidgets.record.track_record import TrackRecord
from mlwidgets.record.values import RecordedModel
from mlwidgets.record.windows import Window

LATE_CANDLES = 2
"""Candles that may be missing: of a market that has gone on for longer nothing is known."""

SETTLING = pd.Timedelta(seconds=10)
"""How long after a close the exchange's candle and the next forecast may take to come."""

OLD = pd.Timedelta(days=30)
TOO_OLD = pd.Timedelta(days=90)
"""Ages of a model at which a forecast is doubted, and at which it is not trusted."""

STRANGE = 0.01
TOO_STRANGE = 0.05
"""Shares of the window's features beyond what training has seen.

A single wild candle of twenty makes about 0.01; one of the sixteen features that has left its
range for good makes 0.06. Of four years of hours of BTCUSDT and ETHUSDT after as many of training,
fewer than one in a hundred reach the first and none the second.
"""

HARDLY = 0.1
"""Share of a regime's usual length below which training has hardly seen it."""

Kind = Literal[
    "stale", "passed", "age", "features", "regime", "regimes", "accuracy", "coverage", "unchecked"
]


@dataclass(frozen=True, slots=True)
class Doubt:
    """A reason to doubt a forecast.

    Attributes:
        kind: what is wrong.
        grave: whether the forecast is not trusted for it; else it stands with a warning.
        value: how bad it is: hours since the last close, days of age, share of features, days
            of training in the regime, live share.
        promised: what the backtest measured, of a share; else what would be usual.
        subject: the regime, the strangest features, the window of time, or why the record
            cannot be read.
    """

    kind: Kind
    grave: bool
    value: float
    promised: float | None = None
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Trust:
    """What speaks against a forecast; the grave doubts first."""

    doubts: tuple[Doubt, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether the forecast may be shown as one to act on."""
        return not any(doubt.grave for doubt in self.doubts)


def trust_in(
    forecast: Forecast, meta: ModelMeta, grounds: Grounds, record: TrackRecord | None,
    now: pd.Timestamp, *, unread: str = "",
) -> Trust:  # fmt: skip
    """Judge a forecast.

    Args:
        forecast: what the model says.
        meta: of the model.
        grounds: what the forecast stands on.
        record: of the model's slot, where it is known; only what it says of this model counts.
        now: the time.
        unread: why the record cannot be read, where it cannot.
    """
    found = [*_stale(forecast, now), *_aged(meta, now), *_strange(grounds)]
    if record is not None and record.model is not None and is_about(record.model, meta):
        found += [*_untrained(forecast, record), *falls(record)]
    if unread:
        found.append(Doubt("unchecked", False, 0.0, subject=unread))
    return Trust(tuple(sorted(found, key=lambda doubt: not doubt.grave)))


def is_about(model: RecordedModel, meta: ModelMeta) -> bool:
    """Whether a record judges this very model."""
    judged = (model.version, model.weights_sha256)
    return judged == (meta.version, meta.weights_sha256)


def _stale(forecast: Forecast, now: pd.Timestamp) -> Iterator[Doubt]:
    step = timeframe_delta(forecast.timeframe)
    late = now - (pd.Timestamp(forecast.origin) + step)
    if late > LATE_CANDLES * step:
        yield Doubt("stale", True, late / pd.Timedelta(hours=1))
    elif now >= pd.Timestamp(forecast.target_time) + step + SETTLING:
        yield Doubt("passed", True, late / pd.Timedelta(hours=1))


def _aged(meta: ModelMeta, now: pd.Timestamp) -> Iterator[Doubt]:
    age = pd.Timedelta(milliseconds=epoch_ms(now) - meta.trained_at)
    if age > OLD:
        yield Doubt("age", age > TOO_OLD, age / pd.Timedelta(days=1))


def _strange(grounds: Grounds) -> Iterator[Doubt]:
    if grounds.strange >= STRANGE:
        names = ", ".join(grounds.strange_features[:2])
        yield Doubt("features", grounds.strange >= TOO_STRANGE, grounds.strange, subject=names)


def _untrained(forecast: Forecast, record: TrackRecord) -> Iterator[Doubt]:
    assert record.model is not None
    if record.training_regimes is None:
        yield Doubt("regimes", False, 0.0, subject=forecast.regime)
        return
    days = record.training_regimes.get(forecast.regime, 0.0)
    usual = RegimeFilter.from_array(np.array(record.model.regime_filter)).duration_days
    if days < usual:
        yield Doubt("regime", days < HARDLY * usual, days, usual, forecast.regime)


def falls(record: TrackRecord) -> Iterator[Doubt]:
    """Shares whose fall is a reason to train again, with the numbers behind it."""
    kinds: tuple[Literal["accuracy", "coverage"], ...] = ("accuracy", "coverage")
    for kind in kinds:
        if any(reason.kind == kind for reason in record.reasons):
            yield _fall(kind, record.windows)


def _fall(kind: Literal["accuracy", "coverage"], windows: Sequence[Window]) -> Doubt:
    judged = [one for one in windows if one.name in ("week", "month")]
    worst = min(judged, key=lambda one: _chance(one, kind))
    if kind == "accuracy":
        live, promised = worst.directional_accuracy, worst.promised_accuracy
    else:
        live, promised = worst.coverage, worst.promised_coverage
    return Doubt(kind, True, live or 0.0, promised, worst.name)


def _chance(window: Window, kind: str) -> float:
    p_value = window.accuracy_p_value if kind == "accuracy" else window.coverage_p_value
    return 1.0 if p_value is None else p_value
