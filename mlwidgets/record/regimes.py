"""Which regimes a model was trained in, and whether it forecasts in one that it never saw."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
import pandas as pd

from mlwidgets.errors import MlwidgetsError
from mlwidgets.forecast.regime import RegimeFilter
from mlwidgets.market.regimes import REGIMES
from mlwidgets.record.scoring import KnownCandles
from mlwidgets.record.values import RecordedModel

_WHOLE = 0.9
"""Share of the training candles that must be known to say what was among them."""

_DAY_MS = 86_400_000


def training_regimes(
    model: RecordedModel, candles: KnownCandles, now: int
) -> dict[str, float] | None:
    """Days that the training candles spent in each regime, by the model's own filter.

    Args:
        model: the model.
        candles: where its training candles are looked for.
        now: epoch milliseconds; no later candle is read.

    Returns:
        Days by regime; None where too few of the candles are known.
    """
    if not model.regime_filter:
        return None
    frame = _training_candles(model, candles, now)
    if frame is None:
        return None
    filtered = RegimeFilter.from_array(np.array(model.regime_filter))
    names = filtered.label(filtered.filter(frame))
    days = names.value_counts() * (model.step_ms / _DAY_MS)
    return {name: float(days.get(name, 0.0)) for name in REGIMES}


def _training_candles(model: RecordedModel, candles: KnownCandles, now: int) -> pd.DataFrame | None:
    start, end = model.trained_from, model.trained_until + model.step_ms
    for source in (candles, candles.stored):
        # A missing explanation must not hide the record.
        with suppress(MlwidgetsError):
            frame = source.read(model, start, end, now)
            if len(frame) >= _WHOLE * (end - start) / model.step_ms:
                return frame
    return None


def unseen_regime(
    recent: pd.Series, trained: dict[str, float] | None, model: RecordedModel
) -> str | None:
    """The regime of most recent forecasts, if training holds less than one episode of it.

    A regime lasts for weeks, so its candles are one observation and not hundreds: below the
    filter's mean duration of an episode (Hamilton 1989) the model has not seen one.

    Args:
        recent: regime of each recent forecast.
        trained: days of the training by regime, as `training_regimes` counts them.
        model: the model.
    """
    if trained is None or recent.empty:
        return None
    shares = recent.value_counts(normalize=True)
    name = str(shares.idxmax())
    episode = RegimeFilter.from_array(np.array(model.regime_filter)).duration_days
    return name if shares.max() > 0.5 and trained.get(name, 0.0) < episode else None
