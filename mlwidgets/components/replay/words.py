"""A replay in words."""

from __future__ import annotations

from typing import Any

from mlwidgets.components.formats import moment, percent
from mlwidgets.components.replay.record import ReplayScore
from mlwidgets.components.replay.state import SPEEDS, ReplayState
from mlwidgets.components.texts import text

_NAMES = {
    "accuracy": "replay.accuracy", "back": "replay.back", "banner": "replay.banner",
    "begin": "replay.begin", "begin_help": "replay.begin.help", "coverage": "replay.coverage",
    "end": "replay.end", "forecasts": "replay.forecasts", "help": "replay.help",
    "jump": "replay.jump", "leave": "replay.leave", "none": "replay.none",
    "pause": "replay.pause", "play": "replay.play", "reading": "replay.reading",
    "record": "replay.record", "speed": "replay.speed", "step": "replay.step",
}  # fmt: skip


def replay_words(state: ReplayState) -> dict[str, str]:
    """What stands on the strip whatever the time is."""
    slot = {"symbol": state.symbol, "timeframe": state.timeframe}
    return {
        **{name: text(key) for name, key in _NAMES.items()},
        "label": text("replay.label", **slot),
        "fair": "" if state.fair is None else text("replay.fair", time=moment(state.fair)),
    }


def speeds() -> list[dict[str, Any]]:
    """The speeds to choose from."""
    return [{"value": speed, "name": text("replay.speed.name", speed=speed)} for speed in SPEEDS]


def warning(state: ReplayState) -> str:
    """That the model was trained on what is shown; empty where it was not."""
    if not state.trained_on or state.fair is None:
        return ""
    return text("replay.trained", time=moment(state.fair))


def score_words(score: ReplayScore) -> dict[str, str]:
    """What the forecasts of a replay came to; shares of nothing are empty.

    >>> score_words(ReplayScore(made=5, scored=4, called=4, hits=3, inside=4, promised=0.9))["hits"]
    '3 of 4'
    """
    return {
        "count": text("replay.scored", made=score.made, scored=score.scored) if score.made else "",
        "accuracy": percent(score.accuracy) if score.called else "",
        "hits": text("replay.shares", hits=score.hits, count=score.called),
        "coverage": percent(score.coverage) if score.scored else "",
        "promised": text("replay.promised", share=percent(score.promised, 0)),
    }
