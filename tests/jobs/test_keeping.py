"""Candles that jobs keep, models that they still have to save, and what makes room."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import optuna
import pandas as pd
import pytest
from hypothesis import given
from strategies import candle_frames, regular_candles

from mlwidgets.errors import JobNotFound, StorageError
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.forecast.spec import ModelConfig, ModelType
from mlwidgets.jobs.candle_vault import candles_digest
from mlwidgets.jobs.frames import decode_frame, encode_frame
from mlwidgets.jobs.records import JobRecord, JobResult
from mlwidgets.jobs.requests import CompareRequest, StoredCandles, TrainRequest
from mlwidgets.jobs.store import JobStore
from mlwidgets.jobs.studies import study_name
from mlwidgets.market.candles import label_candles
from mlwidgets.search.storage import open_storage

Execute = Callable[..., None]
TRAIN = TrainRequest(symbol="BTCUSDT", model_type="LSTM")
DAY = 86_400_000
COMPARE = CompareRequest(symbol="BTCUSDT")


def labelled(seed: int = 0) -> pd.DataFrame:
    candles = regular_candles("2025-01-01", 200, seed=seed)
    return label_candles(candles, symbol="BTCUSDT", timeframe="1h", source="binance")


def completed(store: JobStore, *unsaved: ModelType, home_id: str = "home") -> JobRecord:
    job = store.create(COMPARE, home_id=home_id)
    store.claim(job.id, "c").complete(JobResult(unsaved=unsaved))
    return store.get(job.id)


def saved(model_type: ModelType) -> ModelMeta:
    return ModelMeta(
        symbol="BTCUSDT", model_type=model_type, version="1.0.4", trained_at=1, accuracy=0.5,
        training_duration=1, data_points=900, config=ModelConfig(), horizon="1h", timeframe="1h",
        trained_from=0, trained_until=1, seed=0, features_fingerprint="f", data_fingerprint="d",
    )  # fmt: skip


def test_candles_come_back_as_they_were_kept_with_their_labels(store: JobStore) -> None:
    candles = labelled()

    again = store.candles(store.keep_candles(candles))

    pd.testing.assert_frame_equal(again, candles, check_exact=True, check_freq=False)
    assert again.attrs == candles.attrs


@given(candle_frames(max_size=20))
def test_any_candles_survive_the_way_through_bytes(candles: pd.DataFrame) -> None:
    candles.attrs["source"] = Path("a file.csv")
    again = decode_frame(encode_frame(candles), "The frame")

    pd.testing.assert_frame_equal(again, candles, check_exact=True, check_freq=False)
    assert candles_digest(again) == candles_digest(candles)
    assert candles.attrs == {"source": Path("a file.csv")}


def test_equal_candles_are_kept_once_and_other_labels_make_other_candles(store: JobStore) -> None:
    digest = store.keep_candles(labelled())

    assert store.keep_candles(labelled().copy()) == digest
    relabelled = label_candles(labelled(), symbol="ETHUSDT", timeframe="1h", source="binance")
    assert store.keep_candles(relabelled) != digest
    assert store.keep_candles(labelled(seed=1)) != digest
    assert store.candles(digest).attrs["symbol"] == "BTCUSDT"


def test_candles_that_are_gone_or_damaged_are_not_used(store: JobStore, execute: Execute) -> None:
    first, second = (store.keep_candles(labelled(seed)) for seed in (1, 2))
    execute(
        "UPDATE mlwidgets_candles SET frame = (SELECT frame FROM mlwidgets_candles WHERE "
        "digest = :other) WHERE digest = :this", this=first, other=second,
    )  # fmt: skip
    execute("UPDATE mlwidgets_candles SET frame = :noise WHERE digest = :this", this=second,
            noise=b"PAR1 noise")  # fmt: skip

    with pytest.raises(StorageError, match="is not the one that was kept"):
        store.candles(first)
    with pytest.raises(StorageError, match="cannot be read"):
        store.candles(second)
    with pytest.raises(StorageError, match="not in the database any more"):
        store.candles("0" * 64)


def test_whoever_resumes_a_job_sees_the_candles_that_it_began_with(store: JobStore) -> None:
    job, digest = store.create(TRAIN), store.keep_candles(labelled())
    lease = store.claim(job.id, "c")
    lease.use_candles(digest)

    assert lease.request.candles == StoredCandles(digest=digest)
    assert store.claim(job.id, "c").request == lease.request == store.get(job.id).request


def test_a_home_finds_the_models_that_it_still_has_to_save(store: JobStore) -> None:
    first = completed(store, "LSTM", "HYBRID")
    completed(store)
    completed(store, "LSTM", home_id="another home")
    last = completed(store, "HYBRID")

    assert store.pending("home") == [first, last]
    once = store.mark_saved(first.id, "LSTM", saved("LSTM"))
    assert once.result == JobResult(saved=(saved("LSTM"),), unsaved=("HYBRID",))
    assert store.mark_saved(first.id, "LSTM", saved("LSTM")) == once
    assert store.pending("home") == [once, last]
    done = store.mark_saved(first.id, "HYBRID", saved("HYBRID"))
    assert done.result == JobResult(saved=(saved("LSTM"), saved("HYBRID")))
    assert store.pending("home") == [last]
    assert [event.text for event in store.events(first.id)][-2:] == [
        "Saved BTCUSDT LSTM 1.0.4.", "Saved BTCUSDT HYBRID 1.0.4.",
    ]  # fmt: skip


def test_a_save_for_a_job_that_does_not_exist_or_has_no_result_changes_nothing(
    store: JobStore,
) -> None:
    job = store.create(TRAIN)

    assert store.mark_saved(job.id, "LSTM", saved("LSTM")) == job
    with pytest.raises(JobNotFound):
        store.mark_saved("nobody", "LSTM", saved("LSTM"))


def test_finished_jobs_make_room_after_90_days_and_open_ones_never(
    store: JobStore, execute: Execute
) -> None:
    old, young, open_ = completed(store), completed(store), store.create(TRAIN)
    past = "UPDATE mlwidgets_jobs SET {0} = {0} - :ms WHERE id = :id"
    execute(past.format("finished_at"), ms=91 * DAY, id=old.id)
    execute(past.format("finished_at"), ms=89 * DAY, id=young.id)
    execute(past.format("created_at"), ms=400 * DAY, id=open_.id)

    store.prune()

    assert [job.id for job in store.list()] == [open_.id, young.id]
    with pytest.raises(JobNotFound):
        store.events(old.id)


def test_jobs_that_make_room_take_their_studies_along(store: JobStore, execute: Execute) -> None:
    job = store.create(TRAIN)
    store.claim(job.id, "c").complete(JobResult())
    storage = open_storage(store.url)
    optuna.create_study(storage=storage, study_name=study_name(job.id))
    optuna.create_study(storage=storage, study_name="job-of-a-person")
    execute("UPDATE mlwidgets_jobs SET finished_at = 0")

    store.create(COMPARE)

    assert optuna.get_all_study_names(storage) == ["job-of-a-person"]


def test_a_submitted_job_makes_the_room_it_needs(store: JobStore, execute: Execute) -> None:
    completed(store)
    execute("UPDATE mlwidgets_jobs SET finished_at = 0")

    job = store.create(TRAIN)

    assert store.list() == [job]


def test_the_latest_finished_jobs_stay(store: JobStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mlwidgets.jobs.pruning.KEPT_JOBS", 3)
    open_ = store.create(TRAIN)
    jobs = [completed(store) for _ in range(5)]

    store.prune()

    assert [job.id for job in store.list()] == [*[job.id for job in jobs[:1:-1]], open_.id]


def test_candles_that_no_job_names_make_room_after_an_hour(
    store: JobStore, execute: Execute
) -> None:
    used, unused, fresh = (store.keep_candles(labelled(seed)) for seed in (1, 2, 3))
    job = store.create(TRAIN.replace(candles=StoredCandles(digest=used)))
    execute(
        "UPDATE mlwidgets_candles SET kept_at = kept_at - 3700000 WHERE digest != :fresh",
        fresh=fresh,
    )

    store.prune()

    store.candles(used)
    store.candles(fresh)
    with pytest.raises(StorageError):
        store.candles(unused)
    store.request_cancel(job.id)
    store.delete(job.id)
    store.prune()
    with pytest.raises(StorageError):
        store.candles(used)


def test_candles_that_are_kept_again_stay_another_hour(store: JobStore, execute: Execute) -> None:
    digest = store.keep_candles(labelled())
    execute("UPDATE mlwidgets_candles SET kept_at = 0")

    store.keep_candles(labelled())
    store.prune()

    assert len(store.candles(digest)) == 200
