"""The track record of a replay, judged as the live one is."""

from __future__ import annotations

import pandas as pd

from mlwidgets.components.market.series import Series
from mlwidgets.components.record.reader import LiveRecords
from mlwidgets.components.replay.state import ReplayState
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.forecast.spec import checked_model_type
from mlwidgets.market.dates import epoch_ms, from_epoch_ms
from mlwidgets.market.timeframes import timeframe_delta
from mlwidgets.record.track_record import TrackRecord, judge, no_record
from mlwidgets.record.values import RecordedForecast


class ReplayRecords:
    """What a `RecordState` asks while a page is in the past; nothing of it is kept.

    Asked in threads while the replay goes on, it reads only what the replay has put down in
    `played`.

    Args:
        replay: whose forecasts are judged, at its now.
        live: knows what backtests have measured, and where candles lie.
    """

    def __init__(self, replay: ReplayState, live: LiveRecords) -> None:
        self._replay, self._live = replay, live

    def read(self, symbol: str, model_type: str, series: Series | None) -> TrackRecord:
        """The record at the replay's now; an empty one where no model forecasts.

        Raises:
            ModelNotFound, ModelFileError: the model is gone, or its files are damaged.
        """
        slot = symbol, checked_model_type(model_type)
        played = self._replay.played
        if played is None or (played.meta.symbol, played.meta.model_type) != slot:
            return no_record(slot, self._replay.now)
        model = self._replay.forecaster.recorded(played.meta)
        step = timeframe_delta(played.meta.timeframe)
        made = [
            RecordedForecast.of(each, epoch_ms(pd.Timestamp(each.origin) + step))
            for each in played.forecasts
        ]
        return judge(slot, model, made, played.candles, played.now, self._live.settings)

    def backtest(self, meta: ModelMeta) -> pd.DataFrame | None:
        """Predictions of the backtest whose target had closed at the replay's now.

        Raises:
            StorageError: the database cannot be read.
        """
        now, frame = self._replay.now, self._live.backtest(meta)
        if frame is None:
            return None
        closed = pd.DatetimeIndex(frame["target_time"]) + timeframe_delta(meta.timeframe)
        return frame.loc[closed <= from_epoch_ms(now)]
