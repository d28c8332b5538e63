"""One settings object: where state lives and which engines are used.

Every field can be set by an environment variable named `MLWIDGETS_` and the field's
name in capitals, e.g. `MLWIDGETS_HOME`.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

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

    exchange: str = "binance"
    """ccxt id of the exchange."""

    exchange_url: str | None = None
    """Base URL that replaces the exchange's own, e.g. a loopback exchange's."""

    database_url: str | None = None
    """SQLAlchemy URL of the studies' database; default: SQLite under `data_dir`."""

    scheduler: str | None = None
    """Address of a Dask scheduler to join; default: a local cluster."""

    workers: int | None = None
    """Worker processes of the local cluster; default: one a core."""

    @cached_property
    def models_dir(self) -> Path:
        """Folder of the production models and their archive."""
        return self.home / "models"

    @cached_property
    def data_dir(self) -> Path:
        """Folder of candles, studies and other state that is not a model."""
        return self.home / "data"

    @cached_property
    def candles_dir(self) -> Path:
        """Folder of the candle store."""
        return self.data_dir / "candles"

    @cached_property
    def study_url(self) -> str:
        """SQLAlchemy URL of the studies' database."""
        return self.database_url or f"sqlite:///{self.data_dir / 'mlwidgets.db'}"


def project_home(start: Path) -> Path:
    """The nearest folder at or above `start` that looks like a project, else `start`."""
    start = start.resolve()
    for folder in (start, *start.parents):
        if any((folder / mark).exists() for mark in _PROJECT_MARKS):
            return folder
    return start


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
