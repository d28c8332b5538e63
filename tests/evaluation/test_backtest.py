import numpy as np
import pandas as pd
import pytest

from mlwidgets.errors import (
    Cancelled,
    MlwidgetsError,
    ModelMismatch,
    NotEnoughCandles,
    SpecError,
)  # fmt: skip
from mlwidgets.evaluation.backtest import BacktestProgress, backtest
from mlwidgets.evaluation.baselines import BASELINES
from mlwidgets.evaluation.report import BacktestReport
from mlwidgets.forecast.spec import ModelConfig, ModelSpec
from mlwidgets.market.simulator import simulate_market

CONFIG = ModelConfig(hidden_size=8, sequence_length=8, learning_rate=5e-3, epochs=2, batch_size=128)
SPEC = ModelSpec(symbol="SIMUSDT", model_type="LSTM", horizon="2h", config=CONFIG)


@pytest.fixture(scope="module")
def candles() -> pd.DataFrame:
    return simulate_market("1h", periods=2600, seed=3).candles


@pytest.fixture(scope="module")
def report(candles: pd.DataFrame) -> BacktestReport:
    return backtest(SPEC, candles)


def test_the_default_window_is_the_last_30_days_of_known_targets(
    report: BacktestReport, candles: pd.DataFrame
) -> None:
    rows = report.predictions
    assert len(rows) == 720 == report.metrics.origins
    assert rows.index[-1] == candles.index[-3]
    assert rows["actual"].notna().all()
    assert report.model.meta.trained_until < rows.index[0].value // 1_000_000


def test_candles_in_the_window_change_neither_the_model_nor_earlier_forecasts(
    candles: pd.DataFrame, report: BacktestReport
) -> None:
    later = candles.index > report.predictions.index[400]
    changed = candles.copy()
    changed.loc[later, ["open", "high", "low", "close"]] *= np.linspace(1.2, 0.7, later.sum())[
        :, None
    ]
    changed.loc[later, "high"] *= 1.001
    again = backtest(SPEC, changed)
    assert again.model.to_artifact().digest() == report.model.to_artifact().digest()
    known_then = ["close", "predicted", "lower", "upper", "probability_up", "scale", "regime"]
    pd.testing.assert_frame_equal(
        again.predictions[known_then].iloc[:401], report.predictions[known_then].iloc[:401]
    )
    assert (
        not again.predictions["predicted"]
        .iloc[401:]
        .equals(report.predictions["predicted"].iloc[401:])
    )


def test_it_repeats_bit_for_bit(candles: pd.DataFrame, report: BacktestReport) -> None:
    again = backtest(SPEC, candles)
    assert again.metrics == report.metrics
    pd.testing.assert_frame_equal(again.predictions, report.predictions, check_exact=True)


def test_actual_is_the_close_at_the_target(report: BacktestReport, candles: pd.DataFrame) -> None:
    rows = report.predictions
    np.testing.assert_allclose(
        rows["actual"], candles["close"].loc[rows["target_time"]].to_numpy(), rtol=1e-12
    )
    assert ((rows["target_time"] - rows.index) == pd.Timedelta("2h")).all()


def test_baselines_are_measured_on_the_same_origins(
    report: BacktestReport, candles: pd.DataFrame
) -> None:
    assert tuple(report.baselines) == BASELINES
    assert {metrics.origins for metrics in report.baselines.values()} == {720}
    rows = report.predictions
    error = np.abs(rows["actual"] - rows["close"]).mean()
    assert report.baselines["last_value"].mae == pytest.approx(error)
    past = candles["close"].shift(2).loc[rows.index]
    up, rose = rows["close"] > past, rows["actual"] > rows["close"]
    assert report.baselines["momentum"].directional_accuracy == pytest.approx((up == rose).mean())
    assert report.baselines["reversal"].directional_accuracy == pytest.approx((up != rose).mean())
    assert report.baselines["always_up"].directional_accuracy == pytest.approx(rose.mean())


def test_the_metrics_are_scikit_learns(report: BacktestReport) -> None:
    from sklearn import metrics

    actual, predicted = report.predictions["actual"], report.predictions["predicted"]
    assert report.metrics.mae == pytest.approx(
        metrics.mean_absolute_error(actual, predicted), abs=1e-12 * actual.mean()
    )
    assert report.metrics.r2_score == pytest.approx(metrics.r2_score(actual, predicted), abs=1e-12)


def test_the_models_meta_carries_what_was_measured(report: BacktestReport) -> None:
    meta = report.model.meta
    assert meta.accuracy == report.metrics.directional_accuracy
    assert meta.metrics["winkler"] == report.metrics.winkler
    assert meta.metrics["r2Score"] == report.metrics.r2_score


def test_refitting_trains_again_on_all_that_lies_before(candles: pd.DataFrame) -> None:
    seen: list[BacktestProgress] = []
    report = backtest(SPEC, candles, refit_every="10d", on_progress=seen.append)
    assert report.refits == 2
    assert {(p.fit, p.fits) for p in seen} == {(1, 3), (2, 3), (3, 3)}
    last = report.predictions.index[0] + pd.Timedelta(days=20)
    assert report.model.meta.trained_until == (last - pd.Timedelta("1h")).value // 1_000_000
    assert report.metrics.origins == 720


def test_a_gap_in_the_window_costs_only_the_origins_near_it(candles: pd.DataFrame) -> None:
    report = backtest(SPEC, candles.drop(candles.index[-300]), start=candles.index[-700])
    lost = 1 + 24 + 7 + 2  # the candle, features' look-back, the window, targets over the gap
    assert report.metrics.origins == 700 - 2 - lost


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"start": "2030-01-01"}, SpecError, "outside the data"),
        ({"start": "2020-01-01"}, SpecError, "outside the data"),
        ({"start": "2024-04-01", "end": "2024-03-30"}, SpecError, "is not after its start"),
        ({"start": "2024-03-30 00:10", "end": "2024-03-30 00:20"}, SpecError, "No origin"),
        ({"start": "yesterday-ish"}, SpecError, "is no date"),
        ({"start": "2024-01-12"}, NotEnoughCandles, "training needs 400"),
        ({"refit_every": "90m"}, SpecError, "no whole number of 1h candles"),
        ({"refit_every": "1h"}, SpecError, "more than 500 times"),
        ({"coverage": 1.5}, SpecError, "Coverage"),
        ({"coverage": 0.9999}, SpecError, "between 0.5 and 0.99"),
        ({"coverage": "x"}, SpecError, "between 0.5 and 0.99"),
        ({"seed": -1}, SpecError, "The seed must be"),
        ({"seed": 2**70}, SpecError, "The seed must be"),
        ({"seed": 1.5}, SpecError, "The seed must be"),
        ({"device": "tpu"}, SpecError, "Device 'tpu' is not available here; use one of: cpu"),
        ({"refit_every": "foo"}, SpecError, "The time between refits, 'foo' is no duration"),
        ({"should_stop": lambda: True}, Cancelled, "nothing was kept"),
    ],
)
def test_what_makes_no_backtest_is_refused(
    candles: pd.DataFrame, options: dict[str, object], error: type[MlwidgetsError], message: str
) -> None:
    with pytest.raises(error, match=message):
        backtest(SPEC, candles, **options)  # type: ignore[arg-type]


def test_candles_of_a_longer_timeframe_without_a_label_are_refused(candles: pd.DataFrame) -> None:
    sparse = candles.iloc[::4].copy()
    sparse.attrs.clear()
    with pytest.raises(ModelMismatch, match="4 hours apart"):
        backtest(SPEC, sparse)


def test_what_is_no_spec_is_refused(candles: pd.DataFrame) -> None:
    with pytest.raises(SpecError, match="must be a ModelSpec, not dict"):
        backtest({"symbol": "SIMUSDT"}, candles)  # type: ignore[arg-type]


def test_candles_of_another_symbol_are_refused(candles: pd.DataFrame) -> None:
    with pytest.raises(ModelMismatch, match="candles are of SIMUSDT"):
        backtest(SPEC.replace(symbol="BTCUSDT"), candles)
