"""The frame of a page in words."""

from __future__ import annotations

from mlwidgets.components.texts import text

_WORDS = {
    "pages": "page.pages", "ml": "page.ml", "trading": "page.trading",
    "context": "page.context", "symbol": "page.symbol", "model_type": "page.model_type",
    "timeframe": "page.timeframe", "horizon": "page.horizon", "light": "page.light",
    "dark": "page.dark", "language": "page.language", "no_symbol": "page.no_symbol",
    "jobs": "page.jobs", "close_jobs": "page.jobs.close", "notify": "page.notify",
    "notify_on": "page.notify.on", "notify_denied": "page.notify.denied",
    "dismiss": "page.dismiss",
}  # fmt: skip


def frame_words(running: int) -> dict[str, str]:
    """Texts of the frame by name.

    Args:
        running: jobs at work.

    >>> frame_words(2)["jobs_button"]
    'Jobs, 2 at work'
    """
    words = {name: text(key) for name, key in _WORDS.items()}
    at_work = text("page.jobs.running", count=running) if running else words["jobs"]
    return {**words, "jobs_button": at_work}


def broken_words(error: Exception) -> str:
    """What is said of a page that could not be refreshed."""
    return text("page.broke", error=f"{type(error).__name__}: {error}")
