from mlwidgets.jobs.meter import JobMeter, stage_lengths
from mlwidgets.jobs.requests import CompareRequest, TrainRequest

LENGTHS = {"candles": 10.0, "search": 80.0, "training": 10.0}


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_stages_add_up_to_one_bar() -> None:
    meter, fractions = JobMeter(LENGTHS), []
    for stage in ("candles", "search", "training"):
        meter.enter(stage)
        for share in (0.5, 1.0):
            meter.advance(share)
            fractions.append(meter.progress().fraction)
    meter.enter("done")

    assert fractions == [0.05, 0.1, 0.5, 0.9, 0.95, 1.0]
    assert meter.progress().fraction == 1.0


def test_the_bar_never_falls() -> None:
    meter = JobMeter(LENGTHS)
    meter.enter("search")
    meter.advance(0.75)
    meter.advance(0.5)
    meter.enter("candles")

    assert meter.progress().fraction == 0.7


def test_the_time_left_follows_the_pace_of_the_stage() -> None:
    clock = Clock()
    meter = JobMeter(LENGTHS, clock)
    meter.enter("candles")
    clock.now = 100.0
    meter.enter("search")
    assert meter.progress().eta_seconds is None
    clock.now = 110.0
    meter.advance(0.5)

    assert meter.progress().eta_seconds == 12.5
    assert meter.progress().elapsed_seconds == 110.0


def test_what_an_earlier_attempt_did_tells_nothing_of_the_pace() -> None:
    clock = Clock()
    meter = JobMeter(LENGTHS, clock)
    meter.enter("search")
    meter.take_up(0.5)
    clock.now = 10.0
    meter.advance(0.75)

    assert round(meter.progress().eta_seconds, 6) == 15.0


def test_facts_stay_until_they_change_and_epochs_are_of_their_stage() -> None:
    meter = JobMeter(LENGTHS)
    meter.enter("training")
    meter.advance(0.5, trials_done=3, epoch=5, epochs=10)
    meter.enter("measuring")

    progress = meter.progress()
    assert (progress.trials_done, progress.epoch, progress.epochs) == (3, None, None)
    assert progress.fraction == 0.95


def test_a_stage_that_a_kind_does_not_have_takes_no_time() -> None:
    assert stage_lengths(CompareRequest(symbol="BTCUSDT"), 2)["search"] == 0
    train = TrainRequest(symbol="BTCUSDT", model_type="LSTM", n_trials=10, n_folds=4)
    assert stage_lengths(train, 4)["search"] == 10
