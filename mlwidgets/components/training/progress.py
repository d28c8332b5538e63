"""How the search of the choice goes, with what can be done about it."""

from __future__ import annotations

from typing import Any

import traitlets as t

from mlwidgets.components.background import spawn
from mlwidgets.components.frontend import component
from mlwidgets.components.piece import Piece
from mlwidgets.components.texts import language, text
from mlwidgets.components.training.numbers import BadNumber, read_number
from mlwidgets.components.training.progress_words import progress_words
from mlwidgets.components.training.result_words import result_words
from mlwidgets.components.training.state import TrainState
from mlwidgets.jobs.requests import TrainRequest

_WORDS = {
    "heading": "train.progress", "stop": "train.stop", "resume": "job.resume",
    "best": "train.best", "none_next": "train.none.next", "extend": "train.extend",
    "more": "train.extend.more", "again": "train.again", "to_trading": "train.to_trading",
    "unsaved": "train.unsaved", "saved": "train.saved", "skill_note": "train.column.skill.note",
}  # fmt: skip


class TrainProgress(Piece):
    """Bar, counts, the best so far; how it ended, and the model that was saved.

    Args:
        state: whose job; the piece follows it.
    """

    template = t.Unicode(component("train_progress", "addresses")).tag(sync=True)
    job = t.Dict(help="the job in words, empty without one").tag(sync=True)
    result = t.Dict(help="the saved model in words, empty without one").tag(sync=True)
    more = t.Unicode("25", help="how many trials to add, as typed").tag(sync=True)
    more_problem = t.Unicode(help="why that is no number of trials").tag(sync=True)
    empty = t.Unicode(help="what is said where there is no job").tag(sync=True)
    query = t.Unicode(help="the choice in addresses").tag(sync=True)
    blocked = t.Unicode(help="why no search can be started").tag(sync=True)
    busy = t.Bool(help="whether an action is on its way").tag(sync=True)
    words = t.Dict(help="texts by name").tag(sync=True)

    def __init__(self, state: TrainState) -> None:
        self.state = state
        self._more: int | None = 25
        super().__init__(**self._said())
        state.observe(lambda _: self.say())
        state.search.observe(lambda _: self.say(), ["trials", "under_way"])
        for draft in (state.fields, state.space):
            draft.observe(lambda _: self.say(), "problems")
        state.choice.observe(lambda _: self.say())
        language.observe(lambda _: self.say(), "code")

    def say(self) -> None:
        """Put the job into words again."""
        self.tell(self._said())

    def vue_stop(self, _: Any = None) -> None:
        """Stop was pressed."""
        spawn(self.state.stop())

    def vue_resume(self, _: Any = None) -> None:
        """Resume was pressed."""
        spawn(self.state.resume())

    def vue_again(self, _: Any = None) -> None:
        """Train again was pressed: a search of what the form says."""
        spawn(self.state.start())

    def vue_type_more(self, typed: str) -> None:
        """A number of further trials was typed."""
        self._more, problem = None, ""
        try:
            self._more = int(read_number(str(typed), TrainRequest, "n_trials"))
        except BadNumber as error:
            problem = str(error)
        self.tell({"more": str(typed), "more_problem": problem})

    def vue_extend(self, _: Any = None) -> None:
        """Add trials was pressed."""
        if self._more is not None:
            spawn(self.state.extend(self._more))

    def _said(self) -> dict[str, Any]:
        state, choice = self.state, self.state.choice
        slot = {"symbol": choice.symbol, "model_type": choice.model_type}
        return {
            "job": progress_words(state),
            "result": result_words(state),
            "empty": text("train.none", horizon=choice.horizon, **slot),
            "query": choice.query,
            "blocked": text("train.blocked.problems") if state.problems else "",
            "busy": state.busy,
            "words": {name: text(key) for name, key in _WORDS.items()},
        }
