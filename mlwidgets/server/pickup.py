"""A job is started even if the page that asked for it is closed in the same moment."""

from __future__ import annotations

import logging
import threading

from mlwidgets.errors import MlwidgetsError
from mlwidgets.jobs.home import known_id
from mlwidgets.settings import Settings

_log = logging.getLogger(__name__)
_SECONDS = 3.0


class JobPickup:
    """Looks every few seconds for jobs that were never given to the cluster, and gives them to it.

    Starting the cluster takes a page's kernel some seconds, and the kernel ends with its tab.

    Args:
        settings: whose home, database and cluster.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings, self._ended = settings, threading.Event()

    def start(self) -> None:
        """Look from now on, in a thread that nobody waits for."""
        threading.Thread(target=self._run, name="mlwidgets jobs", daemon=True).start()

    def stop(self) -> None:
        """Look no more."""
        self._ended.set()

    def look(self) -> None:
        """Look once.

        Raises:
            StorageError: the database cannot be used.
        """
        from mlwidgets.jobs.dispatch import dispatch_unsent
        from mlwidgets.jobs.store import JobStore

        if known_id(self._settings) is not None:  # no job was ever submitted from here
            dispatch_unsent(JobStore(self._settings.study_url), self._settings)

    def _run(self) -> None:
        while not self._ended.wait(_SECONDS):
            try:
                self.look()
            except MlwidgetsError as error:
                _log.debug("Jobs cannot be looked for: %s", error)
