"""The track record of a slot: forecasts, live quality, and whether to train again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from mlwidgets.forecast.spec import ModelType, checked_model_type
from mlwidgets.market.dates import Instant, epoch_ms, from_epoch_ms, utc_timestamp
from mlwidgets.market.symbols import plain_symbol
from mlwidgets.record.frame import Rows, frame_of
from mlwidgets.record.recorder import RECORDER
from mlwidgets.record.regimes import training_regimes
from mlwidgets.record.retraining import Reason, reasons
from mlwidgets.record.scoring import KnownCandles, closes_of, score
from mlwidgets.record.store import RecordStore
from mlwidgets.record.values import RecordedForecast, RecordedModel, ScoredForecast
from mlwidgets.record.windows import DAY_MS, Window, windows
from mlwidgets.settings import Settings, get_settings


@dataclass(frozen=True, slots=True, eq=False)
class TrackRecord:
    """What a slot's production models said, and what became of it, as known at a time.

    Attributes:
        symbol: without separators.
        model_type: LSTM or HYBRID.
        now: the time; nothing later was read.
        model: the model that is judged: the one of the latest forecast; None without any. In
            hours that its backtest may have measured it has no metrics.
        forecasts: frame indexed by `origin` (open time of the last candle known, UTC), one row
            a forecast, by origin: target_time, version, close, predicted, lower, upper,
            probability_up, regime, actual (NaN while it is open), hit and inside (whether
            direction and interval were right; missing where open, and hit too where the price
            or the forecast did not move), state (`scored`, `open`, or `unscorable` where the
            exchange has no candle), made_at, simulated.
        windows: the judged model's quality over the last day, week, month, and all.
        training_regimes: days of its training in each regime; None where its training candles
            are not known.
        reasons: why to train again; empty where there is no reason.
        judged: the rows of `forecasts` that the judged model made, whichever other models had
            the same version.
    """

    symbol: str
    model_type: ModelType
    now: pd.Timestamp
    model: RecordedModel | None
    forecasts: pd.DataFrame
    windows: tuple[Window, ...]
    training_regimes: dict[str, float] | None
    reasons: tuple[Reason, ...]
    judged: pd.DataFrame

    @property
    def needs_retraining(self) -> bool:
        """Whether there is a reason to train again."""
        return bool(self.reasons)


def track_record(
    symbol: str,
    model_type: str = "LSTM",
    *,
    version: str | None = None,
    now: Instant | None = None,
    candles: pd.DataFrame | None = None,
    settings: Settings | None = None,
) -> TrackRecord:
    """The track record of a symbol's production models, as known at a time.

    Forecasts whose target has closed are scored on the way.

    Args:
        symbol: as users write it.
        model_type: LSTM or HYBRID.
        version: only this version's forecasts; default: all, and the latest one's model judged.
        now: nothing later is read: no forecast, candle or outcome; default, and at the latest:
            the present.
        candles: canonical closed candles to score with; default: those in the store.
        settings: where record and candles lie; default: the environment's.

    Raises:
        SpecError: no symbol, model type or date.
        CandleError, ModelMismatch: the candles are none, or another symbol's or timeframe's.
        StorageError: the database or the store cannot be read.

    >>> import tempfile
    >>> record = track_record("BTCUSDT", settings=Settings(home=tempfile.mkdtemp()))
    >>> len(record.forecasts), record.windows, record.needs_retraining
    (0, (), False)
    """
    slot = plain_symbol(symbol), checked_model_type(model_type)
    settings = settings or get_settings()
    moment = _moment(now)
    known = KnownCandles(settings, candles)
    RECORDER.flush(1.0)
    store = RecordStore(settings.study_url)
    try:
        models = {
            key: model
            for key, model in store.models(*slot).items()
            if version in (None, model.version)
        }
        for key, model in models.items():
            score(store, key, model, known, epoch_ms(moment))
        rows = store.forecasts(models, epoch_ms(moment))
    finally:
        store.close()
    return _judged(slot, moment, rows, models, known)


def judge(
    slot: tuple[str, ModelType],
    model: RecordedModel,
    made: Iterable[RecordedForecast],
    candles: pd.DataFrame,
    now: int,
    settings: Settings,
) -> TrackRecord:
    """The track record of forecasts at hand, as in a replay; nothing is written.

    Args:
        slot: symbol and model type.
        model: what made them.
        made: the forecasts, by origin.
        candles: canonical candles to score with, and to see its training by; where they lack
            that, the store is asked.
        now: epoch milliseconds; nothing later is read.
        settings: where the store lies.

    Raises:
        CandleError, ModelMismatch, StorageError: as `track_record`.
    """
    said = [forecast for forecast in made if forecast.made_at <= now]
    if not said:
        return no_record(slot, now)
    known = KnownCandles(settings, candles)
    closes = closes_of(known.read(model, said[0].target_time, said[-1].target_time + 1, now))
    rows = [
        ScoredForecast(**dict(forecast), actual=closes.get(forecast.target_time))
        for forecast in said
    ]
    return _judged(slot, from_epoch_ms(now), rows, {0: model}, known)


def no_record(slot: tuple[str, ModelType], now: int) -> TrackRecord:
    """The track record of a slot of which nothing is known at a time, epoch milliseconds."""
    nothing = frame_of((), {}, now)
    return TrackRecord(*slot, from_epoch_ms(now), None, nothing, (), None, (), nothing)


def _moment(now: Instant | None) -> pd.Timestamp:
    present = pd.Timestamp.now("UTC").as_unit("ms")
    if now is None:
        return present
    return max(from_epoch_ms(0), min(present, utc_timestamp(now, "now")))


def _judged(
    slot: tuple[str, ModelType],
    moment: pd.Timestamp,
    rows: Rows,
    models: Mapping[int, RecordedModel],
    known: KnownCandles,
) -> TrackRecord:
    now = epoch_ms(moment)
    if not rows:
        return no_record(slot, now)
    frame = frame_of(rows, models, now)
    latest = max(rows, key=lambda row: (row.made_at, row.origin, row.model_id)).model_id
    model = models[latest]
    mine = frame.loc[[row.model_id == latest for row in rows]]
    measured = tuple(windows(mine, model, now))
    if any(window.verdict == "own_hours" for window in measured):
        model = model.replace(metrics={})
    trained = training_regimes(model, known, now)
    recent = mine.loc[mine["made_at"] > from_epoch_ms(now - 7 * DAY_MS), "regime"]
    why = tuple(reasons(model, measured, recent, trained, now))
    return TrackRecord(*slot, moment, model, frame, measured, trained, why, mine)
