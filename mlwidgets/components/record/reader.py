"""Where a page's track record comes from."""

from __future__ import annotations

from typing import Protocol

import pandas as pd

from mlwidgets.components.jobs.work import Candidates
from mlwidgets.components.market.series import Series
from mlwidgets.errors import ModelNotFound
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.record.track_record import TrackRecord, track_record
from mlwidgets.settings import Settings


class Records(Protocol):
    """What a `RecordState` asks; both take a moment and are asked in a thread."""

    def read(self, symbol: str, model_type: str, series: Series | None) -> TrackRecord:
        """The record of a slot."""

    def backtest(self, meta: ModelMeta) -> pd.DataFrame | None:
        """Predictions of the backtest that measured a model; None where they are not kept."""


class LiveRecords:
    """The record in the settings' database, and the backtests that are kept there.

    Args:
        settings: where record and candles lie.
        candidates: what backtests have measured.
    """

    def __init__(self, settings: Settings, candidates: Candidates) -> None:
        self.settings, self._candidates = settings, candidates
        self._kept: tuple[ModelMeta, pd.DataFrame | None] | None = None

    def read(self, symbol: str, model_type: str, series: Series | None) -> TrackRecord:
        """The record of a slot; of a simulated market it is scored with the page's candles.

        Raises:
            StorageError, CandleError, ModelMismatch: as `track_record`.
        """
        simulated = series is not None and series.origin == "simulated" and series.symbol == symbol
        candles = series.candles if simulated and series is not None else None
        return track_record(symbol, model_type, candles=candles, settings=self.settings)

    def backtest(self, meta: ModelMeta) -> pd.DataFrame | None:
        """Predictions of the backtest that measured a model, read once; None where none are kept.

        Raises:
            StorageError: the database cannot be read.
        """
        known = self._kept
        if known is None or known[0] != meta:
            known = self._kept = (meta, self._backtest(meta))
        return known[1]

    def _backtest(self, meta: ModelMeta) -> pd.DataFrame | None:
        for kept in self._candidates.list(meta.symbol, meta.model_type):
            if kept.meta.weights_sha256 == meta.weights_sha256:
                try:
                    return self._candidates.predictions(kept.id)
                except ModelNotFound:  # another process has tidied up meanwhile
                    return None
        return None
