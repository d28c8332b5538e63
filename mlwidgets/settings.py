"""One settings object: where state lives and which engines are used.

Every field can be set by an environment variable named `MLWIDGETS_` and the field's
name in capitals, e.g. `MLWIDGETS_HOME`.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from mlwidgets.errors import SpecError

_PROJECT_MARKS = ("pyproject.toml", ".git", "models")


class Settings(BaseSettings):
    """Where state lives and which engines are used.

    >>> Settings(home="/srv/forecasts").models_dir.as_posix()
    '/srv/forecasts/models'
    """

    model_config = SettingsConfigDict(
        env_prefix="MLWIDGETS_", frozen=True, extra="ignore", env_ignore_empty=True
    )

    home: Path = Field(default_factory=lambda: project_home(Path.cwd()))
    """Folder that holds models/, data/ and the database."""

    models: Path | None = None
    """Folder of the production models and their archive; default: `models` in `home`."""

    exchange: str = "binance"
    """ccxt id of the exchange."""

    exchange_url: str | None = None
    """Base URL that replaces the exchange's own, e.g. a loopback exchange's."""

    offline: bool = False
    """Whether the exchange is never asked: only stored candles are used."""

    database_url: Annotated[str | None, Field(repr=False)] = None
    """SQLAlchemy URL of jobs, studies and candidates; default: SQLite under `data_dir`."""

    scheduler: str | None = None
    """Address of a Dask scheduler to join (`tls://host:8786`); default: this machine's cluster."""

    tls: Path | None = None
    """Folder of the certificates of that scheduler: ca.pem, cert.pem, key.pem; default: `tls` in
    `data_dir`."""

    workers: int | None = None
    """Processes of this machine's cluster that compute folds; default: one a core."""

    worker_memory: str | None = None
    """Memory limit of each of them, e.g. `2GiB`; default: an equal share of the machine's."""

    cluster_dir: Path | None = None
    """Where this machine's cluster leaves its address and its credentials; default: a folder of
    the user's own."""

    linger: Annotated[float, Field(ge=0)] = 60.0
    """Seconds that this machine's cluster outlives its last user; `inf` keeps it until stopped."""

    page_limit: Annotated[int, Field(ge=1)] = 8
    """Pages that a server has open at the same time; each has a kernel of its own."""

    warm_kernels: Annotated[int, Field(ge=0)] = 2
    """Kernels that a server keeps ready besides, so that a page opens at once."""

    orphan_seconds: Annotated[float, Field(gt=0)] = 120.0
    """Seconds that a page's kernel outlives the last connection of its browser."""

    job_rate: Annotated[int, Field(ge=1)] = 30
    """Jobs that a person may start or resume through the API in a minute."""

    dashboards_only: bool = False
    """Whether a server offers its pages and their API and nothing else of Jupyter."""

    @cached_property
    def models_dir(self) -> Path:
        """Folder of the production models and their archive."""
        return self.models or self.home / "models"

    @cached_property
    def data_dir(self) -> Path:
        """Folder of candles, studies and other state that is not a model."""
        return self.home / "data"

    @cached_property
    def candles_dir(self) -> Path:
        """Folder of the candle store."""
        return self.data_dir / "candles"

    @cached_property
    def tls_dir(self) -> Path:
        """Folder of the certificates of a cluster of several machines."""
        return self.tls or self.data_dir / "tls"

    @cached_property
    def study_url(self) -> str:
        """SQLAlchemy URL of the one database."""
        return self.database_url or f"sqlite:///{self.data_dir / 'mlwidgets.db'}"


def project_home(start: Path) -> Path:
    """The nearest folder at or above `start` that looks like a project, else `start`."""
    start = start.resolve()
    for folder in (start, *start.parents):
        if any((folder / mark).exists() for mark in _PROJECT_MARKS):
            return folder
    return start


def as_environment(settings: Settings) -> dict[str, str]:
    """The variables with which another process reads the same settings.

    >>> as_environment(Settings(home="/srv/forecasts"))["MLWIDGETS_HOME"]
    '/srv/forecasts'
    """
    known = settings.model_dump(exclude_none=True)
    return {f"MLWIDGETS_{name.upper()}": str(value) for name, value in known.items()}


def get_settings() -> Settings:
    """Read the settings from the environment, afresh each time.

    Raises:
        SpecError: a variable's value makes no sense; the message names it.
    """
    try:
        return Settings()
    except ValidationError as error:
        wrong = [
            f"MLWIDGETS_{str(item['loc'][0]).upper()}={item['input']!r:.60}: {item['msg']}"
            for item in error.errors()
        ]
        raise SpecError(f"The environment is not usable. {'; '.join(wrong)}.") from None
