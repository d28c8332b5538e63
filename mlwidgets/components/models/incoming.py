"""The files of a model as they come from a page, piece by piece."""

from __future__ import annotations

import base64
import binascii

from mlwidgets.errors import ModelFileError

UPLOAD_BYTES = 32 * 1024**2
"""Bytes of a pair, as many as the REST interface takes."""

META_END = ".meta.json"


class Incoming:
    """Collects two files; pieces of a file come in order.

    >>> incoming = Incoming()
    >>> incoming.add("a.json", 0, 2, "e30=")
    >>> incoming.add("a.meta.json", 0, 2, "e30=")
    >>> incoming.pair()
    (b'{}', b'{}')
    """

    def __init__(self) -> None:
        self._files: dict[str, bytearray] = {}
        self._sizes: dict[str, int] = {}

    def add(self, name: str, at: int, size: int, data: str) -> None:
        """Take a piece of a file.

        Args:
            name: of the file.
            at: bytes before the piece.
            size: bytes of the whole file.
            data: the piece in base64.

        Raises:
            ModelFileError: the pair is too large, or the piece does not follow the one before.
        """
        if at == 0:
            self._files[name], self._sizes[name] = bytearray(), max(0, size)
        if len(self._files) > 2:
            raise ModelFileError(
                f"{len(self._files)} files were given; a model is two: NAME.json and "
                f"NAME{META_END}."
            )
        if sum(self._sizes.values()) > UPLOAD_BYTES:
            raise ModelFileError(
                f"The files hold {sum(self._sizes.values()):,} bytes, more than {UPLOAD_BYTES:,}."
            )
        self._append(name, at, data)

    @property
    def whole(self) -> bool:
        """Whether two files are here to their last byte."""
        return len(self._files) == 2 and all(
            len(data) == self._sizes[name] for name, data in self._files.items()
        )

    def pair(self) -> tuple[bytes, bytes]:
        """The weights and the metadata, told apart by their names.

        Raises:
            ModelFileError: there are not two files, or not one of each.
        """
        metas = [name for name in self._files if name.endswith(META_END)]
        if len(self._files) != 2 or len(metas) != 1:
            raise ModelFileError(
                f"A model is two files, NAME.json and NAME{META_END}; "
                f"given: {', '.join(self._files) or 'none'}. Choose both at once."
            )
        (weights,) = (name for name in self._files if name not in metas)
        return bytes(self._files[weights]), bytes(self._files[metas[0]])

    def _append(self, name: str, at: int, data: str) -> None:
        file = self._files.get(name)
        try:
            piece = base64.b64decode(data, validate=True)
        except (binascii.Error, ValueError):
            piece = None
        if (
            file is None or piece is None or len(file) != at
            or at + len(piece) > self._sizes[name]
        ):  # fmt: skip
            raise ModelFileError(f"{name} did not arrive whole. Choose the files again.")
        file += piece
