"""The tab Evaluate: what it opens with, what can be saved, and when it asks first."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from mlwidgets.components.evaluation.state import EvaluateState
from mlwidgets.dashboards.sources import Sources
from mlwidgets.errors import StorageError
from mlwidgets.evaluation.report import BacktestReport
from mlwidgets.forecast.spec import ModelConfig
from mlwidgets.jobs.candidate import Candidate
from mlwidgets.jobs.records import JobFailure
from mlwidgets.jobs.requests import EvaluateRequest, LoadedCandles
from mlwidgets.jobs.standing import judge, stand
from mlwidgets.jobs.store import JobStore

CONFIG = ModelConfig(hidden_size=4, sequence_length=6, epochs=2, learning_rate=0.02)
Open = Callable[[], EvaluateState]
Measure = Callable[..., Candidate]
BETTER = {"verdict": {"kind": "better_than_chance", "text": "", "needed": None},
          "production": None}  # fmt: skip
BY_CHANCE = {"verdict": {"kind": "no_better_than_chance", "text": "", "needed": None},
             "production": None}  # fmt: skip


OUT_OF_REACH = "The database is out of reach."


def out_of_reach(*_: Any, **__: Any) -> Any:
    raise StorageError(OUT_OF_REACH)


def blocked(state: EvaluateState) -> str:
    return state.blocked


def versions(sources: Sources) -> list[str]:
    return [meta.version for meta in sources.models.production()]


def test_an_empty_home_offers_the_defaults_and_the_last_30_whole_days(tab_state: Open) -> None:
    state = tab_state()
    asyncio.run(state.load())

    assert state.origin == "defaults"
    assert state.config.config == ModelConfig()
    assert (state.window.values["start"], state.window.values["end"]) == (
        "2024-01-17", "2024-02-15"
    )  # fmt: skip
    assert str(state.window.end) == "2024-02-16 00:00:00+00:00"
    assert state.blocked == "first"


def test_the_form_opens_with_the_production_models_parameters(
    tab_state: Open, sources: Sources, report: BacktestReport
) -> None:
    sources.models.save(report.model)

    state = tab_state()
    state.config.edit("epochs", "9")
    state.use_production()

    assert state.origin == "production"
    assert state.config.config == report.spec.config


@pytest.mark.parametrize("end", ["running", "measured"])
def test_a_reload_finds_the_parameters_of_a_backtest_that_is_not_done_with(
    tab_state: Open, sources: Sources, measure: Measure, end: str
) -> None:
    if end == "running":
        request = EvaluateRequest(symbol="BTCUSDT", model_type="LSTM",
                                  config=ModelConfig(epochs=7), refit_every="2d")  # fmt: skip
        sources.jobs.claim(sources.jobs.create(request).id, "here")
    else:
        measure(config=ModelConfig(epochs=7), refit_every="2d")

    state = tab_state()

    assert state.origin == "backtest"
    assert state.config.config == ModelConfig(epochs=7)
    assert state.window.refit_every == "2d"


def test_only_what_was_measured_with_the_shown_parameters_can_be_saved(
    tab_state: Open, measure: Measure
) -> None:
    kept = measure(standing=BETTER)
    state = tab_state()
    assert (blocked(state), state.measured) == ("", kept)

    for name, value in (("hidden_size", "5"), ("dropout", "0.3"), ("epochs", "many")):
        before = state.config.values[name]
        state.config.edit(name, value)
        assert (blocked(state), state.measured) == ("changed", None), name
        assert state.shown == kept
        state.config.edit(name, before)

    state.window.edit("end", "2024-02-14")
    assert blocked(state) == "changed"
    state.window.edit("end", "2024-02-15")
    assert blocked(state) == ""


def test_a_backtest_of_another_horizon_counts_for_nothing(
    tab_state: Open, measure: Measure
) -> None:
    measure()
    state = tab_state()

    state.choice.horizon = "4h"

    assert (state.backtest, state.blocked) == (None, "first")


def test_nothing_is_saved_while_a_backtest_runs(
    tab_state: Open, sources: Sources, measure: Measure
) -> None:
    measure()
    sources.jobs.create(EvaluateRequest(symbol="BTCUSDT", model_type="LSTM"))
    state = tab_state()

    asyncio.run(state.save())

    assert state.blocked == "running"
    assert versions(sources) == []


def test_a_good_model_is_saved_at_once_and_only_once(
    tab_state: Open, sources: Sources, measure: Measure
) -> None:
    measure(standing=BETTER)
    state = tab_state()

    asyncio.run(state.save())
    asyncio.run(state.save())

    assert versions(sources) == ["1.0.0"]
    assert state.blocked == "saved"
    assert state.production is not None


def test_a_model_no_better_than_chance_is_saved_only_after_a_second_yes(
    tab_state: Open, sources: Sources, measure: Measure
) -> None:
    measure(standing=BY_CHANCE)
    state = tab_state()

    asyncio.run(state.save())
    assert state.asking == ("chance",)
    state.cancel_save()
    assert versions(sources) == []

    asyncio.run(state.save())
    asyncio.run(state.save())
    assert versions(sources) == ["1.0.0"]
    assert not state.asking


def test_worse_numbers_than_productions_on_the_same_forecasts_are_asked_about(
    tab_state: Open,
    sources: Sources,
    measure: Measure,
    candles: pd.DataFrame,
    report: BacktestReport,
    other_report: BacktestReport,
) -> None:
    sources.models.save(other_report.model)
    standing = stand(report, candles, sources.models, 0.9).to_json()
    standing["production"]["metrics"]["mae"] *= 0.9
    standing["production"]["metrics"]["directionalAccuracy"] = 0.7
    measure(report, standing | {"verdict": BETTER["verdict"]})
    state = tab_state()

    asyncio.run(state.save())

    assert state.asking == ("accuracy", "mae")
    assert versions(sources) == ["1.0.0"]


def test_a_model_that_somebody_saved_meanwhile_is_asked_about(
    tab_state: Open, sources: Sources, measure: Measure, other_report: BacktestReport
) -> None:
    measure(standing=BETTER)
    state = tab_state()
    sources.models.save(other_report.model)

    asyncio.run(state.save())

    assert state.asking == ("outdated",)
    assert state.production is not None


def test_what_somebody_else_saved_is_not_saved_again(
    tab_state: Open, sources: Sources, measure: Measure
) -> None:
    kept = measure(standing=BETTER)
    state = tab_state()
    sources.save(kept.id)

    asyncio.run(state.save())

    assert state.blocked == "saved"
    assert versions(sources) == ["1.0.0"]


def test_a_model_that_was_replaced_since_can_be_saved_again(
    tab_state: Open, sources: Sources, measure: Measure, other_report: BacktestReport
) -> None:
    kept = measure(standing=BETTER)
    state = tab_state()
    sources.save(kept.id)
    sources.models.save(other_report.model)

    state.refresh()
    assert blocked(state) == ""
    for _ in ("it is asked about", "yes"):
        asyncio.run(state.save())

    assert versions(sources) == ["1.0.0"]
    assert blocked(state) == "saved"


def test_a_yes_to_the_doubts_about_one_candidate_saves_no_other(
    tab_state: Open, sources: Sources, measure: Measure
) -> None:
    measure(standing=BY_CHANCE)
    measure(standing=BY_CHANCE, config=ModelConfig(epochs=7))
    state = tab_state()
    asyncio.run(state.save())
    assert state.asking

    state.config.fill(CONFIG)
    assert not state.asking
    asyncio.run(state.save())

    assert (state.asking, versions(sources)) == (("chance",), [])


def test_what_was_measured_anew_is_not_saved_before_it_was_seen(
    tab_state: Open, sources: Sources, measure: Measure, other_report: BacktestReport
) -> None:
    seen = measure(standing=BETTER)
    state = tab_state()
    newer = measure(other_report, BETTER)

    asyncio.run(state.save(seen.id))
    assert (state.measured, versions(sources)) == (newer, [])

    asyncio.run(state.save(newer.id))
    assert versions(sources) == ["1.0.0"]


def test_of_a_market_that_cannot_be_read_nothing_is_shown_of_the_one_before(
    tab_state: Open, measure: Measure, monkeypatch: pytest.MonkeyPatch
) -> None:
    measure(standing=BETTER)
    state = tab_state()
    asyncio.run(state.load())

    with monkeypatch.context() as patch:
        patch.setattr(JobStore, "list", out_of_reach)
        state.choice.symbol = "ETHUSDT"
        assert (state.problem, blocked(state)) == (OUT_OF_REACH, "first")
        assert (state.backtest, state.shown, state.charts) == (None, None, None)

    state.choice.symbol = "BTCUSDT"
    assert (state.problem, blocked(state)) == ("", "")


def test_charts_that_could_not_be_read_are_read_again(
    tab_state: Open, measure: Measure, monkeypatch: pytest.MonkeyPatch
) -> None:
    measure()
    state = tab_state()
    with monkeypatch.context() as patch:
        patch.setattr(state, "_read_charts", out_of_reach)
        asyncio.run(state.load())
        assert (state.problem, state.charts) == (OUT_OF_REACH, None)

    asyncio.run(state.load())

    assert state.problem == ""
    assert state.charts is not None


def test_another_candidates_charts_are_not_shown_meanwhile(
    tab_state: Open, measure: Measure
) -> None:
    measure()
    state = tab_state()
    asyncio.run(state.load())
    measure()

    state.refresh()

    assert state.charts is None


def test_run_submits_just_what_the_form_says(
    tab_state: Open, sources: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "submit", sources.jobs.create)  # no cluster takes it
    state = tab_state()
    asyncio.run(state.load())
    state.config.edit("hidden_size", "64")
    asked = state.request

    asyncio.run(state.run())
    asyncio.run(state.run())  # one at a time

    [job] = sources.jobs.list()
    assert job.request == asked
    assert job.request.candles == LoadedCandles(
        start=datetime(2022, 1, 17, tzinfo=UTC), offline=True
    )
    assert job.request.test_start == pd.Timestamp("2024-01-17", tz="UTC")
    assert state.backtest is not None
    assert state.backtest.at_work


def test_a_form_with_a_wrong_field_submits_nothing(tab_state: Open, sources: Sources) -> None:
    state = tab_state()
    state.config.edit("hidden_size", "0")

    asyncio.run(state.run())

    assert state.request is None
    assert sources.jobs.list() == []


def test_stop_cancels_the_running_backtest(tab_state: Open, sources: Sources) -> None:
    sources.jobs.create(EvaluateRequest(symbol="BTCUSDT", model_type="LSTM"))
    state = tab_state()

    asyncio.run(state.stop())

    assert state.backtest is not None
    assert state.backtest.job.state == "cancelled"


def test_a_refused_action_says_why(
    tab_state: Open, sources: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Any) -> Any:
        raise StorageError("The database is full; free some space.")

    monkeypatch.setattr(sources, "submit", refuse)
    state = tab_state()

    asyncio.run(state.run())

    assert state.problem == "The database is full; free some space."
    assert not state.busy


def test_a_failed_backtest_leaves_the_form_and_earlier_results(
    tab_state: Open, sources: Sources, measure: Measure
) -> None:
    kept = measure()
    job = sources.jobs.create(EvaluateRequest(symbol="BTCUSDT", model_type="LSTM"))
    sources.jobs.claim(job.id, "here").fail(JobFailure(type="X", message="Too few candles."))

    state = tab_state()

    assert state.shown == kept
    assert state.backtest is not None
    assert state.backtest.job.error is not None


def test_a_damaged_production_model_is_said_and_hides_nothing(
    tab_state: Open, sources: Sources, measure: Measure, home: Path, report: BacktestReport
) -> None:
    version = sources.models.save(report.model).version
    (home / "models" / f"BTCUSDT_LSTM_{version}.meta.json").write_text("{}")
    measure(standing=BETTER)

    state = tab_state()

    assert "BTCUSDT_LSTM_1.0.0.meta.json" in state.damage
    assert state.blocked == ""


def test_the_charts_draw_what_is_shown(
    tab_state: Open, measure: Measure, report: BacktestReport
) -> None:
    measure(standing=judge(report).to_json())
    state = tab_state()

    asyncio.run(state.load())

    assert state.charts is not None
    assert len(state.charts.actual.time) == len(report.predictions)
