"""Jobs over HTTP: started, listed, followed, stopped, resumed; a real cluster does the work."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Protocol

import pytest
import requests
from waiting import wait_until

from mlwidgets.jobs.records import JobProgress, JobRecord
from mlwidgets.jobs.requests import EvaluateRequest
from mlwidgets.server.api import Services, streaming
from mlwidgets.server.api.rate import Rate

EVALUATION = {
    "kind": "evaluate", "symbol": "SIMUSDT", "modelType": "LSTM",
    "config": {"hiddenSize": 4, "sequenceLength": 8, "learningRate": 0.02, "epochs": 2},
    "candles": {"source": "simulated", "periods": 1500, "seed": 3},
}  # fmt: skip
UNKNOWN = "0" * 12


class Served(Protocol):
    """The running server (see conftest)."""

    services: Services

    def ask(self, method: str, path: str, **options: Any) -> requests.Response: ...
    def get(self, path: str, status: int = 200, **options: Any) -> Any: ...
    def post(self, path: str, body: Any = None, status: int = 200) -> Any: ...
    def delete(self, path: str, status: int = 200) -> Any: ...


@pytest.fixture
def record(services: Services) -> Callable[..., JobRecord]:
    """Writes down a job that nobody works on."""

    def recorded(symbol: str = "SIMUSDT", **fields: Any) -> JobRecord:
        request = EvaluateRequest(symbol=symbol, model_type="LSTM", **fields)
        return services.jobs.create(request)

    return recorded


def streamed(answer: requests.Response) -> list[tuple[str, str, Any]]:
    """(id, event, data) of each event of a stream that has ended."""
    found = []
    for block in answer.text.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if line[:1] != ":")
        if fields:
            found.append((fields.get("id", ""), fields["event"], json.loads(fields["data"])))
    return found


@pytest.mark.usefixtures("home")
def test_a_started_job_runs_to_its_end_and_its_model_can_be_saved(
    served: Served, save_body: Callable[..., dict[str, Any]]
) -> None:
    job = served.post("/jobs", EVALUATION, status=202)
    answer = served.ask("GET", f"/jobs/{job['id']}/events")

    assert answer.headers["Content-Type"] == "text/event-stream"
    events = streamed(answer)
    assert events[-1][1] == "record"
    assert events[-1][2]["state"] == "completed", events[-1][2]["error"]
    numbers = [int(number) for number, _, _ in events if number]
    assert numbers == [*range(1, len(numbers) + 1)]

    candidate = served.get(f"/jobs/{job['id']}")["result"]["candidates"]["LSTM"]
    kept = served.services.candidates.get(candidate)
    assert served.post("/models/save", save_body(kept))["version"] == "1.0.0"


def test_jobs_are_listed_newest_first_in_pages(
    served: Served, record: Callable[..., JobRecord]
) -> None:
    ids = [record().id for _ in range(3)]

    first = served.get("/jobs?limit=2")
    rest = served.get(f"/jobs?limit=2&before={first['next']}")

    assert [job["id"] for job in (*first["items"], *rest["items"])] == ids[::-1]
    assert rest["next"] is None


def test_a_list_is_narrowed_by_state_kind_and_symbol(
    served: Served, record: Callable[..., JobRecord]
) -> None:
    cancelled, other = record(), record(symbol="ETHUSDT")
    served.post(f"/jobs/{cancelled.id}/cancel")

    def found(query: str) -> list[str]:
        return [job["id"] for job in served.get(f"/jobs?{query}")["items"]]

    assert found("states=cancelled,failed") == [cancelled.id]
    assert found("symbol=ETH-USDT") == [other.id]
    assert found("kind=train") == []


def test_a_job_that_waits_is_cancelled_and_then_deleted(
    served: Served, record: Callable[..., JobRecord]
) -> None:
    job = record()

    assert served.delete(f"/jobs/{job.id}", status=409)["error"]["type"] == "JobStateError"
    assert served.post(f"/jobs/{job.id}/cancel")["state"] == "cancelled"
    assert served.post(f"/jobs/{job.id}/cancel", status=409)["error"]["type"] == "JobStateError"
    assert served.delete(f"/jobs/{job.id}") == {"id": job.id}
    assert served.get(f"/jobs/{job.id}", status=404)["error"]["type"] == "JobNotFound"


@pytest.mark.parametrize("action", ["cancel", "resume"])
def test_a_job_that_is_not_there_cannot_be_changed(served: Served, action: str) -> None:
    assert served.post(f"/jobs/{UNKNOWN}/{action}", status=404)["error"]["type"] == "JobNotFound"


def test_a_resume_that_makes_no_sense_is_refused_before_a_cluster_is_asked(
    served: Served, record: Callable[..., JobRecord]
) -> None:
    job = record()
    served.post(f"/jobs/{job.id}/cancel")

    error = served.post(f"/jobs/{job.id}/resume", {"nTrials": 5}, status=422)["error"]

    assert error["type"] == "SpecError"


def test_events_come_as_pages_to_who_accepts_json(
    served: Served, record: Callable[..., JobRecord]
) -> None:
    job = record()
    served.post(f"/jobs/{job.id}/cancel")
    json_only = {"Accept": "application/json"}

    first = served.get(f"/jobs/{job.id}/events?limit=1", headers=json_only)
    second = served.get(f"/jobs/{job.id}/events?after={first['next']}", headers=json_only)

    events = [*first["items"], *second["items"]]
    assert [(event["number"], event["data"]["state"]) for event in events] == [
        (1, "queued"), (2, "cancelled"),
    ]  # fmt: skip
    assert second["next"] is None


def test_a_broken_stream_goes_on_after_the_last_event_it_sent(
    served: Served, record: Callable[..., JobRecord]
) -> None:
    job = record()
    served.post(f"/jobs/{job.id}/cancel")

    def again(last: int) -> requests.Response:
        return served.ask("GET", f"/jobs/{job.id}/events", headers={"Last-Event-ID": str(last)})

    assert [(number, kind) for number, kind, _ in streamed(again(1))] == [
        ("2", "state"), ("", "record"),
    ]  # fmt: skip
    assert again(2).status_code == 204, "a browser asks no more after that"


def test_a_stream_tells_what_happens_while_it_is_open_and_holds_up_nobody(
    served: Served, record: Callable[..., JobRecord]
) -> None:
    lease = served.services.jobs.claim(record().id, "somewhere")
    answer = served.ask("GET", f"/jobs/{lease.job_id}/events", stream=True)
    lines = answer.iter_lines(decode_unicode=True)
    while next(lines) != "event: record":
        pass

    assert served.get("/health")["status"] == "alive"
    lease.progress(JobProgress(stage="training", epoch=1, epochs=2))
    while not ((line := next(lines)).startswith("data: ") and '"epoch": 1' in line):
        pass
    lease.cancelled()

    assert "event: record" in [*lines], "and ends with the job"


def test_a_listener_who_leaves_frees_the_place(
    served: Served, record: Callable[..., JobRecord]
) -> None:
    answer = served.ask("GET", f"/jobs/{record().id}/events", stream=True)
    wait_until(lambda: served.services.open_streams == 1)
    answer.close()

    wait_until(lambda: served.services.open_streams == 0)


def test_too_many_streams_are_refused(served: Served, record: Callable[..., JobRecord]) -> None:
    served.services.open_streams = streaming.MOST_STREAMS

    answer = served.ask("GET", f"/jobs/{record().id}/events")

    assert (answer.status_code, answer.json()["error"]["type"]) == (429, "TooManyRequests")


def test_who_starts_too_many_jobs_is_told_when_to_come_back(served: Served) -> None:
    served.services.job_starts = Rate(1)
    served.services.job_starts.take("")

    answer = served.ask("POST", "/jobs", json=EVALUATION)

    assert (answer.status_code, answer.json()["error"]["type"]) == (429, "TooManyRequests")
    assert 1 <= int(answer.headers["Retry-After"]) <= 61
    assert served.get("/jobs")["items"] == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "guess"}, "kind"),
        ({"symbol": 7}, "symbol"),
        ({"symbol": "x" * 10_000}, "symbol"),
        ({"modelType": "lstm"}, "modelType"),
        ({"config": {"epochs": 10**9}}, "config.epochs"),
        ({"config": {"epochs": "100"}}, "config.epochs"),
        ({"config": {"hidden_size": 32}}, "hidden_size"),
        ({"candles": {"source": "simulated", "periods": 10**12}}, "candles"),
        ({"seed": True}, "seed"),
        ({"timeframe": "2h"}, "timeframe"),
        ({"horizon": "90m"}, "horizon"),
        ({"jobId": UNKNOWN}, "jobId"),
    ],
)
def test_a_wrong_request_is_refused_and_the_field_named(
    served: Served, wrong: dict[str, Any], field: str
) -> None:
    error = served.post("/jobs", {**EVALUATION, **wrong}, status=422)["error"]

    assert field.lower() in f"{error['details']} {error['message']}".lower()
    assert len(error["message"]) < 500
    assert served.get("/jobs")["items"] == []
