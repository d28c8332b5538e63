"""Hands the forecasts of production models to the track record."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from mlwidgets.forecast.outlook import Forecast
from mlwidgets.record.recorder import RECORDER, Entry
from mlwidgets.record.values import RecordedForecast, RecordedModel, is_foresight
from mlwidgets.registry.layout import Layout
from mlwidgets.registry.names import ModelKey, Slot
from mlwidgets.registry.snapshot import take_snapshot

if TYPE_CHECKING:
    from mlwidgets.forecast.model import TrainedModel

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Listener:
    """Told each forecast of a model of a registry; never in its way.

    A model stays in memory while others are saved, archived and restored, so whether it is in
    production is asked anew for each forecast.

    Attributes:
        root: the registry's folder.
        url: of the database.
    """

    root: Path
    url: str

    def __call__(self, model: TrainedModel, forecast: Forecast) -> None:
        """Have a forecast written down, unless it is hindsight."""
        now = time.time_ns() // 1_000_000
        if not is_foresight(forecast, now):
            return
        try:
            RECORDER.put(self._entry(model, forecast, now))
        except Exception:  # a forecast is worth more than its record
            _log.exception("A forecast of %s is missing in the track record.", model.spec.slot)

    def _entry(self, model: TrainedModel, forecast: Forecast, now: int) -> Entry:
        meta = model.meta
        key = ModelKey(Slot.of(meta.symbol, meta.model_type), meta.version)
        return Entry(
            self.url,
            RecordedModel.of(meta, tuple(model.regime.to_array().tolist())),
            RecordedForecast.of(forecast, now),
            partial(is_production, self.root, key),
        )


def is_production(root: Path, key: ModelKey) -> bool:
    """Whether a version is the one in production."""
    return take_snapshot(Layout(root)).production(key.slot) == key.version
