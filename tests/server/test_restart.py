"""A server that is killed in the middle of its work, and the one that comes after it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import requests
from waiting import wait_until

from mlwidgets.jobs.records import JobFailure
from mlwidgets.jobs.requests import EvaluateRequest, SimulatedCandles
from mlwidgets.jobs.store import JobStore
from mlwidgets.registry import ModelRegistry

REQUEST = EvaluateRequest(symbol="SIMUSDT", model_type="LSTM", candles=SimulatedCandles())


def test_nothing_is_half_written_and_every_job_has_its_true_state(
    serving: Any, save_model: Callable[[Path], str], tmp_path: Path
) -> None:
    save_model(tmp_path)
    pair = [*ModelRegistry(tmp_path / "models").export_pair("SIMUSDT", "LSTM").values()]
    with serving(tmp_path, warm_kernels=0) as server:
        states = some_jobs(tmp_path)
        server.open_page("ml")
        kernels = server.kernels()
        with ThreadPoolExecutor(4) as pool:
            for _ in range(40):
                pool.submit(upload, server, pair)
            wait_until(lambda: len(versions(tmp_path)) > 5)
            server.process.kill()
    wait_until(lambda: not any(kernel.is_running() for kernel in kernels))
    saved = versions(tmp_path)
    assert len(saved) < 41, "it was killed too late"

    with serving(tmp_path, warm_kernels=0) as server:
        listed = server.get("/api/ml/jobs").json()["items"]
        assert {job["id"]: job["state"] for job in listed} == states
        assert server.get("/api/ml/models/problems").json() == {"items": []}
        [production] = server.get("/api/ml/models").json()["items"]
        archived = server.get("/api/ml/models?archived=true&limit=200").json()["items"]
        assert upload(server, pair) == 200
    known = {meta["version"] for meta in (production, *archived)}
    assert known == set(saved)
    registry = ModelRegistry(tmp_path / "models")
    assert {registry.load("SIMUSDT", "LSTM", version).meta.version for version in known} == known


def some_jobs(home: Path) -> dict[str, str]:
    """Jobs of each kind of end, and one whose coordinator has died; their states by id."""
    database = home / "data" / "mlwidgets.db"
    jobs = JobStore(f"sqlite:///{database}")
    cancelled, failed, lost = (jobs.create(REQUEST).id for _ in range(3))
    jobs.request_cancel(cancelled)
    jobs.claim(failed, "").fail(JobFailure(type="CandleError", message="Not a candle."))
    jobs.claim(lost, "")
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE mlwidgets_jobs SET beat_at = 0 WHERE id = ?", [lost])
    return {cancelled: "cancelled", failed: "failed", lost: "interrupted"}


def upload(server: Any, pair: list[bytes]) -> int:
    try:
        files = dict(zip(("weights", "meta"), pair, strict=True))
        return int(server.post("/api/ml/models/upload", files=files).status_code)
    except requests.ConnectionError:  # it is dead
        return 0


def versions(home: Path) -> list[str]:
    return ModelRegistry(home / "models").list_versions("SIMUSDT", "LSTM")
