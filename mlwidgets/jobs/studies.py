"""The Optuna studies of train jobs, which lie in the jobs' database and go with them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from sqlalchemy import Connection, column, inspect, select, table

_STUDIES = table("studies", column("study_name"))
"""Optuna's own."""


def study_name(job_id: str) -> str:
    """The name of a job's study: every attempt goes on with the same."""
    return f"job-{job_id}"


def studies_of(connection: Connection, job_ids: Sequence[str]) -> list[str]:
    """The studies that there are of some jobs, by name."""
    if not job_ids or not inspect(connection).has_table(_STUDIES.name):
        return []
    names = [study_name(job_id) for job_id in job_ids]
    known = select(_STUDIES.c.study_name).where(_STUDIES.c.study_name.in_(names))
    return [*connection.scalars(known)]


def delete_studies(url: str, names: Sequence[str]) -> None:
    """Delete studies with all their trials; one that is gone already is no matter.

    Raises:
        StorageError: the database cannot be used.
    """
    if not names:
        return
    from mlwidgets.search.storage import open_storage, storage_errors  # Optuna takes a second

    with storage_errors(url):
        storage = open_storage(url)
        for name in names:
            with suppress(KeyError):  # somebody else was faster
                storage.delete_study(storage.get_study_id_from_name(name))
