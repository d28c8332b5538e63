"""`mlwidgets evaluate`."""

import pytest

from mlwidgets.market.loopback import LoopbackExchange
from mlwidgets.market.simulator import simulate_market


def test_a_backtest_measures_and_saves_nothing(call, home, small):
    answer = call("evaluate", "--simulated", "--history", "46d", *small)
    assert answer.code == 0, answer.err
    text = answer.flat()
    assert "simulated: no real market" in text
    assert "a perfect forecast would call" in text
    assert "Not saved" in text
    assert not home.exists()


def test_its_json_holds_every_metric_and_the_verdict(call, home, small):
    answer = call("evaluate", "--simulated", "--history", "46d", *small, "--json")
    assert answer.code == 0, answer.err
    document = answer.json
    assert document["saved"] is None
    assert document["production"] is None
    assert document["candles"]["source"] == "simulated"
    assert {"mae", "rmse", "mape", "r2Score", "directionalAccuracy", "winkler"} <= set(
        document["report"]["metrics"]
    )
    assert document["verdict"]["kind"]
    assert document["report"]["window"]["start"] == "2024-02-10T00:00:00+00:00"
    assert not home.exists()


def test_the_candidate_stands_beside_production_and_replaces_it_only_with_save(
    call, trained, candle_file, small
):
    words = ("evaluate", "--data", candle_file, *small)
    text = call(*words).flat()
    assert "Production is 1.0.0" in text
    assert "On the same" in text
    assert call("models", "--json").json["models"][0]["version"] == "1.0.0"
    saved = call(*words, "--save").flat()
    assert "Saved BTCUSDT LSTM 1.0.1" in saved
    assert "mlwidgets models restore BTCUSDT LSTM 1.0.0" in saved


def test_a_configuration_may_start_from_the_production_models(call, trained, candle_file, small):
    production = call("models", "show", "BTCUSDT", "LSTM", "--json").json["model"]["config"]
    answer = call(
        "evaluate", "--data", candle_file, "--config", "production", "--epochs", 1, *small[-2:],
        "--json",
    )  # fmt: skip
    assert answer.json["report"]["spec"]["config"] == {**production, "epochs": 1}


def test_a_production_model_of_another_horizon_is_not_compared(call, trained, candle_file, small):
    text = call("evaluate", "--data", candle_file, "--horizon", "4h", *small).flat()
    assert "The production model is not compared: it forecasts 1h ahead" in text


def test_a_damaged_production_model_is_named_and_stops_nothing(call, trained, candle_file, small):
    meta = trained.home / "models" / "BTCUSDT_LSTM_1.0.0.meta.json"
    meta.write_text("{")
    answer = call("evaluate", "--data", candle_file, *small)
    assert answer.code == 0, answer.err
    assert meta.name in answer.flat()


def test_gaps_in_the_candles_are_counted_and_reported(call, home, small, tmp_path):
    candles = simulate_market("1h", periods=1104, seed=3).candles
    holed = candles.drop(candles.index[[400, 401, 600]])
    holed.reset_index().assign(timestamp=lambda rows: rows["time"].astype("int64")).drop(
        columns="time"
    ).to_csv(tmp_path / "BTCUSDT_1h.csv", index=False)
    options = ("BTCUSDT", "--data", tmp_path / "BTCUSDT_1h.csv", *small)
    assert "3 missing in 2 gaps" in call("evaluate", *options).flat()
    assert call("evaluate", *options, "--json").json["candles"]["missing"] == 3


def test_candles_come_from_the_exchange_once_and_from_the_store_afterwards(
    call, home, small, monkeypatch
):
    candles = simulate_market("1h", periods=46 * 24, seed=3).candles
    words = ("evaluate", "btc/usdt", "--start", "2024-01-01", "--end", "2024-02-16", *small)
    with LoopbackExchange({("BTCUSDT", "1h"): candles}) as exchange:
        monkeypatch.setenv("MLWIDGETS_EXCHANGE_URL", exchange.url)
        online = call(*words, "--json")
    offline = call(*words, "--offline", "--json")
    assert (online.code, offline.code) == (0, 0), online.err + offline.err
    assert online.json["candles"]["source"] == "binance"
    assert online.json["report"]["metrics"] == offline.json["report"]["metrics"]


def test_offline_without_stored_candles_says_what_to_do_in_the_command_lines_words(call, home):
    answer = call("evaluate", "BTCUSDT", "--offline")
    assert answer.code == 1
    assert "without --offline" in answer.err
    assert "offline=True" not in answer.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--hidden-size", "0"], "hidden_size"),
        (["--config", "{}", "--learning-rate", "-1"], "learning_rate"),
        (["--kernel-size", "30"], "kernel_size must not exceed sequence_length"),
        (["--refit-every", "1s"], "1s"),
        (["--config", "production"], "BTCUSDT"),
    ],
)
def test_a_configuration_that_makes_no_sense_is_refused(call, home, candle_file, words, told):
    answer = call("evaluate", "--data", candle_file, "--test-start", "2024-02-10", *words)
    assert answer.code == 1
    assert told in " ".join(answer.err.split())
    assert not home.exists()
