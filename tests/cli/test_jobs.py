"""`mlwidgets jobs`, and `--detach` of the commands that make them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from mlwidgets.cli import jobs
from mlwidgets.jobs.records import JobFailure, JobProgress, JobRecord
from mlwidgets.jobs.requests import TrainRequest
from mlwidgets.jobs.store import JobStore

EVALUATE = ("evaluate", "--simulated", "--history", "46d")


@pytest.fixture
def waiting(home) -> JobRecord:
    """A job that was recorded a moment ago, and that nobody works on."""
    return JobStore().create(TrainRequest(symbol="BTCUSDT", model_type="LSTM"))


@pytest.fixture
def lease(waiting):
    """The right to work on that job, taken by this test."""
    return JobStore().claim(waiting.id, "a cluster")


def submitted(call, *words) -> str:
    """The id of the job that a detached command has made."""
    answer = call(*words, "--detach", "--json")
    assert answer.code == 0, answer.err
    return answer.json["job"]["id"]


def test_a_detached_search_is_watched_to_its_saved_model(call, home, training_words):
    job = submitted(call, *training_words)
    watched = call("jobs", "watch", job[:11])
    assert watched.code == 0, watched.err
    text = watched.flat()
    for said in (
        "✓ completed", "train BTCUSDT LSTM, 1 hour ahead", "1h, kept in the database",
        "2 trials of 2 folds, own ranges", "saved LSTM 1.0.0", "What this says", "Last value",
        "Rolling conformal", "is the measured LSTM, saved as 1.0.0",
    ):  # fmt: skip
        assert said in text
    assert call("models", "--json").json["models"][0]["version"] == "1.0.0"
    assert "saved LSTM 1.0.0" in call("jobs").flat()
    assert "Completed." in call("jobs", "logs", job, "-n", 1).out
    assert len(call("jobs", "logs", job, "--json").json["lines"]) > 5

    refused = call("jobs", "cancel", job)
    assert refused.code == 1
    assert f"Job {job} is completed; there is nothing to cancel" in refused.err
    more = call("jobs", "resume", job, "--trials", 3)
    assert f"mlwidgets jobs watch {job}" in more.out
    document = call("jobs", "watch", job, "--json").json
    assert document["job"]["progress"]["trialsDone"] == 3
    assert document["candidates"]["LSTM"]["savedVersion"]


def test_a_detached_evaluation_saves_nothing_until_it_is_asked_to(call, home, small):
    job = submitted(call, *EVALUATE, *small)
    shown = call("jobs", "watch", job).flat()
    assert "measured, nothing saved" in shown
    assert f"Next: mlwidgets jobs save {job}" in shown
    assert call("models", "--json").json["models"] == []
    measured = call("jobs", "show", job, "--json").json["candidates"]["LSTM"]
    saved = call("jobs", "save", job, "--json").json["saved"][0]["model"]
    assert (saved["version"], saved["config"]) == ("1.0.0", measured["config"])
    assert "jobs save" not in call("jobs", "show", job).out


def test_a_detached_comparison_shows_both_side_by_side(call, home, small):
    job = submitted(call, "compare", "--simulated", "--history", "46d", *small)
    text = call("jobs", "watch", job).flat()
    for said in ("compare SIMUSDT, 1 hour ahead", "LSTM. Direction", "HYBRID. Direction",
                 "saved LSTM 1.0.0, saved HYBRID 1.0.0"):  # fmt: skip
        assert said in text


def test_the_same_simulated_candles_are_used_detached_or_not(call, home, small):
    words = (*EVALUATE, "--end", "2024-03-01", "--test-start", "2024-02-25", *small[:-2])
    here = call(*words, "--json").json
    there = call("jobs", "watch", submitted(call, *words), "--json").json
    assert there["candidates"]["LSTM"]["metrics"] == here["report"]["metrics"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("train", "--simulated", "--workers", 2), "set MLWIDGETS_WORKERS instead"),
        (("evaluate", "--simulated", "--save"), "mlwidgets jobs save"),
    ],
)
def test_options_that_a_job_cannot_follow_are_refused(call, home, words, told):
    answer = call(*words, "--detach")
    assert answer.code == 2
    assert told in " ".join(answer.err.replace("│", "").split())
    assert not home.exists()


def test_a_cluster_elsewhere_needs_a_database_that_it_reaches(call, home):
    answer = call("train", "--simulated", "--detach", "--scheduler", "tls://10.0.0.5:8786")
    assert answer.code == 1
    assert "MLWIDGETS_DATABASE_URL" in answer.err


def test_an_empty_list_says_how_to_start_a_job(call, home):
    assert "mlwidgets train BTCUSDT --detach" in call("jobs").out
    assert "No job is like that" in call("jobs", "list", "--state", "failed").out


def test_the_list_tells_states_in_words_and_how_far_each_job_is(call, lease):
    lease.progress(
        JobProgress(
            stage="search", trials_done=12, n_trials=50, fraction=0.2, best_value=0.9983,
            eta_seconds=754,
        )
    )  # fmt: skip
    other = JobStore().create(TrainRequest(symbol="ETHUSDT", model_type="HYBRID"))
    text = call("jobs").flat()
    assert f"{other.id} … queued train ETHUSDT HYBRID waiting its turn" in text
    assert f"{lease.job_id} ▶ running train BTCUSDT LSTM" in text
    assert "searching · trial 12 of 50 · 20 % · 12 min left" in text
    assert "trial 12 of 50" in call("jobs", "show", lease.job_id).flat()
    listed = call("jobs", "list", "--symbol", "eth/usdt", "--limit", 5, "--json").json["jobs"]
    assert listed == [other.to_json()]


def test_a_running_job_is_asked_to_stop_and_says_so(call, lease):
    assert "is stopping" in call("jobs", "cancel", lease.job_id).out
    assert "▶ running, stopping" in call("jobs").out
    lease.cancelled()
    answer = call("jobs", "watch", lease.job_id)
    assert answer.code == 1
    assert "was cancelled; it saved nothing" in answer.err


def test_why_a_job_failed_is_told_and_how_to_go_on(call, lease):
    lease.fail(JobFailure(type="TrainingDiverged", message="The loss is not finite."))
    assert "✗ failed" in call("jobs").out
    shown = call("jobs", "show", lease.job_id).flat()
    assert "Error TrainingDiverged: The loss is not finite." in shown
    assert f"Next: mlwidgets jobs resume {lease.job_id}" in shown
    answer = call("jobs", "watch", lease.job_id, "--json")
    assert answer.code == 1
    assert answer.json["error"]["type"] == "JobFailed"
    nothing = call("jobs", "save", lease.job_id)
    assert nothing.code == 1
    assert "has measured no model" in nothing.err


def test_ctrl_c_stops_watching_and_not_the_job(call, lease, monkeypatch):
    monkeypatch.setattr(jobs, "_show_progress", lambda *_: signal.raise_signal(signal.SIGINT))
    answer = call("jobs", "watch", lease.job_id)
    assert answer.code == 130
    assert f"mlwidgets jobs watch {lease.job_id}" in answer.err
    assert JobStore().get(lease.job_id).state == "running"


@pytest.mark.parametrize("command", ["show", "watch", "cancel", "resume", "logs", "save"])
def test_a_job_that_does_not_exist_is_an_error_that_says_where_to_look(call, home, command):
    answer = call("jobs", command, "nothing")
    assert answer.code == 1
    assert "There is no job 'nothing'" in answer.err
    assert "mlwidgets jobs list" in answer.err


def test_an_abbreviation_that_fits_several_jobs_is_refused(call, waiting):
    other = JobStore().create(TrainRequest(symbol="ETHUSDT", model_type="LSTM"))
    answer = call("jobs", "show", waiting.id[:3])
    assert answer.code == 1
    assert "2 jobs start with" in answer.err
    assert waiting.id in answer.err
    assert other.id in answer.err


def test_an_unreachable_database_is_named_without_its_password(call, home, monkeypatch):
    url = "postgresql+psycopg://me:secret@127.0.0.1:1/jobs"
    monkeypatch.setenv("MLWIDGETS_DATABASE_URL", url)
    answer = call("jobs", "--json")
    assert answer.code == 1
    assert answer.json["error"]["type"] == "StorageError"
    assert "secret" not in answer.out + answer.err


def test_a_worker_without_certificates_is_told_where_they_come_from(call, home):
    answer = call("worker", "tls://127.0.0.1:1")
    assert answer.code == 1
    assert "ca.pem" in answer.err
    assert "'mlwidgets scheduler'" in answer.err


def test_a_scheduler_makes_its_certificates_and_ends_when_it_is_told_to(home):
    words = [sys.executable, "-m", "mlwidgets", "scheduler", "--host", "127.0.0.1", "--port", "0"]
    process = subprocess.Popen(words, stderr=subprocess.PIPE, text=True, env=os.environ)
    assert process.stderr is not None
    said = next(line for line in process.stderr if "MLWIDGETS_SCHEDULER" in line)
    process.terminate()
    process.communicate(timeout=60)
    assert "tls://127.0.0.1:" in said
    assert (home / "data" / "tls" / "key.pem").stat().st_mode & 0o777 == 0o600
    assert process.returncode == 0
