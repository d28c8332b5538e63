"""The strip that moves a replay."""

from __future__ import annotations

from typing import Any

import pandas as pd
import traitlets as t

from mlwidgets.components.background import start
from mlwidgets.components.formats import moment
from mlwidgets.components.frontend import component
from mlwidgets.components.piece import Piece
from mlwidgets.components.replay.state import SPEEDS, ReplayState
from mlwidgets.components.replay.words import replay_words, score_words, speeds, warning
from mlwidgets.components.texts import language
from mlwidgets.market.dates import from_epoch_ms


class ReplayBar(Piece):
    """Start at a past hour, play, pause, step, jump, and what the forecasts came to.

    The space bar plays and pauses, the arrow keys step. It works wherever it is shown:

        replay = ReplayState.over(candles, model=report.model)
        chart = PriceChart(candles[:0])
        replay.observe(lambda change: chart.state.replace(change.new.candles, ...), "series")
        VBox([ReplayBar(replay), chart])

    Args:
        state: what it moves, and follows.

    >>> import mlwidgets as mw
    >>> candles = mw.simulate_market("1h", periods=300, start="2025-01-01").candles
    >>> bar = ReplayBar(ReplayState.over(candles))
    >>> bar.active, bar.words["begin"]
    (False, 'Replay')
    """

    template = t.Unicode(component("replay_bar")).tag(sync=True)
    active = t.Bool(False, help="whether the page is in the past").tag(sync=True)
    busy = t.Bool(False, help="whether candles are being read").tag(sync=True)
    playing = t.Bool(False).tag(sync=True)
    speed = t.Int(60).tag(sync=True)
    speeds = t.List(t.Dict(), help="to choose from").tag(sync=True)
    now = t.Float(help="epoch ms; of whole candles while the market plays").tag(sync=True)
    first = t.Float(help="earliest now, epoch ms").tag(sync=True)
    last = t.Float(help="latest now, epoch ms").tag(sync=True)
    fair = t.Float(None, allow_none=True, help="when the training data end").tag(sync=True)
    ended = t.Bool(False, help="whether there are no later candles").tag(sync=True)
    time = t.Unicode(help="now in words").tag(sync=True)
    warning = t.Unicode(help="that the model was trained on this").tag(sync=True)
    problem = t.Unicode(help="why there is nothing to replay").tag(sync=True)
    score = t.Dict(help="the record in words").tag(sync=True)
    words = t.Dict(help="texts by name").tag(sync=True)

    def __init__(self, state: ReplayState) -> None:
        self.state = state
        super().__init__(**self._said())
        state.observe(lambda _: self.tell(self._moved()), ["updated", "score", "playing"])
        state.observe(lambda _: self.say(), [
            "active", "busy", "problem", "speed", "first", "last", "fair", "symbol", "timeframe",
        ])  # fmt: skip
        language.observe(lambda _: self.say(), "code")

    def say(self) -> None:
        """Put the state into words again."""
        self.tell(self._said())

    def close(self) -> None:
        """Let the market stand still, for nobody to see it."""
        if hasattr(self, "state"):
            self.state.pause()
        super().close()

    def vue_begin(self, at: float | None) -> None:
        """Replay was pressed."""
        start(lambda: self.state.begin(_instant(at)))

    def vue_jump(self, at: float) -> None:
        """A time was chosen, in epoch milliseconds."""
        where = _instant(at)
        if where is not None:
            start(lambda: self.state.jump(where))

    def vue_toggle(self, _: object) -> None:
        """Play or pause was pressed."""
        if self.state.playing:
            self.state.pause()
        else:
            self.state.play()

    def vue_step(self, candles: int) -> None:
        """Step on, or back, was pressed."""
        start(lambda: self.state.step(-1 if candles < 0 else 1))

    def vue_hasten(self, speed: int) -> None:
        """A speed was chosen."""
        if speed in SPEEDS:
            self.state.speed = speed

    def vue_leave(self, _: object) -> None:
        """Back to live was pressed."""
        self.state.leave()

    def _moved(self) -> dict[str, Any]:
        state = self.state
        return {
            "playing": state.playing, "ended": state.active and state.now >= state.last,
            "time": moment(state.now, seconds=True) if state.active else "",
            "now": self.now if state.playing else float(state.now),
            "warning": warning(state), "score": score_words(state.score),
        }  # fmt: skip

    def _said(self) -> dict[str, Any]:
        state = self.state
        same = ("active", "busy", "speed", "first", "last", "fair", "problem")
        return {
            **{name: getattr(state, name) for name in same}, **self._moved(),
            "speeds": speeds(), "words": replay_words(state),
        }  # fmt: skip


def _instant(at: float | None) -> pd.Timestamp | None:
    """A page's epoch milliseconds as a time; None where they are none."""
    return from_epoch_ms(int(at)) if isinstance(at, int | float) and at > 0 else None
