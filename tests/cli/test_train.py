"""`mlwidgets train`."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest


def test_a_search_saves_its_best_model_and_tells_where(trained):
    answer = trained.answer
    assert answer.code == 0, answer.err
    assert "Saved BTCUSDT LSTM 1.0.0 as the production model" in answer.out
    assert str(trained.home) not in answer.err
    for name in ("BTCUSDT_LSTM_1.0.0.json", "BTCUSDT_LSTM_1.0.0.meta.json"):
        assert name in answer.out
        assert (trained.home / "models" / name).is_file()


def test_people_see_every_baseline_and_what_the_p_values_mean(trained):
    text = trained.answer.flat()
    for name in ("Last value", "Momentum", "Reversal", "Always up", "Rolling conformal"):
        assert name in text
    for metric in ("MAE (USDT)", "RMSE (USDT)", "MAPE", "R² of returns", "Directional accuracy"):
        assert metric in text
    assert "coins would do as well (p " in text
    assert "the price stays" in text
    assert any(word in text for word in ("Better than", "No better", "Too short to tell"))


def test_where_nobody_watches_there_is_a_line_of_progress_at_most_every_so_often(trained):
    assert all(line.startswith("Searching: ") for line in trained.answer.err.splitlines())


def test_the_same_search_again_finds_its_trials_finished_and_replaces_the_model(
    call, trained, training_words
):
    answer = call(*training_words, "--json")
    assert answer.code == 0, answer.err
    document = answer.json
    assert document["search"]["finishedEarlier"] == 2
    assert [trial["state"] for trial in document["search"]["trials"]] == ["COMPLETE"] * 2
    assert document["saved"]["model"]["version"] == "1.0.1"
    assert document["saved"]["replaced"] == "1.0.0"
    assert all(Path(path).is_file() for path in document["saved"]["files"])
    assert set(document["report"]["baselines"]) == {
        "lastValue", "momentum", "reversal", "alwaysUp",
    }  # fmt: skip
    assert document["production"]["model"]["version"] == "1.0.0"
    assert document["production"]["metrics"] == document["production"]["candidateMetrics"]
    assert document["candles"]["source"] == "BTCUSDT_1h.csv"


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["--trials", "0"], 2, "--trials"),
        (["--folds", "-1"], 2, "--folds"),
        (["--model", "TRANSFORMER"], 2, "--model"),
        (["--space", '{"hiddenSize": {"low": 32, "high": 8}}'], 1, "low 32 is above high 8"),
        (["--space", '{"hiddenSzie": 3}'], 1, "hiddenSzie"),
        (["--space", "{epochs}"], 1, "not valid JSON"),
        (["--space", "no-such-space.json"], 1, "no-such-space.json"),
        (["--horizon", "90m"], 1, "'90m' is no whole number of 1h candles"),
        (["--coverage", "1.5"], 1, "coverage must lie between 0 and 1"),
        (["--test-start", "2019-01-01"], 1, "outside the data"),
        (["--test-start", "2024-02-10", "--test-end", "2024-02-01"], 1, "test window is empty"),
        (["--start", "2030-01-01"], 1, "it spans 2024-01-01"),
        (["--start", "2024-02-01", "--end", "2024-01-01"], 1, "choose an earlier start"),
        (["--history", "forever"], 1, "write it as '730d'"),
        (["--history", "9d", "--start", "2024-01-01"], 2, "either --start or --history"),
        (["--simulated"], 2, "either --data or --simulated"),
        (["--timeframe", "30m"], 1, "so not 30m"),
        (["ETHUSDT"], 1, "holds candles of BTCUSDT, not ETHUSDT"),
        (["--history", "5d"], 1, "120 candles"),
        (["--test-start", "2024-02-10", "--scheduler", "nonsense://x"], 1, "nonsense://x"),
    ],
)
def test_bad_input_is_refused_with_the_reason_and_changes_nothing_on_disk(
    call, home, candle_file, words, code, told
):
    answer = call("train", "--data", candle_file, *words)
    assert answer.code == code
    assert told in " ".join(answer.err.split())
    assert "Traceback" not in answer.err
    assert "Saved" not in answer.out
    assert not home.exists()


def test_a_missing_file_is_an_error_in_json_too(call, home):
    answer = call("train", "--data", "nowhere.csv", "--json")
    assert (answer.code, answer.err) == (1, "")
    assert answer.json["error"]["type"] == "BadMarketData"
    assert "nowhere.csv" in answer.json["error"]["message"]
    assert not home.exists()


def test_simulated_candles_never_pass_for_a_real_symbol(call, home):
    answer = call("train", "BTCUSDT", "--simulated")
    assert answer.code == 2
    assert "SIMUSDT" in answer.err
    assert not home.exists()


def test_ctrl_c_keeps_the_finished_trials_and_the_same_command_goes_on(call, home, training_words):
    words = [str(word) for word in training_words]
    words[words.index("--trials") + 1] = "500"
    process = subprocess.Popen(
        [sys.executable, "-m", "mlwidgets", *words, "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "MLWIDGETS_WORKERS": "1"},
    )  # fmt: skip
    _wait_for_a_finished_trial(home / "data" / "mlwidgets.db", process)
    os.kill(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    error = json.loads(out)["error"]
    done = error["details"]["trialsDone"]
    assert error["type"] == "Interrupted"
    assert f"{done} of 500 trials" in error["message"]
    assert "mlwidgets train" in error["details"]["continueWith"]
    assert not list((home / "models").glob("*.json"))

    words[words.index("--trials") + 1] = str(done + 1)
    resumed = call(*words, "--json")
    assert resumed.code == 0, resumed.err
    assert resumed.json["search"]["finishedEarlier"] >= done
    assert resumed.json["saved"]["model"]["version"] == "1.0.0"


def _wait_for_a_finished_trial(database: Path, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + 120
    while not _finished_trials(database):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline, "no trial was finished"
        time.sleep(0.05)


def _finished_trials(database: Path) -> int:
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            query = "select count(*) from trials where state = 'COMPLETE'"
            return connection.execute(query).fetchone()[0]
    except sqlite3.Error:
        return 0
