"""The scripts and styles of pages: Voilà's and those of the widget libraries, from this server.

Their address holds a tag of the installed versions, so that browsers may keep them for good:
the second page that somebody opens fetches none of them again.
"""

# jupyter_server and Voilà are annotated in parts.
# mypy: disable-error-code="misc, no-untyped-call, untyped-decorator, override"

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from jupyter_server.base.handlers import FileFindHandler
from jupyter_server.utils import url_path_join
from tornado.web import authenticated

WIDGET_LIBRARIES = (
    "@jupyter-widgets/jupyterlab-manager",
    "@voila-dashboards/widgets-manager8",
    "bqplot",
    "bqscales",
    "jupyter-vue",
    "jupyter-vuetify",
)
"""The extensions of JupyterLab that pages load, whatever else is installed."""


class AssetHandler(FileFindHandler):
    """GET /mlwidgets/assets/…: a file that never changes under its address."""

    @authenticated
    def get(self, path: str, include_body: bool = True) -> Any:
        """Send the file."""
        return super().get(path, include_body)

    @authenticated
    def head(self, path: str) -> Any:
        """Send its headers."""
        return super().head(path)

    def set_headers(self) -> None:
        """Let the browser keep it, and nobody between."""
        super().set_headers()
        self.set_header("Cache-Control", "private, max-age=31536000, immutable")
        self.set_header("X-Content-Type-Options", "nosniff")


def asset_routes() -> list[tuple[str, type[AssetHandler], dict[str, Any]]]:
    """The routes of the files that `asset_options` tells pages to load."""
    from voila.paths import collect_static_paths

    voila = collect_static_paths(["voila", "nbconvert"], "lab")
    root = f"/mlwidgets/assets/{_tag()}"
    return [
        (rf"{root}/voila/(.*)", AssetHandler, {"path": voila}),
        (rf"{root}/widgets/(.*)", AssetHandler, {"path": _library_folders()}),
    ]


def asset_options(base_url: str) -> dict[str, str]:
    """What of a page's configuration says where its files are.

    Args:
        base_url: of the server.
    """
    root = url_path_join(base_url, "mlwidgets/assets", _tag())
    return {"fullStaticUrl": f"{root}/voila", "fullLabextensionsUrl": f"{root}/widgets"}


def _library_folders() -> list[str]:
    from voila.utils import get_voila_labextensions_path

    return [str(folder) for folder in get_voila_labextensions_path()]


@cache
def _tag() -> str:
    """Changes when Voilà or a widget library is installed in another version."""
    import voila

    sha = hashlib.sha256(voila.__version__.encode())
    for folder in _library_folders():
        for library in WIDGET_LIBRARIES:
            package = Path(folder) / library / "package.json"
            if package.is_file():
                sha.update(package.read_bytes())
    return sha.hexdigest()[:12]
