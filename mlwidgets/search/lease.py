"""One coordinator a study: who runs it, and whether they still do."""

from __future__ import annotations

import os
import socket
import time
import uuid

import psutil  # type: ignore[import-untyped]
from optuna.storages import BaseStorage

from mlwidgets.errors import SpecError

_ATTR = "coordinator"
_RENEW_SECONDS = 5.0
_STALE_SECONDS = 60.0


class StudyLease:
    """The right to run a study, written into the study itself.

    A coordinator that was killed on this machine is recognised at once by its process, one on
    another machine after a minute without renewal.

    Args:
        storage: where the study lies.
        study_id: the study in it.
    """

    def __init__(self, storage: BaseStorage, study_id: int) -> None:
        self._storage, self._study_id = storage, study_id
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
        if holder and _is_alive(holder):
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
        if not self.held:
            raise SpecError(
                "Another process took this study over; this one stops.", field="study_name"
            )
        self._write()

    def release(self) -> None:
        """Give the lease back, if it is still ours."""
        if self.held:
            self._storage.set_study_user_attr(self._study_id, _ATTR, {})

    def _holder(self) -> dict[str, str | float]:
        holder: dict[str, str | float] = self._storage.get_study_user_attrs(self._study_id).get(
            _ATTR, {}
        )
        return holder

    def _write(self) -> None:
        self._renewed = time.monotonic()
        self._storage.set_study_user_attr(
            self._study_id,
            _ATTR,
            {
                "id": self._id,
                "host": socket.gethostname(),
                "pid": os.getpid(),
                "started": psutil.Process().create_time(),
                "beat": time.time(),
            },
        )


def _is_alive(holder: dict[str, str | float]) -> bool:
    if holder["host"] != socket.gethostname():
        return time.time() - float(holder["beat"]) < _STALE_SECONDS
    try:
        # A process id alone may have been given to somebody else since.
        started = psutil.Process(int(holder["pid"])).create_time()
    except psutil.Error:
        return False
    return bool(abs(started - float(holder["started"])) < 1.0)
