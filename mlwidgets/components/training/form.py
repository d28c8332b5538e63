"""What a search is to do, as a form."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import traitlets as t

from mlwidgets.components.background import spawn
from mlwidgets.components.frontend import component
from mlwidgets.components.piece import Piece
from mlwidgets.components.texts import language, text
from mlwidgets.components.training.form_words import (
    blocked_words,
    field_notes,
    form_words,
    running_facts,
    saving_words,
    warning_words,
)
from mlwidgets.components.training.names import full_name
from mlwidgets.components.training.state import TrainState


class TrainForm(Piece):
    """History, trials, folds and ranges, checked as they are typed; a running search as facts.

    Args:
        state: what is typed; the form follows it.
    """

    template = t.Unicode(component("train_form")).tag(sync=True)
    values = t.Dict(help="fields as typed").tag(sync=True)
    notes = t.Dict(help="what is said below the fields").tag(sync=True)
    ranges = t.List(t.Dict(), help="hyper-parameters with their ranges as typed").tag(sync=True)
    changed = t.Bool(help="whether the ranges are not the defaults").tag(sync=True)
    problems = t.Dict(help="by field: why it means nothing").tag(sync=True)
    warnings = t.List(t.Unicode(), help="what should be known before").tag(sync=True)
    facts = t.List(t.Dict(), help="what the running search was asked for").tag(sync=True)
    saving = t.Unicode(help="what will be saved and replaced").tag(sync=True)
    blocked = t.Unicode(help="why it cannot be started").tag(sync=True)
    busy = t.Bool(help="whether an action is on its way").tag(sync=True)
    problem = t.Unicode(help="why the last action failed").tag(sync=True)
    words = t.Dict(help="texts by name").tag(sync=True)

    def __init__(self, state: TrainState) -> None:
        self.state = state
        super().__init__(**self._said())
        state.observe(lambda _: self.say())
        for draft in (state.fields, state.space):
            draft.observe(lambda _: self.say())
        state.choice.observe(lambda _: self.say())
        language.observe(lambda _: self.say(), "code")

    def say(self) -> None:
        """Put the state into words again."""
        self.tell(self._said())

    def vue_edit(self, data: dict[str, Any]) -> None:
        """A field was typed."""
        self.state.fields.edit(data["name"], data["value"])

    def vue_edit_range(self, data: dict[str, Any]) -> None:
        """A part of a range was typed."""
        self.state.space.edit(data["name"], data["part"], data["value"])

    def vue_reset(self, _: Any = None) -> None:
        """The defaults of the ranges are wanted."""
        self.state.space.reset()

    def vue_start(self, _: Any = None) -> None:
        """Start Optimization was pressed."""
        spawn(self.state.start())

    def _said(self) -> dict[str, Any]:
        state = self.state
        return {
            "values": dict(state.fields.values),
            "notes": field_notes(state),
            "ranges": [
                {"name": name, "title": full_name(name), **asdict(draft)}
                for name, draft in state.space.ranges.items()
            ],
            "changed": state.space.changed,
            "problems": state.problems,
            "warnings": warning_words(state),
            "facts": running_facts(state),
            "saving": saving_words(state),
            "blocked": blocked_words(state),
            "busy": state.busy,
            "problem": state.problem,
            "words": {**form_words(), "slot": text("train.slot", **_slot(state))},
        }


def _slot(state: TrainState) -> dict[str, str]:
    choice = state.choice
    return {"symbol": choice.symbol, "model_type": choice.model_type, "horizon": choice.horizon}
