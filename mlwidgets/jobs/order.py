"""What a coordinator is sent: which job, and where it belongs."""

from __future__ import annotations

from dataclasses import dataclass, field

from mlwidgets.jobs.home import Home


@dataclass(frozen=True, slots=True)
class JobOrder:
    """All that a coordinator knows; workers serve many homes, so their settings count for nothing.

    Attributes:
        job_id: the job.
        database_url: SQLAlchemy URL of the database that holds it; never shown, because Dask
            prints arguments and it may have a password.
        home: where the job's models and candles belong.

    >>> from pathlib import Path
    >>> home = Home("4f2a", Path("models"), Path("data"), Path("data/candles"), "binance")
    >>> "secret" in repr(JobOrder("00x", "postgresql+psycopg://me:secret@host/jobs", home))
    False
    """

    job_id: str
    database_url: str = field(repr=False)
    home: Home
