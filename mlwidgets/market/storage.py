"""Where the store's files lie: a local folder, or an object store reached through fsspec."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
from filelock import FileLock, Timeout

from mlwidgets.errors import StorageError

LOCK_SECONDS = 60.0
"""How long a writer waits for another one before it gives up."""

_LOCK = ".lock"
_STAGED = ".staged"


class Storage(Protocol):
    """Files by relative names with `/`; each is replaced as a whole or not at all."""

    def names(self, folder: str) -> list[str]:
        """Names in a folder, sorted, without hidden ones; none where there is no such folder."""
        ...

    def open(self, name: str) -> pa.NativeFile:
        """Open a file for reading; FileNotFoundError where there is none."""
        ...

    def write(self, files: Mapping[str, bytes]) -> None:
        """Replace files; the folder's lock must be held. Raises StorageError."""
        ...

    def lock(self, folder: str) -> AbstractContextManager[None]:
        """Keep other writers out of a folder. Raises StorageError."""
        ...

    def locate(self, name: str) -> str:
        """The file's full name, for messages."""
        ...


def storage_at(root: str | os.PathLike[str]) -> Storage:
    """The storage at a path or an fsspec URL such as `s3://bucket/candles`.

    >>> type(storage_at("memory://candles")).__name__
    'ObjectStorage'
    """
    text = os.fspath(root)
    if "://" not in text:
        return LocalStorage(Path(text))
    from fsspec.core import url_to_fs
    from fsspec.implementations.local import LocalFileSystem

    try:
        filesystem, path = url_to_fs(text)
    except (ImportError, ValueError, OSError) as error:
        raise StorageError(
            f"The candle store cannot be at {text!r}: {error}.", root=text
        ) from error
    if isinstance(filesystem, LocalFileSystem):
        return LocalStorage(Path(path))
    return ObjectStorage(filesystem, path)


class LocalStorage:
    """Files under a local folder, replaced atomically and flushed to the disk."""

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()

    def names(self, folder: str) -> list[str]:
        """See `Storage.names`."""
        try:
            found = [entry.name for entry in (self._root / folder).iterdir()]
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise _refused(self.locate(folder), error) from error
        return sorted(name for name in found if not name.startswith("."))

    def open(self, name: str) -> pa.NativeFile:
        """See `Storage.open`."""
        return pa.OSFile(self.locate(name))

    def write(self, files: Mapping[str, bytes]) -> None:
        """See `Storage.write`; all files are staged before the first is replaced."""
        staged: dict[Path, Path] = {}
        try:
            for name, data in files.items():
                path = self._root / name
                staged[path] = path.with_name(f".{path.name}.{secrets.token_hex(6)}{_STAGED}")
                _flush_to(staged[path], data)
            for path, temporary in staged.items():
                temporary.replace(path)
            for folder in {path.parent for path in staged}:
                _flush_folder(folder)
        except OSError as error:
            for temporary in staged.values():
                with suppress(OSError):
                    temporary.unlink(missing_ok=True)
            raise _refused(self.locate(next(iter(files))), error) from error

    @contextmanager
    def lock(self, folder: str) -> Iterator[None]:
        """See `Storage.lock`; what a writer that died left behind is removed first."""
        path = self._root / folder
        with _file_lock(path):
            try:
                for leftover in path.glob(f".*{_STAGED}"):
                    leftover.unlink(missing_ok=True)
            except OSError as error:
                raise _refused(str(path), error) from error
            yield

    def locate(self, name: str) -> str:
        """See `Storage.locate`."""
        return str(self._root / name)


class ObjectStorage:
    """Objects under an fsspec path, each put in one request.

    The lock keeps out writers of this machine only: object stores have none of their own,
    so several machines may read one store but only one should write it.
    """

    def __init__(self, filesystem: Any, root: str) -> None:
        self._filesystem = filesystem
        self._root = root.rstrip("/")

    def names(self, folder: str) -> list[str]:
        """See `Storage.names`."""
        try:
            self._filesystem.invalidate_cache()
            found = self._filesystem.ls(self.locate(folder), detail=False)
        except (FileNotFoundError, NotADirectoryError):
            return []
        except Exception as error:
            raise _refused(self.locate(folder), error) from error
        return sorted(str(name).rstrip("/").rpartition("/")[2] for name in found)

    def open(self, name: str) -> pa.NativeFile:
        """See `Storage.open`."""
        return pa.PythonFile(self._filesystem.open(self.locate(name), "rb"), mode="r")

    def write(self, files: Mapping[str, bytes]) -> None:
        """See `Storage.write`."""
        for name, data in files.items():
            try:
                self._filesystem.pipe_file(self.locate(name), data)
            except Exception as error:
                raise _refused(self.locate(name), error) from error

    @contextmanager
    def lock(self, folder: str) -> Iterator[None]:
        """See `Storage.lock`."""
        from mlwidgets.settings import get_settings

        key = f"{self._filesystem.protocol}:{self.locate(folder)}"
        digest = hashlib.sha256(key.encode()).hexdigest()[:32]
        with _file_lock(get_settings().data_dir / "locks" / digest):
            yield

    def locate(self, name: str) -> str:
        """See `Storage.locate`."""
        return f"{self._root}/{name}" if name else self._root


@contextmanager
def _file_lock(folder: Path) -> Iterator[None]:
    lock = FileLock(folder / _LOCK, timeout=LOCK_SECONDS)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout as error:
        raise StorageError(
            f"Another process has been writing to {folder} for more than {LOCK_SECONDS:.0f} s; "
            "wait for it or stop it, then try again.",
            folder=str(folder),
        ) from error
    except (OSError, NotImplementedError) as error:
        raise _refused(str(folder), error) from error
    try:
        yield
    finally:
        lock.release()


def _flush_to(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows has no handle on a folder to flush
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _refused(where: str, error: Exception) -> StorageError:
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error) or repr(error)
    return StorageError(
        f"The candle store cannot use {where}: {reason}; nothing was stored. "
        "Check its permissions and free space, or set MLWIDGETS_HOME to a writable folder.",
        path=where, reason=reason,
    )  # fmt: skip
