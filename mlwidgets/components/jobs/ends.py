"""Which jobs have ended since somebody looked."""

from __future__ import annotations

from collections.abc import Sequence

from mlwidgets.components.jobs.state import at_work
from mlwidgets.jobs.records import JobRecord


class JobEnds:
    """Compares the jobs with those of the last look; the first look only learns what there is."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[int, bool]] | None = None
        self._newest = ""

    def among(self, records: Sequence[JobRecord]) -> list[JobRecord]:
        """Jobs that have ended since the last look, the oldest first.

        Args:
            records: the newest jobs; ids sort by creation.
        """
        before, newest = self._known, self._newest
        self._known = {**(before or {}), **{each.id: _standing(each) for each in records}}
        self._newest = max((newest, *(each.id for each in records)))
        if before is None:
            return []
        return [
            record for record in sorted(records, key=lambda each: each.id)
            if not at_work(record) and _is_news(record, before.get(record.id), newest)
        ]  # fmt: skip


def _is_news(record: JobRecord, before: tuple[int, bool] | None, newest: str) -> bool:
    """Whether a job that is at rest was not so, or was not there, when it was last seen."""
    return record.id > newest if before is None else before != _standing(record)


def _standing(record: JobRecord) -> tuple[int, bool]:
    """Attempt, and whether it is under way: a job that is resumed and ends has ended anew."""
    return record.attempt, at_work(record)
