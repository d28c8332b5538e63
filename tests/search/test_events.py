import json

from mlwidgets.forecast.spec import ModelConfig
from mlwidgets.search.events import FoldScored, SearchStarted, TrialFinished
from mlwidgets.search.progress import ProgressMeter
from mlwidgets.search.scores import FoldScore

CONFIG = ModelConfig(hidden_size=24)


def test_a_meter_counts_the_folds_that_pruning_spares_and_those_of_earlier_runs() -> None:
    meter = ProgressMeter(10, 5)
    meter.count_earlier()
    meter.resume(1, 2)
    begun = meter.progress()
    assert (begun.trials_done, begun.folds_settled, begun.n_folds) == (1, 7, 50)
    assert (begun.folds_done, begun.eta_seconds) == (0, None)
    meter.count_fold(1)
    meter.count_trial(1)
    pruned = meter.progress()
    assert (pruned.trials_done, pruned.folds_settled, pruned.folds_done) == (2, 10, 1)
    assert pruned.eta_seconds is not None


def test_events_are_json_with_the_words_of_a_page() -> None:
    meter = ProgressMeter(10, 5)
    meter.offer(3, 0.5, CONFIG)
    progress = meter.progress()
    score = FoldScore(loss=0.5, metrics={"directional_accuracy": 0.6}, epochs=4, seconds=1.5)
    fold = FoldScored(3, 0, 5, score, progress).to_json()
    trial = TrialFinished(3, "FAIL", None, CONFIG, "diverged", 1.5, progress).to_json()
    assert fold == {
        "number": 3, "fold": 0, "nFolds": 5, "loss": 0.5, "epochs": 4, "seconds": 1.5,
        "metrics": {"directionalAccuracy": 0.6},
    }  # fmt: skip
    assert trial["config"]["hiddenSize"] == 24
    assert (trial["state"], trial["value"], trial["reason"]) == ("FAIL", None, "diverged")
    assert SearchStarted(progress).to_json() == {"trialsDone": 0, "nTrials": 10}
    whole = progress.to_json()
    assert whole["bestConfig"]["hiddenSize"] == 24
    assert json.loads(json.dumps([fold, trial, whole])) == [fold, trial, whole]
