"""Candidates: what backtests have measured, kept so that a save promotes exactly that."""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, insert, select, update

from mlwidgets.errors import ModelNotFound
from mlwidgets.evaluation.report import BacktestReport
from mlwidgets.forecast.artifact import ModelArtifact
from mlwidgets.forecast.spec import checked_model_type
from mlwidgets.jobs.candidate import Candidate, candidate_of, check_fields
from mlwidgets.jobs.candidate_files import encode_files
from mlwidgets.jobs.candidate_pruning import KEPT, prune_candidates
from mlwidgets.jobs.candidate_rows import candidate_columns, read_candidate
from mlwidgets.jobs.frames import decode_frame
from mlwidgets.jobs.json_text import json_text
from mlwidgets.jobs.rows import readable
from mlwidgets.jobs.schema import CANDIDATE_FILES, CANDIDATES
from mlwidgets.jobs.storage import Storage
from mlwidgets.market.symbols import plain_symbol
from mlwidgets.registry.files import decode_pair

__all__ = ["Candidate", "CandidateStore"]


class CandidateStore:
    """Measured models in a database: at most 20 a slot, 200 in all, for 30 days.

    Each method is one short transaction, and raises StorageError where the database is out of
    reach.

    Args:
        url: SQLAlchemy URL of SQLite or PostgreSQL; default: the settings'.

    Raises:
        As `JobStore`.
    """

    def __init__(self, url: str | None = None) -> None:
        self._storage = Storage(url)
        self.url = self._storage.url

    def keep(
        self,
        report: BacktestReport,
        *,
        job_id: str | None = None,
        standing: dict[str, Any] | None = None,
    ) -> Candidate:
        """Keep a backtest's model, report and predictions; the oldest make room.

        Args:
            report: the backtest.
            job_id: the job that made it.
            standing: of the model, as JSON, where it is known.

        Raises:
            ModelError: the model holds what a model file cannot.
        """
        meta, files = encode_files(report)

        def row(connection: Connection, candidate_id: str, now: int) -> Candidate:
            candidate = candidate_of(
                report, meta, id=candidate_id, job_id=job_id, standing=standing, created_at=now
            )
            connection.execute(insert(CANDIDATES).values(candidate_columns(candidate)))
            connection.execute(
                insert(CANDIDATE_FILES).values(candidate_id=candidate_id, **files._asdict())
            )
            prune_candidates(connection)
            return candidate

        return self._storage.insert(CANDIDATES, row)

    def get(self, candidate_id: str) -> Candidate:
        """A candidate.

        Raises:
            ModelNotFound: there is no such candidate, or there is none any more.
            StorageError: another version of mlwidgets wrote it.
        """
        with self._storage.reading() as connection:
            query = select(CANDIDATES).where(CANDIDATES.c.id == candidate_id)
            row = connection.execute(query).one_or_none()
        if row is None:
            raise _not_found(candidate_id)
        return read_candidate(row)

    def list(
        self, symbol: str | None = None, model_type: str | None = None, limit: int = 50
    ) -> builtins.list[Candidate]:
        """Candidates, the newest first; those that another version wrote are left out.

        Args:
            symbol: only of this symbol.
            model_type: only of this model type.
            limit: how many at most.
        """
        query = select(CANDIDATES).order_by(CANDIDATES.c.id.desc()).limit(limit)
        if symbol is not None:
            query = query.where(CANDIDATES.c.symbol == plain_symbol(symbol))
        if model_type is not None:
            query = query.where(CANDIDATES.c.model_type == checked_model_type(model_type))
        with self._storage.reading() as connection:
            return [*readable(connection.execute(query), read_candidate)]

    def find(self, symbol: str, model_type: str, config: Mapping[str, Any]) -> Candidate | None:
        """The latest candidate of a slot whose config has these values.

        Args:
            symbol: as users write it.
            model_type: `LSTM` or `HYBRID`.
            config: some or all fields of `ModelConfig`, snake_case.

        Raises:
            SpecError: a symbol, model type or field that makes no sense.
        """
        check_fields(config)
        candidates = self.list(symbol, model_type, limit=KEPT)
        return next((each for each in candidates if each.has(config)), None)

    def predictions(self, candidate_id: str) -> pd.DataFrame:
        """The predictions that were measured; see `BacktestReport`.

        Raises:
            ModelNotFound: there is no such candidate.
            StorageError: they are damaged.
        """
        (data,) = self._files(candidate_id, CANDIDATE_FILES.c.predictions)
        return decode_frame(data, f"The predictions of candidate {candidate_id}")

    def artifact(self, candidate_id: str) -> ModelArtifact:
        """The model that was measured, bit for bit.

        Raises:
            ModelNotFound: there is no such candidate.
            ModelFileError: it is damaged.
        """
        files = CANDIDATE_FILES.c
        weights, meta = self._files(candidate_id, files.weights, files.meta)
        return decode_pair(weights, meta)

    def report(self, candidate_id: str) -> BacktestReport:
        """The whole backtest; errors as `get`, `predictions` and `artifact`."""
        from mlwidgets.forecast.model import TrainedModel  # torch takes seconds to import

        candidate = self.get(candidate_id)
        return BacktestReport(
            candidate.spec, candidate.metrics, candidate.baselines, candidate.baseline_interval,
            self.predictions(candidate_id),
            TrainedModel.from_artifact(self.artifact(candidate_id)),
            candidate.refits, candidate.seconds,
        )  # fmt: skip

    def set_standing(self, candidate_id: str, standing: dict[str, Any]) -> None:
        """Note how a candidate stands, as JSON.

        Raises:
            ModelNotFound: there is no such candidate.
        """
        if not self._set(candidate_id, standing=json_text(standing)):
            raise _not_found(candidate_id)

    def mark_saved(self, candidate_id: str, version: str) -> None:
        """Note that a candidate was saved as a version; one that made room since is no matter."""
        self._set(candidate_id, saved_version=version)

    def _set(self, candidate_id: str, **columns: str) -> bool:
        change = update(CANDIDATES).where(CANDIDATES.c.id == candidate_id).values(columns)
        with self._storage.writing() as connection:
            return bool(connection.execute(change).rowcount)

    def _files(self, candidate_id: str, *columns: ColumnElement[bytes]) -> tuple[Any, ...]:
        query = select(*columns).where(CANDIDATE_FILES.c.candidate_id == candidate_id)
        with self._storage.reading() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            raise _not_found(candidate_id)
        return row


def _not_found(candidate_id: str) -> ModelNotFound:
    return ModelNotFound(
        f"There is no candidate {candidate_id!r}; the oldest make room for later ones. Run the "
        "backtest again.",
        candidate=candidate_id,
    )
