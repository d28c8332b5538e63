"""Whether the server lives and is ready."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from mlwidgets.server.api import Services


class Served(Protocol):
    """The running server (see conftest)."""

    services: Services

    def get(self, path: str, status: int = 200) -> Any: ...


def test_a_server_with_an_empty_home_is_alive_and_ready(served: Served) -> None:
    assert served.get("/health")["status"] == "alive"
    ready = served.get("/ready")
    assert (ready["models"], ready["database"]) == ("ok", "ok")


def test_a_server_without_its_database_is_alive_and_not_ready(served: Served, home: Path) -> None:
    (home / "data").write_text("a file where the folder should be")

    assert served.get("/health")["status"] == "alive"
    error = served.get("/ready", status=503)["error"]
    assert error["type"] == "NotReady"
    assert [*error["details"]] == ["database"]


def test_what_needs_the_database_says_so_and_works_again_when_it_is_back(
    served: Served, home: Path
) -> None:
    blocker = home / "data"
    blocker.write_text("a file where the folder should be")
    assert served.get("/jobs", status=503)["error"]["type"] == "StorageError"

    blocker.unlink()

    assert served.get("/jobs")["items"] == []
