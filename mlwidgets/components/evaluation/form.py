"""The form of a backtest as a widget."""

from __future__ import annotations

from typing import Any

import traitlets as t
from ipywidgets import widget_serialization

from mlwidgets.components.background import spawn
from mlwidgets.components.evaluation.config_fields import ConfigFields
from mlwidgets.components.evaluation.form_words import (
    job_words,
    origin_words,
    run_words,
    window_fields,
)
from mlwidgets.components.evaluation.state import EvaluateState
from mlwidgets.components.frontend import component
from mlwidgets.components.piece import Piece
from mlwidgets.components.texts import text


class EvaluateForm(Piece):
    """Test window and hyper-parameters, "Run Backtest", and how the backtest goes.

    Args:
        state: what is typed and what runs; who holds the form says when to `say` it again.
    """

    template = t.Unicode(component("evaluate_form")).tag(sync=True)
    config = t.Instance(ConfigFields).tag(sync=True, **widget_serialization)
    slot = t.Unicode(help="what is tested").tag(sync=True)
    origin = t.Unicode(help="where the parameters come from").tag(sync=True)
    fields = t.List(t.Dict(), help="of the test window").tag(sync=True)
    fillings = t.Int(help="how often the window was filled anew").tag(sync=True)
    run_button = t.Dict(help="whether it can be pressed, and why not").tag(sync=True)
    job = t.Dict(help="how the newest backtest goes").tag(sync=True)
    busy = t.Bool(False, help="whether an action is on its way").tag(sync=True)
    problem = t.Unicode(help="why the last action failed").tag(sync=True)
    damage = t.Unicode(help="why the production model cannot be read").tag(sync=True)
    words = t.Dict(help="texts by name").tag(sync=True)

    def __init__(self, state: EvaluateState) -> None:
        self.state = state
        super().__init__(config=ConfigFields(state.config), **self._said())

    def say(self) -> None:
        """Put the state into words again."""
        self.tell(self._said())

    def vue_edit(self, data: dict[str, Any]) -> None:
        """A field of the test window was typed into."""
        self.state.window.edit(str(data["name"]), str(data["value"]))

    def vue_reset(self, _: object) -> None:
        """Back to production's parameters."""
        self.state.use_production()
        self.say()

    def vue_run(self, _: object) -> None:
        """Run Backtest was pressed."""
        spawn(self.state.run())

    def vue_stop(self, _: object) -> None:
        """Stop was pressed."""
        spawn(self.state.stop())

    def vue_resume(self, _: object) -> None:
        """Resume was pressed."""
        spawn(self.state.resume())

    def _said(self) -> dict[str, Any]:
        state, choice = self.state, self.state.choice
        reset = "evaluate.reset" if state.production else "evaluate.reset.defaults"
        return {
            "slot": text("evaluate.slot", symbol=choice.symbol, model_type=choice.model_type,
                         horizon=choice.horizon, timeframe=choice.timeframe),
            "origin": origin_words(state),
            "fields": window_fields(state),
            "fillings": state.window.fillings,
            "run_button": run_words(state),
            "job": job_words(state),
            "busy": state.busy,
            "problem": state.problem,
            "damage": state.damage,
            "words": {
                "heading": text("evaluate.heading"), "window": text("evaluate.window"),
                "config": text("model.config"), "run": text("evaluate.run"),
                "stop": text("evaluate.stop"), "resume": text("job.resume"),
                "reset": text(reset), "safe": text("evaluate.safe"),
                "progress": text("evaluate.progress"),
            },
        }  # fmt: skip
