"""Hyper-parameters as fields of a form."""

from __future__ import annotations

from typing import Any

import traitlets as t

from mlwidgets.components.evaluation.config_draft import FIELDS, HYBRID_ONLY, ConfigDraft
from mlwidgets.components.frontend import component
from mlwidgets.components.piece import Piece
from mlwidgets.components.texts import language, text

__all__ = ["ConfigDraft", "ConfigFields"]

_MAIN = 4
"""Fields that are always in sight: the guide's."""


class ConfigFields(Piece):
    """Fields for the hyper-parameters of a model: the guide's four, the rest under "more".

    Args:
        draft: what is typed; the fields edit and follow it.

    >>> fields = ConfigFields(ConfigDraft())
    >>> [field["name"] for field in fields.main]
    ['hidden_size', 'sequence_length', 'learning_rate', 'epochs']
    >>> fields.vue_edit({"name": "epochs", "value": "many"})
    >>> fields.main[3]["problem"]
    'A whole number, such as 20.'
    """

    template = t.Unicode(component("config_fields")).tag(sync=True)
    main = t.List(t.Dict(), help="fields always in sight").tag(sync=True)
    more = t.List(t.Dict(), help="fields that open on demand").tag(sync=True)
    fillings = t.Int(help="how often the draft was filled anew").tag(sync=True)
    disabled = t.Bool(False, help="whether nothing can be typed").tag(sync=True)
    words = t.Dict(help="texts by name").tag(sync=True)

    def __init__(self, draft: ConfigDraft) -> None:
        self.draft = draft
        super().__init__(**self._said())
        draft.observe(lambda _: self.say(), ["values", "problems", "model_type", "fillings"])
        language.observe(lambda _: draft.check(), "code")
        language.observe(lambda _: self.say(), "code")

    def say(self) -> None:
        """Show the draft again: for other values, or in another language."""
        self.tell(self._said())

    def vue_edit(self, data: dict[str, Any]) -> None:
        """A field was typed into."""
        self.draft.edit(str(data["name"]), str(data["value"]))

    def _said(self) -> dict[str, Any]:
        hybrid = self.draft.model_type == "HYBRID"
        names = [name for name in FIELDS if hybrid or name not in HYBRID_ONLY]
        return {
            "main": [self._field(name) for name in names[:_MAIN]],
            "more": [self._field(name) for name in names[_MAIN:]],
            "fillings": self.draft.fillings,
            "words": {"more": text("evaluate.more"), "group": text("model.config")},
        }

    def _field(self, name: str) -> dict[str, str]:
        return {
            "name": name,
            "label": text(".".join(("config", name))),
            "value": self.draft.values[name],
            "problem": self.draft.problems.get(name, ""),
        }
