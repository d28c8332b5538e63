"""What both pages have: the bar, the line that says what the page is about, room for a body."""

from __future__ import annotations

import os
from typing import Any

import traitlets as t
from ipyvuetify.Themes import theme
from ipywidgets import DOMWidget, widget_serialization

from mlwidgets.components.attention import Attention
from mlwidgets.components.frontend import component
from mlwidgets.components.jobs.words import job_choice
from mlwidgets.components.market.like import MarketLike
from mlwidgets.components.market.state import MarketState
from mlwidgets.components.market.words import chip_pulse, chip_words
from mlwidgets.components.piece import Piece
from mlwidgets.components.texts import LANGUAGES, language, match_language
from mlwidgets.components.theme import apply_to_vuetify
from mlwidgets.components.trouble import trouble
from mlwidgets.components.zone import zone
from mlwidgets.dashboards.job_desk import JobDesk
from mlwidgets.dashboards.sources import Mark, Sources
from mlwidgets.dashboards.state import starting_state
from mlwidgets.dashboards.words import broken_words, frame_words
from mlwidgets.errors import MlwidgetsError
from mlwidgets.forecast.spec import MODEL_TYPES
from mlwidgets.jobs.records import JobRecord
from mlwidgets.market.timeframes import MINUTES

_BEATS_A_SAYING = 10
"""Ages and times are said again every so many seconds."""

_CHOSEN = ("symbol", "timeframe", "model_type", "horizon")


_SAID_OF_MARKET = ("connection", "status", "problem", "series", "symbols")
"""What is said of the market in words; ticks are not."""


class Dashboard(Piece):
    """The frame of a page; pages make what is in it and say what they do in each beat.

    Args:
        sources: what the page reads; default: that of the settings.
        given: choices of the caller: symbol, model_type, timeframe, horizon.
    """

    template = t.Unicode(component("frame", "addresses")).tag(sync=True)
    page = t.Unicode(help="`ml` or `trading`").tag(sync=True)
    body = t.Instance(DOMWidget, allow_none=True).tag(sync=True, **widget_serialization)
    drawer = t.Instance(DOMWidget, allow_none=True).tag(sync=True, **widget_serialization)
    toasts = t.Instance(DOMWidget, allow_none=True).tag(sync=True, **widget_serialization)
    running = t.Int(help="jobs at work").tag(sync=True)
    symbol = t.Unicode().tag(sync=True)
    symbols = t.List(t.Unicode(), help="to choose from").tag(sync=True)
    model_type = t.Unicode().tag(sync=True)
    model_types = t.List(t.Unicode(), help="to choose from").tag(sync=True)
    timeframe = t.Unicode().tag(sync=True)
    timeframes = t.List(t.Unicode(), help="to choose from").tag(sync=True)
    horizon = t.Unicode().tag(sync=True)
    horizons = t.List(t.Unicode(), help="to choose from").tag(sync=True)
    facts = t.List(t.Unicode(), help="what else the page is about").tag(sync=True)
    market = t.Dict(help="connection to the market in words").tag(sync=True)
    pulse = t.Dict(help="times from which the page counts how old its last word is").tag(sync=True)
    notices = t.List(t.Dict(), help="what has to be said first").tag(sync=True)
    problem = t.Unicode(help="what was wrong with a choice").tag(sync=True)
    broken = t.Unicode(help="what nobody expected to go wrong").tag(sync=True)
    query = t.Unicode(help="the choices, for addresses").tag(sync=True)
    place = t.Unicode(help="the query of the page's own address").tag(sync=True)
    language = t.Unicode().tag(sync=True)
    languages = t.List(t.Unicode()).tag(sync=True)
    words = t.Dict(help="texts by name").tag(sync=True)

    def __init__(self, sources: Sources | None, **given: str | None) -> None:
        apply_to_vuetify()
        language.code = match_language(os.environ.get("HTTP_ACCEPT_LANGUAGE", language.code))
        trouble.text = ""
        self.sources = sources or Sources()
        address = os.environ.get("QUERY_STRING", "")
        self.choice, problem = starting_state(given, address, self.sources.production())
        self.attention = Attention(self.beat, self._broke, glance=self.look_at_jobs)
        self._beats, self._failing = 0, False
        self._market = MarketState(
            self.sources.market, symbol=self.choice.symbol, timeframe=self.choice.timeframe
        )
        self.desk = JobDesk(self.sources, self.choice)
        super().__init__(
            body=self.make_body(), problem=problem, broken=trouble.text, languages=[*LANGUAGES],
            model_types=[*MODEL_TYPES], timeframes=[*MINUTES], **self._chosen(), **self._said(),
        )  # fmt: skip
        self.choice.observe(lambda _: self._choice_changed())
        self._market.observe(lambda _: self.say(), [*_SAID_OF_MARKET])
        self.desk.state.observe(lambda _: self.say(), "records")
        language.observe(lambda _: self.say(), "code")
        trouble.observe(lambda change: self.set_trait("broken", change.new), "text")

    @property
    def shown(self) -> MarketLike:
        """The market that the chip speaks of."""
        return self._market

    def make_body(self) -> DOMWidget:
        """The page's own widgets, made from `self.choice` and `self.sources`."""
        raise NotImplementedError

    async def look_after(self) -> None:
        """What the page does about once a second while somebody looks at it."""
        raise NotImplementedError

    def choose(self) -> None:
        """Hand the choice on to those of the page's states that do not follow it themselves."""
        raise NotImplementedError

    def marked(self, before: Mark | None, now: Mark) -> None:
        """The jobs, the models or the candidates are others than before."""

    def open_job(self, record: JobRecord) -> None:
        """Show what a job is about."""
        job = job_choice(record)
        for name in _CHOSEN:
            setattr(self.choice, name, getattr(job, name))

    def own_query(self) -> str:
        """The query of the page's own address."""
        return self.choice.query

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
        self._tell_pulse()
        await self.look_at_jobs()
        await self.look_after()
        self._beats += 1
        if self._beats % _BEATS_A_SAYING == 0:
            self.desk.say()
            self.say_body()
            self.say()
        if self._failing:
            self._failing, self.broken = False, trouble.text

    async def look_at_jobs(self) -> None:
        """Follow the jobs, whoever started them: all that a page out of sight does."""
        if not self.desk.furnished:
            self.desk.furnish(self.open_job, here=self.page == "ml")
            self.tell({"drawer": self.desk.job_list, "toasts": self.desk.notices})
        before = self.desk.seen
        now = await self.desk.look()
        if now is not None and now != before:
            self.marked(before, now)

    def say(self) -> None:
        """Put everything in the frame into words again."""
        self.tell(self._said())

    def close(self) -> None:
        """Stop looking after the page."""
        if hasattr(self, "attention"):  # what was never made is closed too
            self.attention.end()
        super().close()

    def vue_look(self, data: dict[str, Any]) -> None:
        """A view of the page has come into sight, gone out of it, or is there no more."""
        if data.get("gone"):
            self.attention.leave(str(data["view"]))
        else:
            self.attention.look(str(data["view"]), bool(data["visible"]))

    def vue_choose(self, choice: dict[str, str]) -> None:
        """A person has chosen a symbol, timeframe, model type or horizon."""
        try:
            for name in _CHOSEN:
                if choice.get(name):
                    setattr(self.choice, name, choice[name])
            self.problem = ""
        except (MlwidgetsError, t.TraitError) as error:
            self.problem = str(error)
            self.send_state([*_CHOSEN])

    def vue_speak(self, code: str) -> None:
        """A person has chosen a language."""
        if code in LANGUAGES:
            language.code = code

    def vue_locate(self, name: object) -> None:
        """The page has told its time zone."""
        zone.settle(name)

    def vue_darken(self, dark: bool) -> None:
        """A person has chosen light or dark."""
        theme.dark = bool(dark)

    def vue_forgive(self, _: object) -> None:
        """A person has read what went wrong."""
        self.broken = trouble.text = ""

    def _choice_changed(self) -> None:
        self.choose()
        self.tell({**self._chosen(), **self._said()})

    def _chosen(self) -> dict[str, Any]:
        choice = self.choice
        return {
            **{name: getattr(choice, name) for name in _CHOSEN},
            "horizons": choice.horizons, "query": choice.query, "place": self.own_query(),
        }  # fmt: skip

    def _said(self) -> dict[str, Any]:
        running = self.desk.state.running
        return {
            "symbols": sorted({self.choice.symbol, *self._known_symbols()}),
            "facts": self.say_facts(),
            "market": chip_words(self.shown),
            "pulse": chip_pulse(self.shown),
            "notices": self.say_notices(),
            "running": running,
            "language": language.code,
            "words": frame_words(running),
        }

    def _tell_pulse(self) -> None:
        """One small message where the market has said something since; the page counts on."""
        pulse = chip_pulse(self.shown)
        if {**self.pulse, "now": 0.0} != {**pulse, "now": 0.0}:
            self.pulse = pulse

    def _known_symbols(self) -> set[str]:
        return {*self._market.symbols, *self.sources.symbols()}

    def _broke(self, error: Exception) -> None:
        self._failing, self.broken = True, broken_words(error)
