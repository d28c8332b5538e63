"""The few disk operations that the registry is made of: synced, never through a link."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from mlwidgets.errors import StorageError
from mlwidgets.registry.strict_json import file_error

_READ_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_BINARY", 0)
)
_WRITE_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_REMEDIES = {
    errno.ENOSPC: "the disk is full; free some space and save again",
    errno.EDQUOT: "the disk quota is used up; free some space and save again",
    errno.EROFS: "the folder is read-only; make it writable or set MLWIDGETS_HOME to another",
    errno.EACCES: "this user may not; change the permissions or set MLWIDGETS_HOME to another",
    errno.EPERM: "this user may not; change the permissions or set MLWIDGETS_HOME to another",
    errno.ENOTDIR: "a file stands where a folder should; move it away or use another folder",
    errno.EEXIST: "a file stands where a folder should; move it away or use another folder",
}


@contextmanager
def storage_errors(doing: str, path: Path) -> Iterator[None]:
    """Translate what the operating system refuses into StorageError."""
    try:
        yield
    except OSError as error:
        remedy = _REMEDIES.get(error.errno or 0, os.strerror(error.errno or errno.EIO))
        raise StorageError(
            f"Cannot {doing} {path}: {remedy}.", path=str(path), errno=error.errno
        ) from error


def read_file(path: Path, limit: int) -> bytes:
    """Read a regular file whole.

    Raises:
        FileNotFoundError: there is none.
        ModelFileError: a link, no regular file, or larger than `limit` bytes.
        StorageError: the disk refused.
    """
    if path.is_symlink():
        raise file_error(path.name, "is a symbolic link, which is never followed")
    try:
        handle = os.open(path, _READ_FLAGS)
    except (FileNotFoundError, NotADirectoryError):
        raise FileNotFoundError(path) from None
    except OSError as error:
        with storage_errors("read", path):
            raise error
    with storage_errors("read", path), os.fdopen(handle, "rb") as file:
        facts = os.fstat(handle)
        if not stat.S_ISREG(facts.st_mode):
            raise file_error(path.name, "is no regular file")
        if facts.st_size > limit:
            raise file_error(path.name, f"holds {facts.st_size:,} bytes, more than {limit:,}")
        return file.read(limit + 1)


def write_file(path: Path, data: bytes) -> None:
    """Write a file that must not exist yet, down to the disk."""
    handle = os.open(path, _WRITE_FLAGS, 0o666)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(handle, rest) :]
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(path: Path) -> None:
    """Bring a folder's entries down to the disk."""
    if os.name == "nt":  # a folder cannot be opened there, and renames are journalled
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(path: Path) -> None:
    """Make a folder where there is none, and bring its entry down to the disk."""
    if not path.is_dir():
        path.mkdir(parents=True, exist_ok=True)
        sync_folder(path.parent)


def entries(path: Path) -> frozenset[str]:
    """Names in a folder; none where the folder is missing or a link.

    Raises:
        StorageError: the disk refused.
    """
    if path.is_symlink():
        return frozenset()
    try:
        return frozenset(os.listdir(path))  # noqa: PTH208 (pathlib's is a lazy generator)
    except FileNotFoundError:
        return frozenset()
    except OSError as error:
        with storage_errors("list", path):
            raise error


def remove_file(path: Path) -> None:
    """Remove a file where there is one."""
    with suppress(FileNotFoundError):
        os.unlink(path)  # noqa: PTH108 (as the other calls here, so that tests see each step)
