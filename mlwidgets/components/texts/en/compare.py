"""English texts of comparisons."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "compare.blocked.busy": "Just a moment: the last action is on its way.",
    "compare.blocked.config": "Mend the hyper-parameters that are marked first.",
    "compare.blocked.running": "A comparison is running; both models are saved when it ends.",
    "compare.blocked.window": "Mend the dates first.",
    "compare.cancelled": "Nothing was saved. Resume starts it again.",
    "compare.difference.chance": (
        "{model_type}'s errors are smaller, but the difference may be chance ({p})."
    ),
    "compare.difference.real": (
        "{model_type}'s errors are smaller, and the difference is hardly chance ({p})."
    ),
    "compare.difference.unknown": "Whether the errors differ cannot be tested on so few forecasts.",
    "compare.empty": "No comparison of this market yet.",
    "compare.empty.next": (
        "Start Comparison trains both models at the same time and tests them on the same window."
    ),
    "compare.end": "Last day (UTC)",
    "compare.failed": "Nothing was saved. Change what the message names, or resume.",
    "compare.from.comparison": "from the last comparison",
    "compare.from.defaults": "defaults: nothing is in production",
    "compare.from.production": "from production {version}",
    "compare.gone": "Its measurements have made room for later ones. Start it again to see them.",
    "compare.heading": "Compare LSTM and HYBRID",
    "compare.interrupted": (
        "Nobody works on it any more. Resume trains again what was not finished; nothing has been "
        "saved."
    ),
    "compare.job": "Comparison",
    "compare.loading": "Reading the measurements…",
    "compare.not_saved": "Not saved",
    "compare.progress": "Progress of the comparison",
    "compare.promise": (
        "At the end both models of {symbol} are saved automatically, whatever they show:"
    ),
    "compare.promise.damaged": (
        "{model_type} replaces the production model, whose files are damaged."
    ),
    "compare.promise.first": "{model_type} becomes the first production model.",
    "compare.promise.replaces": "{model_type} replaces {version}, which goes to the archive.",
    "compare.refit": "Train again every",
    "compare.refit.hint": "such as 7d; empty: train once",
    "compare.reset": "Back to production's parameters",
    "compare.result": "Side by side",
    "compare.resume": "Resume",
    "compare.run": "Start Comparison",
    "compare.saved": "Saved as {version}, in production",
    "compare.start": "First day (UTC)",
    "compare.stop": "Stop",
    "compare.unsaved": "Saved later by its home",
    "compare.utc": "2025-08-20",
    "compare.window": "Test window",
}
