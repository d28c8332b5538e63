"""What to do about a step of the workflow: in words, and as the command that does it."""

from __future__ import annotations

from typing import Any

import traitlets as t

from mlwidgets.components.frontend import component
from mlwidgets.components.market.access import SIMULATED_SYMBOL
from mlwidgets.components.models.state import ModelState
from mlwidgets.components.piece import Piece
from mlwidgets.components.texts import language, text
from mlwidgets.components.workflow.state import WorkflowState
from mlwidgets.components.workflow.steps import STEPS, Status, StepName

_HEADINGS = {"train": "step.train", "evaluate": "step.evaluate", "production": "step.production"}
_TEXTS = {
    ("train", "todo"): "next.train",
    ("train", "done"): "next.train_again",
    ("evaluate", "todo"): "next.evaluate",
    ("evaluate", "done"): "next.evaluate",
    ("evaluate", "waiting"): "next.save",
    ("production", "todo"): "next.production",
    ("production", "done"): "next.use",
}


class NextStep(Piece):
    """How to go on: for the step that a person has clicked, or else for the first open one.

    Args:
        workflow: the steps.
        model: what is in production and what waits for a save.
        offline: whether the command is to ask no exchange.
    """

    template = t.Unicode(component("next_step", "addresses")).tag(sync=True)
    heading = t.Unicode(help="of which step").tag(sync=True)
    advice = t.Unicode(help="what to do").tag(sync=True)
    command = t.Unicode(help="what does it, empty where no command is needed").tag(sync=True)
    to_trading = t.Bool(False, help="whether the next step is on the other page").tag(sync=True)
    query = t.Unicode(help="of the link there").tag(sync=True)
    words = t.Dict(help="texts by name").tag(sync=True)

    def __init__(
        self, workflow: WorkflowState, model: ModelState, *, offline: bool = False
    ) -> None:
        self._workflow, self._model, self._offline = workflow, model, offline
        self._asked: StepName | None = None
        super().__init__(**self._said())
        for state in (workflow, model):
            state.observe(lambda _: self.say())
        workflow.observe(lambda _: self.ask(None), ["symbol", "model_type"])
        language.observe(lambda _: self.say(), "code")

    def ask(self, step: str | None) -> None:
        """Say what to do about a step; None for the one that is next."""
        self._asked = next((name for name in STEPS if name == step), None)
        self.say()

    def say(self) -> None:
        """Say it again: for another state, or in another language."""
        self.tell(self._said())

    def _said(self) -> dict[str, Any]:
        name = self._asked or self._first_open()
        status = self._workflow[name].status
        slot = {"symbol": self._workflow.symbol, "model_type": self._workflow.model_type}
        return {
            "heading": text(_HEADINGS[name]),
            "advice": text(self._advice(name, status), **slot),
            "command": self._command(name, status),
            "to_trading": (name, status) == ("production", "done"),
            "words": {
                "label": text("next.label"), "copy": text("next.copy"),
                "copied": text("next.copied"), "to_trading": text("next.to_trading"),
            },
        }  # fmt: skip

    def _advice(self, name: StepName, status: Status) -> str:
        by_script = status == "waiting" and not self._command(name, status)
        return "next.save_again" if by_script else _TEXTS[name, status]

    def _first_open(self) -> StepName:
        """A backtest that waits comes first, then what was never done; all done: use it."""
        steps = self._workflow
        if steps["evaluate"].status == "waiting":
            return "evaluate"
        return "train" if steps["production"].status == "todo" else STEPS[-1]

    def _command(self, name: StepName, status: Status) -> str:
        if name == "evaluate" and status == "waiting":
            waiting = self._model.waiting
            return f"mlwidgets jobs save {waiting.job_id}" if waiting and waiting.job_id else ""
        if name == "production" and status == "done":
            return ""
        verb = "evaluate" if name == "evaluate" else "train"
        simulated = self._workflow.symbol == SIMULATED_SYMBOL
        words = ["mlwidgets", verb, "--simulated" if simulated else self._workflow.symbol]
        words += ["--model", self._workflow.model_type]
        words += ["--offline"] if self._offline and not simulated else []
        return " ".join([*words, "--detach"])
