import pandas as pd
import pytest

from mlwidgets.cluster import open_cluster
from mlwidgets.errors import (
    Cancelled,
    ClusterUnavailable,
    MlwidgetsError,
    ModelMismatch,
    NotEnoughCandles,
    SpecError,
)  # fmt: skip
from mlwidgets.evaluation.backtest import BacktestProgress, backtest
from mlwidgets.forecast.spec import ModelSpec
from mlwidgets.market.simulator import simulate_market
from mlwidgets.search.events import SearchEvent, TrialFinished
from mlwidgets.search.optimize import SearchResult, optimize
from mlwidgets.search.ranges import FloatRange, IntRange
from mlwidgets.search.space import SearchSpace

SPACE = SearchSpace(
    hidden_size=IntRange(4, 8), sequence_length=IntRange(4, 8),
    learning_rate=FloatRange(1e-3, 1e-2), epochs=2, num_layers=1, batch_size=256,
)  # fmt: skip
SPEC = ModelSpec(symbol="SIMUSDT", model_type="LSTM")


@pytest.fixture(scope="module")
def candles() -> pd.DataFrame:
    return simulate_market("1h", periods=3000, seed=8).candles


@pytest.fixture(scope="module")
def storage(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite:///{tmp_path_factory.mktemp('studies') / 'studies.db'}"


@pytest.fixture(scope="module")
def result(candles: pd.DataFrame, storage: str) -> SearchResult:
    return optimize(SPEC, candles, n_trials=4, n_folds=2, space=SPACE, storage=storage)


def test_the_best_trial_is_trained_on_all_before_the_window_and_measured_in_it(
    result: SearchResult, candles: pd.DataFrame
) -> None:
    assert len(result.trials) == 4
    assert result.best_value == result.trials["value"].min()
    best = result.trials["value"].idxmin()
    assert result.best_spec.config.hidden_size == result.trials.loc[best, "hidden_size"]
    start = result.report.predictions.index[0]
    assert (
        result.model.meta.trained_until
        == candles.index[candles.index < start][-1].timestamp() * 1e3
    )
    alone = backtest(result.best_spec, candles, start=start.to_pydatetime())
    assert alone.metrics == result.report.metrics


def test_the_search_never_sees_the_test_window(
    result: SearchResult, candles: pd.DataFrame, tmp_path: object
) -> None:
    changed = candles.copy()
    inside = changed.index >= result.report.predictions.index[0]
    changed.loc[inside, ["open", "high", "low", "close"]] *= 3
    other = optimize(
        SPEC, changed, n_trials=4, n_folds=2, space=SPACE, storage=f"sqlite:///{tmp_path}/other.db"
    )
    assert other.study_name == result.study_name
    assert other.trials["value"].tolist() == result.trials["value"].tolist()
    assert other.model.to_artifact().digest() == result.model.to_artifact().digest()
    assert other.report.metrics != result.report.metrics


def test_the_same_call_returns_at_once_and_more_trials_extend_it(
    result: SearchResult, candles: pd.DataFrame, storage: str
) -> None:
    events: list[SearchEvent] = []
    options = {"n_folds": 2, "space": SPACE, "storage": storage, "on_event": events.append}
    again = optimize(SPEC, candles, n_trials=4, **options)  # type: ignore[arg-type]
    assert not any(isinstance(event, TrialFinished) for event in events)
    pd.testing.assert_frame_equal(again.trials, result.trials)
    more = optimize(SPEC, candles, n_trials=5, **options)  # type: ignore[arg-type]
    assert sum(isinstance(event, TrialFinished) for event in events) == 1
    assert len(more.trials) == 5


def test_a_given_client_a_limit_and_an_owner_change_no_number(
    result: SearchResult, candles: pd.DataFrame, tmp_path: object
) -> None:
    seen: list[BacktestProgress] = []
    with open_cluster() as client:
        again = optimize(
            SPEC, candles, n_trials=4, n_folds=2, space=SPACE, client=client, workers=1,
            storage=f"sqlite:///{tmp_path}/x.db", owner="job 1", on_progress=seen.append,
        )  # fmt: skip
    assert again.study_name == result.study_name
    assert again.trials["value"].tolist() == result.trials["value"].tolist()
    assert again.report.metrics == result.report.metrics
    assert again.model.to_artifact().digest() == result.model.to_artifact().digest()
    assert seen[0].epoch.epoch == 1


def test_a_learning_rate_that_explodes_fails_its_trials_and_the_search_goes_on(
    candles: pd.DataFrame, storage: str
) -> None:
    space = SPACE.replace(learning_rate=[1e-3, 1000.0])
    found = optimize(SPEC, candles, n_trials=6, n_folds=2, space=space, storage=storage)
    exploded = found.trials["learning_rate"] == 1000.0
    assert exploded.any()
    assert set(found.trials.loc[exploded, "state"]) == {"FAIL"}
    assert found.trials.loc[exploded, "reason"].str.contains("lower the learning rate").all()
    assert found.best_spec.config.learning_rate == 1e-3


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"n_trials": 0}, SpecError, "n_trials"),
        ({"n_folds": 0}, SpecError, "n_folds"),
        ({"n_folds": 100}, NotEnoughCandles, "Use fewer folds"),
        ({"test_start": "2031-01-01"}, SpecError, "outside the data"),
        ({"device": "mps"}, SpecError, "use one of: cpu, cuda"),
        ({"device": "cuda"}, ClusterUnavailable, "holds a GPU"),
        ({"should_stop": lambda: True}, Cancelled, "run it again to go on"),
    ],
)
def test_what_makes_no_search_is_refused(
    candles: pd.DataFrame, tmp_path: object, options: dict[str, object],
    error: type[MlwidgetsError], message: str,
) -> None:  # fmt: skip
    options = {"n_trials": 2, "n_folds": 2, "space": SPACE, **options}
    with pytest.raises(error, match=message):
        optimize(SPEC, candles, storage=f"sqlite:///{tmp_path}/x.db", **options)  # type: ignore[arg-type]


def test_candles_of_another_symbol_are_refused(candles: pd.DataFrame) -> None:
    with pytest.raises(ModelMismatch, match="candles are of SIMUSDT"):
        optimize(SPEC.replace(symbol="BTCUSDT"), candles)
