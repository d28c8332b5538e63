"""The record in the database: each forecast once, each outcome once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, bindparam, select, update

from mlwidgets.database.storage import Database, insert_or_leave
from mlwidgets.record.schema import FORECASTS, MODELS
from mlwidgets.record.values import RecordedForecast, RecordedModel

Made = tuple[RecordedModel, RecordedForecast]
"""A forecast with the model that made it."""

_KEY = ("symbol", "model_type", "version", "weights_sha256")


class RecordStore:
    """Forecasts of production models and what became of them; many processes may use it.

    Args:
        url: SQLAlchemy URL of SQLite or PostgreSQL; default: the settings'.

    Raises:
        SpecError: the URL makes no sense.
        StorageError: the database cannot be used; so does every method.
    """

    def __init__(self, url: str | None = None) -> None:
        self._database = Database(url)

    def close(self) -> None:
        """Close the connections."""
        self._database.close()

    def add(self, made: Iterable[Made]) -> None:
        """Write forecasts; of those of one model from one origin the first stays."""
        with self._database.writing() as connection:
            for model, forecast in made:
                row = {name: getattr(forecast, name) for name in RecordedForecast.model_fields}
                model_id = _model_id(connection, model)
                insert_or_leave(
                    connection, FORECASTS, model_id=model_id, **row, actual=None, given_up=False
                )

    def models(self, symbol: str, model_type: str) -> dict[int, RecordedModel]:
        """Every model of a slot that has forecast, by its id in the record."""
        mine = and_(MODELS.c.symbol == symbol, MODELS.c.model_type == model_type)
        with self._database.reading() as connection:
            rows = connection.execute(select(MODELS).where(mine).order_by(MODELS.c.id)).all()
        return {row.id: RecordedModel(**json.loads(row.facts)) for row in rows}

    def forecasts(self, model_ids: Iterable[int], until: int) -> list[Row[tuple[object, ...]]]:
        """Rows of the table that were made by a time (epoch milliseconds), by origin."""
        wanted = FORECASTS.c.model_id.in_([*model_ids]) & (FORECASTS.c.made_at <= until)
        return self._rows(
            select(FORECASTS).where(wanted).order_by(FORECASTS.c.origin, FORECASTS.c.model_id)
        )

    def unscored(
        self, model_id: int, before: int, *, simulated: bool, given_up: bool
    ) -> list[tuple[int, int]]:
        """Origin and target of forecasts without an outcome.

        Args:
            model_id: whose.
            before: open time of the first target that is too late, epoch milliseconds.
            simulated: those of the simulated market, or those of the real one.
            given_up: those too whose candle was given up.
        """
        wanted: ColumnElement[bool] = (
            (FORECASTS.c.model_id == model_id)
            & (FORECASTS.c.target_time < before)
            & FORECASTS.c.actual.is_(None)
            & (FORECASTS.c.simulated == simulated)
        )
        if not given_up:
            wanted &= FORECASTS.c.given_up.is_(False)
        columns = select(FORECASTS.c.origin, FORECASTS.c.target_time)
        return [(row.origin, row.target_time) for row in self._rows(columns.where(wanted))]

    def score(self, model_id: int, outcomes: Mapping[int, float], hopeless: Iterable[int]) -> None:
        """Fill in what became of forecasts; an outcome that is there stays.

        Args:
            model_id: whose forecasts.
            outcomes: closes of the targets' candles, by the forecast's origin.
            hopeless: origins of those whose candle is not expected any more.
        """
        mine = (
            (FORECASTS.c.model_id == model_id)
            & (FORECASTS.c.origin == bindparam("which"))
            & FORECASTS.c.actual.is_(None)
        )
        known = [{"which": origin, "value": close} for origin, close in outcomes.items()]
        lost = [{"which": origin} for origin in hopeless]
        with self._database.writing() as connection:
            if known:
                filled = update(FORECASTS).where(mine).values(actual=bindparam("value"))
                connection.execute(filled, known)
            if lost:
                connection.execute(update(FORECASTS).where(mine).values(given_up=True), lost)

    def _rows(self, query: Select[tuple[object, ...]]) -> list[Row[tuple[object, ...]]]:
        with self._database.reading() as connection:
            return [*connection.execute(query).all()]


def _model_id(connection: Connection, model: RecordedModel) -> int:
    key = {name: getattr(model, name) for name in _KEY}
    query = select(MODELS.c.id).where(*(MODELS.c[name] == value for name, value in key.items()))
    found: int | None = connection.scalar(query)
    if found is None:
        insert_or_leave(connection, MODELS, **key, facts=json.dumps(model.to_json()))
        found = connection.scalar(query)
    assert found is not None
    return found
