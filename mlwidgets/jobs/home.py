"""The home that a job belongs to, as a value that travels with it to any machine."""

from __future__ import annotations

import tempfile
import uuid
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from mlwidgets.errors import StorageError
from mlwidgets.registry.disk import storage_errors
from mlwidgets.settings import Settings

_ID_FILE = "home-id"


@dataclass(frozen=True, slots=True)
class Home:
    """Where a job's models and candles belong; its paths mean something on some machines only.

    Attributes:
        id: the home's own, random.
        models_dir: folder of the production models.
        data_dir: folder of other state; the id lies in it.
        candles_dir: folder of the candle store.
        exchange: ccxt id of the home's exchange.
        exchange_url: base URL that replaces that exchange's own.
    """

    id: str
    models_dir: Path
    data_dir: Path
    candles_dir: Path
    exchange: str
    exchange_url: str | None = None

    @classmethod
    def of(cls, settings: Settings) -> Home:
        """The home that settings name.

        Raises:
            StorageError: it has no id yet and cannot be written.
        """
        return cls(
            home_id(settings), settings.models_dir.resolve(), settings.data_dir.resolve(),
            settings.candles_dir.resolve(), settings.exchange, settings.exchange_url,
        )  # fmt: skip

    @property
    def reachable(self) -> bool:
        """Whether this very folder is there for this process, and no other of the same name."""
        return _read(self.data_dir / _ID_FILE) == self.id


def home_id(settings: Settings) -> str:
    """The id of a home, given to it on first use; it stays when the folder is moved.

    Raises:
        StorageError: it has none yet and cannot be written.

    >>> settings = Settings(home=tempfile.mkdtemp())
    >>> home_id(settings) == home_id(settings)
    True
    """
    file = settings.data_dir / _ID_FILE
    with storage_errors("write the home's id to", file):
        return _read(file) or _give(file)


def known_id(settings: Settings) -> str | None:
    """The id of a home; None where it was never given one, so that no job can belong to it."""
    return _read(settings.data_dir / _ID_FILE)


def _read(file: Path) -> str | None:
    try:
        return file.read_text(encoding="ascii").strip() or None
    except (OSError, UnicodeDecodeError):
        return None


def _give(file: Path) -> str:
    """Name a home, unless somebody does so at the same time."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".home-id-") as folder:
        draft = Path(folder, _ID_FILE)
        draft.write_text(f"{uuid.uuid4().hex}\n", encoding="ascii")
        with suppress(FileExistsError):
            file.hardlink_to(draft)  # whole, and never in place of another's
    given = _read(file)
    if given is None:
        raise StorageError(
            f"{file} holds no id of a home; delete it, and the next call writes another.",
            path=str(file),
        )
    return given
