"""The workflow's steps as a widget."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import traitlets as t

from mlwidgets.components.formats import age, moment, percent
from mlwidgets.components.frontend import component
from mlwidgets.components.piece import Piece
from mlwidgets.components.texts import language, text
from mlwidgets.components.workflow.state import WorkflowState
from mlwidgets.components.workflow.steps import Step

_TITLES = {
    "train": ("step.train", "step.train.hint"),
    "evaluate": ("step.evaluate", "step.evaluate.hint"),
    "production": ("step.production", "step.production.hint"),
}
_STATUS = {"done": "step.done", "waiting": "step.waiting", "todo": "step.todo"}
_REASONS = {
    ("train", "done"): "step.train.done",
    ("train", "todo"): "step.train.todo",
    ("evaluate", "done"): "step.evaluate.done",
    ("evaluate", "waiting"): "step.evaluate.waiting",
    ("evaluate", "todo"): "step.evaluate.todo",
    ("production", "done"): "step.production.done",
    ("production", "todo"): "step.production.todo",
}
_RUNNING = {"train": "step.train.running", "evaluate": "step.evaluate.running"}


class WorkflowStepper(Piece):
    """Train, Evaluate, Production: how far a symbol and model type have come.

    A green checkmark says that a step is done, a yellow circle that a backtest waits for a save,
    a grey circle that it is not done; words and times stand beside them.

    Args:
        state: what to show; the widget follows it.
        on_step: called with a step's name when it is clicked.

    >>> import tempfile, mlwidgets as mw
    >>> from mlwidgets.jobs.store import JobStore
    >>> folder = tempfile.mkdtemp()
    >>> url = f"sqlite:///{folder}/jobs.db"
    >>> sources = mw.ModelRegistry(folder), mw.CandidateStore(url), JobStore(url)
    >>> stepper = WorkflowStepper(WorkflowState(*sources, symbol="BTCUSDT"))
    >>> [step["word"] for step in stepper.steps]
    ['Not done', 'Not done', 'Not done']
    """

    template = t.Unicode(component("stepper", "addresses")).tag(sync=True)
    label = t.Unicode(help="what it is about, for screen readers").tag(sync=True)
    steps = t.List(t.Dict(), help="the steps in words").tag(sync=True)
    problem = t.Unicode(help="why the steps may be out of date").tag(sync=True)
    query = t.Unicode(help="of the link to the page that uses the model").tag(sync=True)
    to_trading = t.Unicode(help="what that link says").tag(sync=True)

    def __init__(self, state: WorkflowState, on_step: Callable[[str], None] | None = None) -> None:
        self.state = state
        self._listeners = [on_step] if on_step else []
        super().__init__(**self._said())
        state.observe(lambda _: self.say(), ["steps", "problem"])
        language.observe(lambda _: self.say(), "code")

    def on_step(self, callback: Callable[[str], None]) -> None:
        """Have a function called with the name of a step that is clicked."""
        self._listeners.append(callback)

    def say(self) -> None:
        """Put the state into words again: for the ages, or in another language."""
        self.tell(self._said())

    def vue_choose(self, name: str) -> None:
        """A step was clicked."""
        if name in _TITLES:
            for listener in self._listeners:
                listener(name)

    def _said(self) -> dict[str, Any]:
        state = self.state
        return {
            "label": text("stepper.label", symbol=state.symbol, model_type=state.model_type),
            "steps": [in_words(step) for step in state.steps],
            "problem": state.problem,
            "to_trading": text("step.to_trading"),
        }


def in_words(step: Step) -> dict[str, Any]:
    """A step as the page says it.

    >>> in_words(Step("evaluate"))["reason"]
    'No backtest yet'
    """
    title, hint = _TITLES[step.name]
    return {
        "name": step.name, "status": step.status, "running": step.running,
        "damaged": step.damaged, "title": text(title), "hint": text(hint),
        "word": text(_STATUS[step.status]), "reason": _reason(step),
        "fraction": None if step.fraction is None else round(100 * step.fraction),
        "age": "" if step.time is None or step.running else age(step.time),
        "time": "" if step.time is None else moment(step.time),
    }  # fmt: skip


def _reason(step: Step) -> str:
    if step.running:
        share = "" if step.fraction is None else f", {percent(step.fraction, 0)}"
        return text(_RUNNING[step.name]) + share
    if step.damaged:
        return text("step.production.damaged")
    return text(_REASONS[step.name, step.status], version=step.version)
