"""What a page is about, kept without widgets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

from traitlets import Enum, HasTraits, TraitError, Unicode, validate

from mlwidgets.errors import MlwidgetsError
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.forecast.spec import MODEL_TYPES
from mlwidgets.market.symbols import plain_symbol
from mlwidgets.market.timeframes import MINUTES

_SYMBOL = "BTCUSDT"

_NAMES = {"symbol": "symbol", "timeframe": "timeframe", "model": "model_type"}
"""Names in the page's address, and what they are called here."""


class DashboardState(HasTraits):
    """The chosen market and model type; both pages carry it in their address.

    Raises:
        SpecError: the symbol is none.
        TraitError: no such timeframe or model type.

    >>> state = DashboardState(symbol="eth/usdt", model_type="HYBRID")
    >>> state.query
    'symbol=ETHUSDT&timeframe=1h&model=HYBRID'
    """

    symbol = Unicode(_SYMBOL)
    timeframe = Enum(tuple(MINUTES), "1h")
    model_type = Enum(MODEL_TYPES, "LSTM")

    @property
    def query(self) -> str:
        """The state as an address holds it."""
        return urlencode({name: getattr(self, trait) for name, trait in _NAMES.items()})

    @validate("symbol")
    def _plain(self, proposal: Any) -> str:
        return plain_symbol(proposal["value"])


def starting_state(
    given: Mapping[str, str | None], query: str, models: Sequence[ModelMeta]
) -> tuple[DashboardState, str]:
    """The state with which a page opens.

    Args:
        given: what a caller chose; it makes the page, so that it must make sense.
        query: the address' query, which anybody can write: what makes no sense in it is left.
        models: what is in production; where nobody chose, the page shows what exists.

    Returns:
        The state, and what was wrong with the query.
    """
    chosen = {name: value for name, value in given.items() if value is not None}
    state, problems = DashboardState(**chosen), []
    known = set(chosen)
    for name, value in parse_qsl(query):
        trait = _NAMES.get(name)
        if trait is None or trait in known:
            continue
        try:
            setattr(state, trait, value)
            known.add(trait)
        except (MlwidgetsError, TraitError) as error:
            problems.append(str(error))
    _choose_what_exists(state, known, models)
    return state, " ".join(problems)


def _choose_what_exists(
    state: DashboardState, known: set[str], models: Sequence[ModelMeta]
) -> None:
    """Leave open choices to the model that was trained last among those that fit the others."""
    fitting = [
        meta for meta in models
        if all(getattr(meta, name) == getattr(state, name) for name in known - {"timeframe"})
    ]  # fmt: skip
    if not fitting:
        return
    here = [meta for meta in fitting if meta.symbol == state.symbol]
    newest = max(here or fitting, key=lambda meta: meta.trained_at)
    if "symbol" not in known:
        state.symbol = newest.symbol
    if "model_type" not in known and newest.symbol == state.symbol:
        state.model_type = newest.model_type
    if "timeframe" not in known and newest.symbol == state.symbol:
        state.timeframe = newest.timeframe
