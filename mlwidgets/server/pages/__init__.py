"""The notebooks of the pages, as they were installed: no file that a user may edit is executed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat

_FOLDER = Path(__file__).parent


class PackagedNotebooks:
    """What Voilà asks of Jupyter's contents, for the notebooks of this folder only."""

    def get(self, path: str, **_: Any) -> dict[str, Any]:
        """A notebook as Jupyter's contents give it.

        >>> PackagedNotebooks().get("ml.ipynb")["content"].metadata.title
        'Models · mlwidgets'
        """
        notebook = nbformat.read(_FOLDER / Path(path).name, 4)  # type: ignore[no-untyped-call]
        return {"type": "notebook", "path": path, "content": notebook}

    def file_exists(self, path: str) -> bool:
        """Whether an image that a notebook shows lies beside it."""
        return False
