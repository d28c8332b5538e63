"""One coordinator a study: who runs it, and whether they still do."""

from __future__ import annotations

import os
import socket
import time
import uuid
from typing import Any

import psutil  # type: ignore[import-untyped]
from optuna.storages import BaseStorage

from mlwidgets.errors import SpecError

_ATTR = "coordinator"
_RENEW_SECONDS = 5.0
_STALE_SECONDS = 60.0


class StudyLease:
    """The right to run a study, written into the study itself.

    A coordinator that was killed on this machine is recognised at once by its process, one on
    another machine after a minute without renewal, one of the same owner in any case.

    Args:
        storage: where the study lies.
        study_id: the study in it.
        owner: on whose behalf, e.g. a job's id: whoever begins for the same owner takes over at
            once, because the owner has at most one that it still wants.
    """

    def __init__(self, storage: BaseStorage, study_id: int, owner: str | None = None) -> None:
        self._storage, self._study_id, self._owner = storage, study_id, owner
        self._id = uuid.uuid4().hex
        self._renewed = 0.0

    @property
    def held(self) -> bool:
        """Whether this coordinator is still the one that the study names."""
        return self._holder().get("id") == self._id

    def take(self, study_name: str) -> None:
        """Take the lease.

        Raises:
            SpecError: another coordinator holds it.
        """
        holder = self._holder()
        if holder and not self._may_take_over(holder):
            raise SpecError(
                f"Study {study_name!r} is being run by process {holder['pid']} on "
                f"{holder['host']}; wait for it, stop it, or choose another study name.",
                field="study_name", value=study_name,
            )  # fmt: skip
        self._write()

    def renew(self) -> None:
        """Keep the lease; cheap to call often.

        Raises:
            SpecError: another coordinator took the study over.
        """
        if time.monotonic() - self._renewed < _RENEW_SECONDS:
            return
        self.require()
        self._write()

    def require(self) -> None:
        """Make sure that the study is still ours, before something is written into it.

        Raises:
            SpecError: another coordinator took the study over.
        """
        if not self.held:
            raise SpecError(
                "Another process took this study over; this one stops.", field="study_name"
            )

    def release(self) -> None:
        """Give the lease back, if it is still ours."""
        if self.held:
            self._storage.set_study_user_attr(self._study_id, _ATTR, {})

    def _may_take_over(self, holder: dict[str, Any]) -> bool:
        same_owner = self._owner is not None and holder.get("owner") == self._owner
        return same_owner or not _is_alive(holder)

    def _holder(self) -> dict[str, Any]:
        holder: dict[str, Any] = self._storage.get_study_user_attrs(self._study_id).get(_ATTR, {})
        return holder

    def _write(self) -> None:
        self._renewed = time.monotonic()
        self._storage.set_study_user_attr(
            self._study_id,
            _ATTR,
            {
                "id": self._id,
                "owner": self._owner,
                "host": socket.gethostname(),
                "pid": os.getpid(),
                "started": psutil.Process().create_time(),
                "beat": time.time(),
            },
        )


def _is_alive(holder: dict[str, Any]) -> bool:
    if holder["host"] != socket.gethostname():
        return time.time() - float(holder["beat"]) < _STALE_SECONDS
    try:
        # A process id alone may have been given to somebody else since.
        started = psutil.Process(int(holder["pid"])).create_time()
    except psutil.Error:
        return False
    return bool(abs(started - float(holder["started"])) < 1.0)
