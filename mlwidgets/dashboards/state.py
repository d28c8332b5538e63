"""What a page opens with: the caller's choice, then the address', then what there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl

from traitlets import TraitError

from mlwidgets.components.choice import IN_ADDRESS, Choice
from mlwidgets.errors import MlwidgetsError
from mlwidgets.forecast.artifact import ModelMeta


def starting_state(
    given: Mapping[str, str | None], query: str, models: Sequence[ModelMeta]
) -> tuple[Choice, str]:
    """The state with which a page opens.

    Args:
        given: what a caller chose; it makes the page, so that it must make sense.
        query: the address' query, which anybody can write: what makes no sense in it is left.
        models: what is in production; where nobody chose, the page shows what exists.

    Returns:
        The state, and what was wrong with the query.
    """
    chosen = {name: value for name, value in given.items() if value is not None}
    state, problems = Choice(**chosen), []
    known = set(chosen)
    asked = dict(reversed(parse_qsl(query)))  # of a name that is there twice, the first counts
    for name, trait in IN_ADDRESS.items():
        if name not in asked or trait in known:
            continue
        try:
            setattr(state, trait, asked[name])
            known.add(trait)
        except (MlwidgetsError, TraitError) as error:
            problems.append(str(error))
    _choose_what_exists(state, known, models)
    return state, " ".join(problems)


def _choose_what_exists(state: Choice, known: set[str], models: Sequence[ModelMeta]) -> None:
    """Leave open choices to the model that was trained last among those that fit the others."""
    slot = known & {"symbol", "model_type"}
    fitting = [
        meta for meta in models
        if all(getattr(meta, name) == getattr(state, name) for name in slot)
    ]  # fmt: skip
    if not fitting:
        return
    here = [meta for meta in fitting if meta.symbol == state.symbol]
    newest = max(here or fitting, key=lambda meta: meta.trained_at)
    if "symbol" not in known:
        state.symbol = newest.symbol
    if "model_type" not in known and newest.symbol == state.symbol:
        state.model_type = newest.model_type
    if not known & {"timeframe", "horizon"} and newest.symbol == state.symbol:
        state.timeframe, state.horizon = newest.timeframe, newest.horizon
