"""The base of widgets that are a template and the events that it sends."""

from __future__ import annotations

from typing import Any

from ipyvuetify.VuetifyTemplate import VuetifyTemplate


class Piece(VuetifyTemplate):
    """A Vue component with its state in Python; its `vue_*` methods answer the page's events.

    Of what a page may send to a template's widget, only those events are heard: ipyvue would
    also make any object and call any method that the page names.
    """

    def _handle_event(self, _: Any, content: dict[str, Any], buffers: Any) -> None:
        name = content.get("event")
        if name in self.events:
            getattr(self, f"vue_{name}")(content.get("data"))

    def tell(self, values: dict[str, Any]) -> None:
        """Set several traits in one message to the page."""
        with self.hold_sync():
            for name, value in values.items():
                setattr(self, name, value)
