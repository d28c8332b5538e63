"""The tab Evaluate in words: what the page shows in each state, and what a press does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from mlwidgets.components.background import in_thread
from mlwidgets.components.evaluation.charts import ReportCharts
from mlwidgets.components.evaluation.state import EvaluateState
from mlwidgets.components.evaluation.tab import EvaluateTab
from mlwidgets.components.texts import language
from mlwidgets.dashboards.sources import Sources
from mlwidgets.evaluation.report import BacktestReport
from mlwidgets.forecast.spec import ModelConfig
from mlwidgets.jobs.candidate import Candidate
from mlwidgets.jobs.records import JobFailure, JobProgress
from mlwidgets.jobs.requests import EvaluateRequest
from mlwidgets.jobs.standing import stand

Open = Callable[[], EvaluateState]
Measure = Callable[..., Candidate]
REQUEST = EvaluateRequest(symbol="BTCUSDT", model_type="LSTM")


def press(widget: Any, event: str, data: Any = None) -> None:
    """Send what a page sends."""
    widget._handle_event(widget, {"event": event, "data": data}, [])


def judged(kind: str, needed: int | None = None) -> dict[str, Any]:
    return {"verdict": {"kind": kind, "text": "", "needed": needed}, "production": None}


def test_a_newcomer_is_told_what_to_do(tab_state: Open) -> None:
    tab = EvaluateTab(tab_state())

    assert tab.results.empty["what"] == "No backtest of BTCUSDT LSTM yet."
    assert tab.form.run_button["enabled"]
    assert not tab.results.save_button["enabled"]
    assert tab.results.save_button["why"] == "Run Backtest first."


def test_a_wrong_field_says_so_and_holds_the_button_back(tab_state: Open) -> None:
    tab = EvaluateTab(tab_state())

    press(tab.form, "edit", {"name": "start", "value": "soon"})
    press(tab.form.config, "edit", {"name": "epochs", "value": "0"})

    assert tab.form.fields[0]["problem"] == "A date, such as 2025-08-20."
    assert tab.form.config.main[3]["problem"] == "At least 1."
    assert tab.form.run_button == {"enabled": False, "why": "Mend the marked fields first."}


def test_a_running_backtest_shows_how_far_it_is(tab_state: Open, sources: Sources) -> None:
    state = tab_state()
    tab = EvaluateTab(state)
    sources.jobs.claim(sources.jobs.create(REQUEST).id, "").progress(
        JobProgress(stage="training", epoch=30, epochs=100, fraction=0.3, eta_seconds=600)
    )

    state.refresh()

    assert tab.form.job["word"] == "Training · epoch 30 of at most 100 · 30 %"
    assert (tab.form.job["percent"], tab.form.job["left"]) == (30, "about 10 min left")
    assert not tab.form.run_button["enabled"]
    assert tab.results.save_button["why"] == "A backtest is running."


def test_a_failed_backtest_says_why_and_can_be_resumed(tab_state: Open, sources: Sources) -> None:
    job = sources.jobs.create(REQUEST)
    sources.jobs.claim(job.id, "here").fail(JobFailure(type="X", message="Too few candles."))

    tab = EvaluateTab(tab_state())

    assert tab.form.job["why"] == "Too few candles."
    assert tab.form.job["resume"]


@pytest.mark.parametrize(
    ("standing", "said", "look"),
    [
        (judged("better_than_production"),
         "Better than production, but its direction is not proven beyond chance", "good"),
        (judged("too_short", 1691), "Too short to tell (needs 1,691 hours)", "open"),
        (judged("worse_than_production"), "Worse than production", "bad"),
    ],
)  # fmt: skip
def test_the_verdict_is_said_in_words(
    tab_state: Open, measure: Measure, standing: dict[str, Any], said: str, look: str
) -> None:
    measure(standing=standing)

    tab = EvaluateTab(tab_state())

    assert tab.results.verdict == {"text": said, "look": look}


def test_many_tries_on_the_same_hours_are_counted(tab_state: Open, measure: Measure) -> None:
    for size in (8, 8, 16, 24):  # one was run twice
        measure(config=ModelConfig(hidden_size=size))

    tab = EvaluateTab(tab_state())

    assert any(note.startswith("3 configurations were tried") for note in tab.results.notes)


def test_candidate_production_and_baselines_stand_side_by_side(
    tab_state: Open,
    sources: Sources,
    measure: Measure,
    candles: pd.DataFrame,
    report: BacktestReport,
    other_report: BacktestReport,
) -> None:
    sources.models.save(other_report.model)
    measure(report, stand(report, candles, sources.models, 0.9).to_json())

    tab = EvaluateTab(tab_state())

    assert [head["title"] for head in tab.results.table.heads] == [
        "Candidate", "Production 1.0.0", "Last value", "Momentum", "Reversal", "Always up"
    ]  # fmt: skip
    assert tab.results.table.compared == 1
    assert tab.results.save_button["replaces"].startswith("Replaces production 1.0.0")


def test_a_save_is_asked_about_and_done_by_a_second_yes(
    tab_state: Open, sources: Sources, measure: Measure
) -> None:
    measure(standing=judged("no_better_than_chance"))

    async def presses() -> EvaluateTab:
        tab = EvaluateTab(tab_state())
        press(tab.results, "save")
        while not tab.results.save_button["doubts"]:
            await in_thread(lambda: None)
        press(tab.results, "keep")
        assert tab.results.save_button["doubts"] == []
        assert sources.models.production() == []
        for _ in range(2):
            press(tab.results, "save")
            await in_thread(lambda: None)
        while tab.state.blocked != "saved":
            await in_thread(lambda: None)
        return tab

    tab = asyncio.run(asyncio.wait_for(presses(), 60))

    assert tab.results.save_button["why"] == "Already saved as 1.0.0."


def test_the_tab_changes_its_language(tab_state: Open, measure: Measure) -> None:
    measure(standing=judged("better_than_chance"))
    tab = EvaluateTab(tab_state())
    tab.state.window.edit("start", "soon")

    language.code = "ru"

    assert tab.form.words["run"] == "Запустить бэктест"
    assert tab.results.verdict["text"] == "Лучше случайного угадывания"
    assert tab.results.table.heads[0]["title"] == "Кандидат"
    assert tab.form.fields[0]["problem"] == "Дата, например 2025-08-20."


def test_charts_draw_a_long_window_in_few_points_and_two_forecasts_without_bands() -> None:
    time = pd.date_range("2025-01-01", periods=5000, freq="h", tz="UTC", name="time")
    actual = 100 + np.sin(np.arange(5000))
    one = pd.DataFrame(
        {"target_time": time, "close": 100.0, "predicted": actual + 0.1, "actual": actual,
         "lower": 98.0, "upper": 102.0, "probability_up": 0.6, "regime": "Bear"}, index=time,
    )  # fmt: skip
    charts = ReportCharts({"LSTM": one})
    band, actual_line, predicted = charts.price.figure.marks
    assert len(band.x) == 2 * len(predicted.x)
    assert len(actual_line.x) == 385

    charts.show({"LSTM": one, "HYBRID": one})

    assert len(charts.price.figure.marks) == 3
    assert [entry["name"] for entry in charts.errors.legend] == ["LSTM", "HYBRID"]
    assert charts.regimes.figure.marks[0].y.shape == (2, 1)
