"""`mlwidgets models`."""

import shutil

import pytest


@pytest.fixture
def twice(call, trained, training_words):
    """A home with 1.0.1 in production and 1.0.0 in the archive."""
    models = trained.home / "models"
    pair = (models / "BTCUSDT_LSTM_1.0.0.json", models / "BTCUSDT_LSTM_1.0.0.meta.json")
    assert call("models", "import", *pair).code == 0
    return models


def test_the_list_shows_production_and_on_demand_the_archive(call, twice):
    short, long = call("models"), call("models", "list", "--all")
    assert "1.0.1" in short.out
    assert "1 model in the archive" in short.out
    assert "1.0.0" not in short.out
    assert "archived" in long.out
    document = call("models", "--json").json
    assert [meta["version"] for meta in document["models"]] == ["1.0.1"]
    assert [meta["version"] for meta in document["archived"]] == ["1.0.0"]


def test_an_empty_folder_says_how_to_fill_it(call, home):
    answer = call("models")
    assert answer.code == 0
    assert "mlwidgets train BTCUSDT" in answer.out
    assert not home.exists()


def test_a_model_is_shown_with_all_that_is_known(call, twice):
    answer = call("models", "show", "btc/usdt", "lstm")
    assert answer.code == 0
    for text in ("1.0.1, production", "1 hour ahead", "Directions right", "Hidden size", "SHA-256"):
        assert text in answer.out
    archived = call("models", "show", "BTCUSDT", "LSTM", "1.0.0", "--json").json
    assert (archived["state"], archived["model"]["version"]) == ("archived", "1.0.0")


def test_an_archived_version_can_be_restored(call, twice):
    answer = call("models", "restore", "BTCUSDT", "LSTM", "1.0.0")
    assert answer.code == 0
    assert "1.0.0 is production" in answer.out
    assert call("models", "--json").json["models"][0]["version"] == "1.0.0"


def test_deleting_is_confirmed_and_may_name_a_successor(call, twice):
    words = ("models", "delete", "BTCUSDT", "LSTM", "1.0.1", "--successor", "1.0.0")
    assert call(*words).code == 2
    assert (twice / "BTCUSDT_LSTM_1.0.1.json").is_file()
    answer = call(*words, "--yes")
    assert answer.code == 0
    assert "1.0.0 is production" in answer.out
    assert not (twice / "BTCUSDT_LSTM_1.0.1.json").exists()


def test_problems_are_listed_with_their_remedy(call, twice):
    (twice / "notes.txt").write_text("mine")
    shutil.copy(twice / "archive" / "BTCUSDT_LSTM_1.0.0.json", twice / "BTCUSDT_LSTM_1.0.1.json")
    answer = call("models", "problems")
    assert answer.code == 0
    assert "notes.txt" in answer.out
    assert "What to do" in answer.out
    problems = call("models", "problems", "--json").json["problems"]
    assert {"file", "what", "remedy"} == set(problems[0])
    assert "problem" in call("models").err


def test_a_folder_without_problems_says_so(call, trained):
    assert "Nothing is wrong" in call("models", "problems").out


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["show", "XRPUSDT", "LSTM"], 1, "XRPUSDT LSTM"),
        (["restore", "BTCUSDT", "LSTM", "9.9.9"], 1, "9.9.9"),
        (["restore", "BTCUSDT", "LSTM", "newest"], 1, "newest"),
        (["delete", "BTCUSDT", "LSTM", "9.9.9", "--yes"], 1, "9.9.9"),
        (["delete", "BTCUSDT", "GRU", "1.0.0", "--yes"], 2, "GRU"),
        (["import", "a.json", "b.meta.json"], 1, "a.json cannot be read"),
        (["frobnicate"], 2, "frobnicate"),
    ],
)
def test_what_is_not_there_changes_nothing(call, trained, words, code, told):
    models = trained.home / "models"
    before = {path: path.read_bytes() for path in models.rglob("*") if path.is_file()}
    answer = call("models", *words)
    assert answer.code == code
    assert told in answer.err
    assert {path: path.read_bytes() for path in models.rglob("*") if path.is_file()} == before


def test_a_foreign_pair_is_refused(call, trained, tmp_path):
    for name in ("weights.json", "weights.meta.json"):
        (tmp_path / name).write_text("{}")
    answer = call("models", "import", tmp_path / "weights.json", tmp_path / "weights.meta.json")
    assert answer.code == 1
    assert len(list((trained.home / "models").glob("*.json"))) == 2
