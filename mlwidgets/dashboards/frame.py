"""What both pages have: the bar, the line that says what the page is about, room for a body."""

from __future__ import annotations

import os
from typing import Any

import traitlets as t
from ipyvuetify.Themes import theme
from ipywidgets import DOMWidget, widget_serialization

from mlwidgets.components.attention import Attention
from mlwidgets.components.frontend import component
from mlwidgets.components.market.state import MarketState
from mlwidgets.components.market.words import chip_words
from mlwidgets.components.piece import Piece
from mlwidgets.components.texts import LANGUAGES, language, match_language, text
from mlwidgets.components.theme import apply_to_vuetify
from mlwidgets.dashboards.sources import Sources
from mlwidgets.dashboards.state import starting_state
from mlwidgets.errors import MlwidgetsError
from mlwidgets.forecast.spec import MODEL_TYPES
from mlwidgets.market.timeframes import MINUTES

_BEATS_A_SAYING = 10
"""Ages and times are said again every so many seconds."""


class Dashboard(Piece):
    """The frame of a page; pages make what is in it and say what they do in each beat.

    Args:
        sources: what the page reads; default: that of the settings.
        given: choices of the caller: symbol, model_type, timeframe.
    """

    template = t.Unicode(component("frame", "addresses")).tag(sync=True)
    page = t.Unicode(help="`ml` or `trading`").tag(sync=True)
    body = t.Instance(DOMWidget, allow_none=True).tag(sync=True, **widget_serialization)
    symbol = t.Unicode().tag(sync=True)
    symbols = t.List(t.Unicode(), help="to choose from").tag(sync=True)
    model_type = t.Unicode().tag(sync=True)
    model_types = t.List(t.Unicode(), help="to choose from").tag(sync=True)
    timeframe = t.Unicode().tag(sync=True)
    timeframes = t.List(t.Unicode(), help="to choose from").tag(sync=True)
    facts = t.List(t.Unicode(), help="what else the page is about").tag(sync=True)
    market = t.Dict(help="connection to the market in words").tag(sync=True)
    notices = t.List(t.Dict(), help="what has to be said first").tag(sync=True)
    problem = t.Unicode(help="what was wrong with a choice, or what broke").tag(sync=True)
    query = t.Unicode(help="the choices, for addresses").tag(sync=True)
    language = t.Unicode().tag(sync=True)
    languages = t.List(t.Unicode()).tag(sync=True)
    words = t.Dict(help="texts by name").tag(sync=True)

    def __init__(self, sources: Sources | None, **given: str | None) -> None:
        apply_to_vuetify()
        language.code = match_language(os.environ.get("HTTP_ACCEPT_LANGUAGE", language.code))
        self.sources = sources or Sources()
        address = os.environ.get("QUERY_STRING", "")
        self.state, problem = starting_state(given, address, self.sources.models.production())
        self.attention = Attention(self.beat, self._broke)
        self._beats = 0
        self._market = MarketState(
            self.sources.market, symbol=self.state.symbol, timeframe=self.state.timeframe
        )
        body = self.make_body()
        super().__init__(
            body=body, problem=problem, languages=[*LANGUAGES], model_types=[*MODEL_TYPES],
            timeframes=[*MINUTES], **self._chosen(), **self._said(),
        )  # fmt: skip
        self.state.observe(lambda _: self._choice_changed())
        self._market.observe(lambda _: self.say())
        language.observe(lambda _: self.say(), "code")

    def make_body(self) -> DOMWidget:
        """The page's own widgets, made from `self.state` and `self.sources`."""
        raise NotImplementedError

    async def look_after(self) -> None:
        """What the page does about once a second while somebody looks at it."""
        raise NotImplementedError

    def choose(self) -> None:
        """Hand the choice of `self.state` on to the page's states."""
        raise NotImplementedError

    def say_facts(self) -> list[str]:
        """What else the page is about."""
        return []

    def say_notices(self) -> list[dict[str, str]]:
        """What has to be said above the body."""
        return []

    def say_body(self) -> None:
        """Say ages and times in the body again."""

    async def beat(self) -> None:
        """Look after the page, and now and then say again how old things are."""
        await self.look_after()
        self._beats += 1
        if self._beats % _BEATS_A_SAYING == 0:
            self.say_body()
            self.say()

    def say(self) -> None:
        """Put everything in the frame into words again."""
        self.tell(self._said())

    def close(self) -> None:
        """Stop looking after the page."""
        if hasattr(self, "attention"):  # what was never made is closed too
            self.attention.end()
        super().close()

    def vue_look(self, data: dict[str, Any]) -> None:
        """A view of the page has come into sight or gone."""
        self.attention.look(str(data["view"]), bool(data["visible"]))

    def vue_choose(self, choice: dict[str, str]) -> None:
        """A person has chosen a symbol, model type or timeframe."""
        try:
            for name in ("symbol", "model_type", "timeframe"):
                if choice.get(name):
                    setattr(self.state, name, choice[name])
            self.problem = ""
        except (MlwidgetsError, t.TraitError) as error:
            self.problem = str(error)
            self.send_state(["symbol", "model_type", "timeframe"])

    def vue_speak(self, code: str) -> None:
        """A person has chosen a language."""
        if code in LANGUAGES:
            language.code = code

    def vue_darken(self, dark: bool) -> None:
        """A person has chosen light or dark."""
        theme.dark = bool(dark)

    def _choice_changed(self) -> None:
        self.choose()
        self.tell({**self._chosen(), **self._said()})

    def _chosen(self) -> dict[str, Any]:
        state = self.state
        return {
            "symbol": state.symbol, "model_type": state.model_type,
            "timeframe": state.timeframe, "query": state.query,
        }  # fmt: skip

    def _said(self) -> dict[str, Any]:
        return {
            "symbols": sorted({self.state.symbol, *self._known_symbols()}),
            "facts": self.say_facts(),
            "market": chip_words(self._market),
            "notices": self.say_notices(),
            "language": language.code,
            "words": {name: text(key) for name, key in _WORDS.items()},
        }

    def _known_symbols(self) -> set[str]:
        return {*self._market.symbols, *self.sources.symbols()}

    def _broke(self, error: Exception) -> None:
        self.problem = text("page.broke", error=f"{type(error).__name__}: {error}")


_WORDS = {
    "pages": "page.pages", "ml": "page.ml", "trading": "page.trading",
    "context": "page.context", "symbol": "page.symbol", "model_type": "page.model_type",
    "timeframe": "page.timeframe", "light": "page.light", "dark": "page.dark",
    "language": "page.language", "no_symbol": "page.no_symbol",
}  # fmt: skip
