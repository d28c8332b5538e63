"""The base of widgets that are a template and the events that it sends."""

from __future__ import annotations

from typing import Any

from ipyvuetify.VuetifyTemplate import VuetifyTemplate
from traitlets import TraitError

from mlwidgets.components.trouble import trouble


class Piece(VuetifyTemplate):
    """A Vue component with its state in Python; its `vue_*` methods answer the page's events.

    Of what a page may send to a template's widget, only those events are heard: ipyvue would
    also make any object and call any method that the page names. What an answer raises goes to
    `trouble`, not into the cell.
    """

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take what a page has changed; it gets back what cannot be taken."""
        try:
            super().set_state(sync_data)
        except TraitError as error:
            trouble.tell(error)
            self.send_state([name for name in sync_data if name in self.keys])

    def _handle_event(self, _: Any, content: dict[str, Any], buffers: Any) -> None:
        name = content.get("event")
        if name not in self.events:
            return
        try:
            getattr(self, f"vue_{name}")(content.get("data"))
        except Exception as error:  # a cell, a console and a dead button help nobody
            trouble.tell(error)

    def tell(self, values: dict[str, Any]) -> None:
        """Set several traits in one message to the page."""
        with self.hold_sync():
            for name, value in values.items():
                setattr(self, name, value)
