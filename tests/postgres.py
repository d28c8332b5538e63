"""A throw-away PostgreSQL server, where its programs are installed."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url

USER = "mlwidgets"
_UNPRIVILEGED = "nobody"
_QUICK = "-c fsync=off -c full_page_writes=off -c shared_buffers=16MB"

MakeDatabase = Callable[[], str]
"""Makes an empty database; returns its URL."""


@pytest.fixture(scope="session")
def new_postgres_database() -> Iterator[MakeDatabase]:
    """Makes empty databases on a server that ends with the tests; skips where there can be none."""
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    with running_server(_programs()) as server:
        engine = create_engine(server, isolation_level="AUTOCOMMIT")

        def make() -> str:
            # A schema is as good as a database here, and made a hundred times faster.
            name = f"test_{secrets.token_hex(6)}"
            with engine.connect() as connection:
                connection.execute(text(f"CREATE SCHEMA {name}"))
            own = server.update_query_dict({"options": f"-csearch_path={name}"})
            return own.render_as_string(hide_password=False)

        yield make
        engine.dispose()


@contextmanager
def running_server(programs: Path) -> Iterator[URL]:
    """A server on a port of its own, which only its password opens; yields its URL."""
    password, port = secrets.token_hex(16), _free_port()
    with _private_folder() as folder:
        (folder / "password").write_text(password)
        _run(
            programs / "initdb", "-D", folder / "data", "-U", USER, "--auth=scram-sha-256",
            "--pwfile", folder / "password", "--encoding=UTF8", "--no-locale", "--no-sync",
        )  # fmt: skip
        listening = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories=''"
        control = (programs / "pg_ctl", "-D", folder / "data", "--silent", "--wait")
        _run(*control, "-l", folder / "log", "-o", f"{listening} {_QUICK}", "start")
        try:
            yield make_url(f"postgresql+psycopg://{USER}:{password}@127.0.0.1:{port}/postgres")
        finally:
            _run(*control, "-m", "immediate", "stop")


def _programs() -> Path:
    """The folder of PostgreSQL's programs, the latest version's."""
    found = shutil.which("pg_ctl")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    pytest.skip("PostgreSQL's programs (initdb, pg_ctl) are not installed")


def _version(folder: Path) -> float:
    try:
        return float(folder.parent.name)
    except ValueError:
        return 0.0


@contextmanager
def _private_folder() -> Iterator[Path]:
    """A folder of the user that the server runs as, who may not enter pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="mlwidgets-postgres-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, _UNPRIVILEGED)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(*command: str | Path) -> None:
    """Run one of PostgreSQL's programs, which refuse to be root."""
    user = _UNPRIVILEGED if os.geteuid() == 0 else None
    done = subprocess.run(
        command, user=user, cwd="/", check=False, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert done.returncode == 0, f"{command[0]} failed: {done.stderr}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
