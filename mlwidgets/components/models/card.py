"""The production model as a card."""

from __future__ import annotations

from typing import Any

import traitlets as t

from mlwidgets.components.frontend import component
from mlwidgets.components.models.state import ModelState
from mlwidgets.components.models.words import model_words
from mlwidgets.components.piece import Piece
from mlwidgets.components.texts import language, text


class ModelCard(Piece):
    """What is in production: version, age, measured accuracy beside the baselines, config.

    Args:
        state: what to show; the card follows it.

    >>> import tempfile, mlwidgets as mw
    >>> folder = tempfile.mkdtemp()
    >>> candidates = mw.CandidateStore(f"sqlite:///{folder}/a.db")
    >>> ModelCard(ModelState(mw.ModelRegistry(folder), candidates, symbol="BTCUSDT")).empty
    'No model of BTCUSDT LSTM is in production yet.'
    """

    template = t.Unicode(component("model_card")).tag(sync=True)
    model = t.Dict(help="the model in words, empty without one").tag(sync=True)
    empty = t.Unicode(help="what is said where there is none").tag(sync=True)
    problem = t.Unicode(help="why it cannot be read").tag(sync=True)
    words = t.Dict(help="texts by name").tag(sync=True)

    def __init__(self, state: ModelState) -> None:
        self.state = state
        super().__init__(**self._said())
        state.observe(lambda _: self.say(), ["meta", "measured", "problem", "symbol", "model_type"])
        language.observe(lambda _: self.say(), "code")

    def say(self) -> None:
        """Put the state into words again: for the age, or in another language."""
        self.tell(self._said())

    def _said(self) -> dict[str, Any]:
        state = self.state
        slot = {"symbol": state.symbol, "model_type": state.model_type}
        return {
            "model": model_words(state),
            "empty": text("model.none", **slot),
            "problem": state.problem,
            "words": {
                "heading": text("model.heading"),
                "empty_next": text("model.none.next"),
                "accuracy": text("model.accuracy"),
                "coin": text("model.coin"),
                "config": text("model.config"),
            },
        }
