"""What a page opens with: the caller's choice, then the address', then what there is."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
from traitlets import TraitError

from mlwidgets.components.choice import Choice
from mlwidgets.dashboards.state import starting_state
from mlwidgets.errors import SpecError
from mlwidgets.evaluation.report import BacktestReport
from mlwidgets.forecast.artifact import ModelMeta


@pytest.fixture
def meta(report: BacktestReport) -> ModelMeta:
    """Of a model of BTCUSDT LSTM on 1h candles."""
    return report.model.meta


def opened(query: str = "", models: list[ModelMeta] | None = None, **given: str) -> str:
    return starting_state(given, query, models or [])[0].query


def test_without_any_choice_it_is_bitcoin() -> None:
    assert opened() == "symbol=BTCUSDT&timeframe=1h&model=LSTM"


def test_the_address_chooses() -> None:
    address = "symbol=ETHUSDT&timeframe=4h&model=HYBRID"

    assert opened(address) == address


def test_the_caller_goes_before_the_address() -> None:
    assert opened("symbol=ETHUSDT&model=HYBRID", symbol="XRP/USDT") == (
        "symbol=XRPUSDT&timeframe=1h&model=HYBRID"
    )


def test_what_makes_no_sense_in_an_address_is_said_and_left() -> None:
    state, problem = starting_state({}, "symbol=../etc&model=GRU&timeframe=7m&x=1", [])

    assert state.query == opened()
    assert "'../etc'" in problem
    assert "GRU" in problem
    assert "7m" in problem


def test_a_caller_who_makes_no_sense_is_refused() -> None:
    with pytest.raises(SpecError, match="'b!'"):
        starting_state({"symbol": "b!"}, "", [])
    with pytest.raises(TraitError):
        starting_state({"model_type": "GRU"}, "", [])


def test_nobody_chose_and_the_newest_model_is_shown(meta: ModelMeta) -> None:
    newer = meta.replace(
        symbol="ETHUSDT", model_type="HYBRID", timeframe="4h", horizon="4h",
        trained_at=meta.trained_at + 1,
    )  # fmt: skip

    assert opened(models=[newer]) == "symbol=ETHUSDT&timeframe=4h&model=HYBRID"


def test_bitcoins_model_goes_before_newer_ones_of_others(meta: ModelMeta) -> None:
    newer = meta.replace(symbol="ETHUSDT", trained_at=meta.trained_at + 1)

    assert dict(parse_qsl(opened(models=[newer, meta])))["symbol"] == "BTCUSDT"


def test_a_chosen_symbol_gets_the_model_type_that_it_has(meta: ModelMeta) -> None:
    hybrid = meta.replace(model_type="HYBRID")

    assert dict(parse_qsl(opened("symbol=BTCUSDT", [hybrid])))["model"] == "HYBRID"
    assert dict(parse_qsl(opened("symbol=ETHUSDT", [hybrid])))["model"] == "LSTM"


def test_a_symbol_is_kept_as_files_name_it() -> None:
    state = Choice(symbol="eth/usdt")

    state.symbol = "xrp-usdt"

    assert state.symbol == "XRPUSDT"
