"""Each forecast once, each outcome once, whoever writes."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from postgres import new_postgres_database

from mlwidgets.record.store import RecordStore
from mlwidgets.record.values import RecordedForecast, RecordedModel

__all__ = ["new_postgres_database"]


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> RecordStore:
    if request.param == "sqlite":
        return RecordStore(f"sqlite:///{tmp_path / 'record.db'}")
    make: Callable[[], str] = request.getfixturevalue("new_postgres_database")
    return RecordStore(make())


MakeModel = Callable[..., RecordedModel]
MakeForecast = Callable[..., RecordedForecast]


def test_of_forecasts_from_one_origin_the_first_stays(
    store: RecordStore, a_model: MakeModel, a_forecast: MakeForecast
) -> None:
    model, first = a_model(), a_forecast(0)
    store.add([(model, first), (model, a_forecast(1))])
    store.add([(model, a_forecast(0, predicted=90.0))])

    [key] = store.models("BTCUSDT", "LSTM")
    rows = store.forecasts([key], until=a_forecast(5).made_at)

    assert store.models("BTCUSDT", "LSTM")[key] == model
    assert [row.predicted for row in rows] == [101.0, 101.0]
    assert rows[0].made_at == first.made_at


def test_other_versions_and_other_weights_have_forecasts_of_their_own(
    store: RecordStore, a_model: MakeModel, a_forecast: MakeForecast
) -> None:
    models = [a_model(), a_model(version="1.0.1"), a_model(weights_sha256="b" * 64)]
    store.add([(model, a_forecast(0)) for model in models])

    keys = store.models("BTCUSDT", "LSTM")

    assert [*keys.values()] == models
    assert len(store.forecasts(keys, until=a_forecast(0).made_at)) == 3


def test_an_outcome_that_is_there_stays(
    store: RecordStore, a_model: MakeModel, a_forecast: MakeForecast
) -> None:
    forecast = a_forecast(0)
    store.add([(a_model(), forecast)])
    [key] = store.models("BTCUSDT", "LSTM")

    store.score(key, {forecast.origin: 102.0}, [])
    store.score(key, {forecast.origin: 99.0}, [forecast.origin])

    [row] = store.forecasts([key], until=forecast.made_at)
    assert (row.actual, row.given_up) == (102.0, False)


def test_many_who_write_the_same_at_once_write_it_once(
    store: RecordStore, a_model: MakeModel, a_forecast: MakeForecast
) -> None:
    made = [(a_model(), a_forecast(hour)) for hour in range(20)]
    with ThreadPoolExecutor(8) as pool:
        [*pool.map(lambda _: store.add(made), range(8))]

    [key] = store.models("BTCUSDT", "LSTM")
    assert len(store.forecasts([key], until=made[-1][1].made_at)) == 20
