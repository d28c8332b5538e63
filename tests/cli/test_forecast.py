"""`mlwidgets forecast`."""

import pytest


def test_a_forecast_shows_price_interval_confidence_regime_and_target_time(
    call, trained, candle_file
):
    answer = call("forecast", "--data", candle_file)
    assert answer.code == 0, answer.err
    for label in ("Last price", "In 1 hour", "90 % interval", "Confidence", "Regime"):
        assert label in answer.out
    assert "2024-02-16 01:00 UTC" in answer.out
    assert "LSTM 1.0.0" in answer.out
    assert "this is a forecast from then" in answer.err


def test_its_json_holds_one_forecast_a_saved_model(call, trained, candle_file):
    document = call("forecast", "BTCUSDT", "--data", candle_file, "--json").json
    (forecast,) = document["forecasts"]
    assert forecast["modelType"] == "LSTM"
    assert forecast["lower"] < forecast["price"] < forecast["upper"]
    assert forecast["origin"] == "2024-02-15T23:00:00Z"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["ETHUSDT", "--offline"], "There is no model of ETHUSDT"),
        (["BTCUSDT", "--offline", "--model", "hybrid"], "BTCUSDT HYBRID"),
        (["BTCUSDT", "--offline", "--model", "LSTM", "--model-version", "3.1.4"], "3.1.4"),
        (["BTCUSDT", "--offline"], "without --offline"),
        (["BTCUSDT", "--offline", "--timeframe", "4h"], "4h"),
    ],
)
def test_what_cannot_be_forecast_is_refused_with_the_reason(call, trained, words, told):
    answer = call("forecast", *words)
    assert answer.code == 1
    assert told in " ".join(answer.err.split())
