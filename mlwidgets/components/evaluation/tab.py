"""The tab Evaluate: a form, and beside it what was measured."""

from __future__ import annotations

import traitlets as t
from ipywidgets import widget_serialization

from mlwidgets.components.evaluation.form import EvaluateForm
from mlwidgets.components.evaluation.results import EvaluateResults
from mlwidgets.components.evaluation.state import EvaluateState
from mlwidgets.components.frontend import component
from mlwidgets.components.piece import Piece
from mlwidgets.components.texts import language


class EvaluateTab(Piece):
    """Test a model on candles that it has not seen, and save it by hand if it is good enough.

    Args:
        state: what is typed, what runs and what was measured; the tab follows it.

    >>> import tempfile
    >>> from mlwidgets.components.choice import Choice
    >>> from mlwidgets.dashboards.sources import Sources
    >>> from mlwidgets.settings import Settings
    >>> sources = Sources(Settings(home=tempfile.mkdtemp()))
    >>> tab = EvaluateTab(EvaluateState(Choice(), sources))
    >>> tab.results.empty["what"]
    'No backtest of BTCUSDT LSTM yet.'
    """

    template = t.Unicode(component("evaluate_tab")).tag(sync=True)
    form = t.Instance(EvaluateForm).tag(sync=True, **widget_serialization)
    results = t.Instance(EvaluateResults).tag(sync=True, **widget_serialization)

    def __init__(self, state: EvaluateState) -> None:
        self.state = state
        super().__init__(form=EvaluateForm(state), results=EvaluateResults(state))
        state.observe(lambda _: self.say())
        for draft in (state.config, state.window):
            draft.observe(lambda _: self.say(), ["values", "problems", "fillings"])
        language.observe(lambda _: self._translate(), "code")

    def say(self) -> None:
        """Put everything into words again: for the ages, or in another language."""
        self.form.say()
        self.results.say()

    def _translate(self) -> None:
        self.state.window.check()
        self.results.say_table()
        self.say()
