"""Commands that save a model find out whether they can before they work for it."""

import pytest


@pytest.mark.parametrize(
    "words", [["train", "--trials", 1], ["compare"], ["demo", "--simulated", "--trials", 1]]
)
def test_nothing_is_searched_or_trained_where_no_model_can_be_saved(call, home, candle_file, words):
    (home / "models").mkdir(parents=True)
    (home / "models" / ".registry").write_text("a file of somebody's")
    data = [] if words[0] == "demo" else ["--data", candle_file]

    answer = call(*words, *data)

    assert answer.code == 1
    told = " ".join(answer.err.split())
    assert "a file stands where a folder should; move it away or use another folder" in told
    assert "Searching" not in told
    assert "Training" not in told
    assert sorted(path.name for path in home.rglob("*")) == [".registry", "models"]
