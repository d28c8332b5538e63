"""What backtests have measured, over HTTP."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any, Protocol

import pandas as pd
import requests

from mlwidgets.evaluation.report import BacktestReport
from mlwidgets.jobs.candidates import Candidate
from mlwidgets.market.dates import epoch_ms

Keep = Callable[..., Candidate]


class Served(Protocol):
    """The running server (see conftest)."""

    def ask(self, method: str, path: str, **options: Any) -> requests.Response: ...
    def get(self, path: str, status: int = 200) -> Any: ...


def test_candidates_are_listed_newest_first(served: Served, keep: Keep) -> None:
    first, second, other = keep(), keep(), keep(symbol="ETHUSDT")

    def ids(query: str) -> list[str]:
        return [item["id"] for item in served.get(f"/candidates?{query}")["items"]]

    assert ids("") == [other.id, second.id, first.id]
    assert ids("symbol=BTCUSDT&limit=1") == [second.id]
    assert ids("modelType=HYBRID") == []


def test_a_report_is_shown_as_it_was_measured(
    served: Served, keep: Keep, report: BacktestReport
) -> None:
    shown = served.get(f"/candidates/{keep().id}")

    assert shown["metrics"] == report.metrics.to_json()
    assert shown["baselines"].keys() == report.baselines.keys()
    assert shown["testStart"] == epoch_ms(report.predictions.index[0])


def test_a_candidate_that_is_not_there_is_not_found(served: Served) -> None:
    assert served.get("/candidates/000000000000", status=404)["error"]["type"] == "ModelNotFound"


def test_predictions_come_in_pages_that_leave_nothing_out(
    served: Served, keep: Keep, report: BacktestReport
) -> None:
    path, found, start = f"/candidates/{keep().id}/predictions?limit=300", [], 0
    while start is not None:
        page = served.get(f"{path}&start={start}")
        found += page["items"]
        start = page["next"]

    rows = report.predictions
    assert [row["origin"] for row in found] == [epoch_ms(time) for time in rows.index]
    assert [row["predicted"] for row in found] == rows["predicted"].tolist()
    assert [row["actual"] is None for row in found] == rows["actual"].isna().tolist()


def test_predictions_are_one_parquet_file_too(
    served: Served, keep: Keep, report: BacktestReport
) -> None:
    answer = served.ask("GET", f"/candidates/{keep().id}/predictions?format=parquet")

    assert answer.headers["Content-Type"] == "application/vnd.apache.parquet"
    frame = pd.read_parquet(io.BytesIO(answer.content))
    pd.testing.assert_series_equal(frame["predicted"], report.predictions["predicted"])
