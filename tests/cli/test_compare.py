"""`mlwidgets compare`."""


def test_both_models_stand_side_by_side_and_are_saved(call, home, candle_file, small):
    answer = call("compare", "--data", candle_file, *small)
    assert answer.code == 0, answer.err
    text = answer.flat()
    assert "LSTM HYBRID Last value" in text
    assert "✓" in text
    assert "errors of" in text
    for kind in ("LSTM", "HYBRID"):
        assert f"Saved BTCUSDT {kind} 1.0.0" in text
        assert (home / "models" / f"BTCUSDT_{kind}_1.0.0.json").is_file()


def test_each_starts_from_its_production_models_configuration(call, trained, candle_file):
    production = call("models", "show", "BTCUSDT", "LSTM", "--json").json["model"]["config"]
    words = ("--epochs", 1, "--test-start", "2024-02-12", "--json")
    document = call("compare", "--data", candle_file, *words).json
    configs = {kind: one["spec"]["config"] for kind, one in document["reports"].items()}
    assert configs["LSTM"] == {**production, "epochs": 1}
    assert configs["HYBRID"]["hiddenSize"] == 32
    assert document["saved"]["LSTM"]["replaced"] == "1.0.0"
    assert document["saved"]["HYBRID"]["replaced"] is None
    assert set(document["difference"]) == {"statistic", "pValue"}


def test_models_that_learnt_nothing_are_said_to_be_the_same(call, home, candle_file, small):
    answer = call("compare", "--data", candle_file, *small, "--learning-rate", "1e-15")
    assert answer.code == 0, answer.err
    text = answer.flat()
    assert "LSTM. Training: nothing was learnt" in text
    assert "Direction: it called none" in text
    assert "The errors of the two are the same" in text
    assert "✓" not in text


def test_a_window_outside_the_candles_saves_neither(call, home, candle_file):
    answer = call("compare", "--data", candle_file, "--test-start", "2031-01-01")
    assert answer.code == 1
    assert "outside the data" in answer.err
    assert not home.exists()
