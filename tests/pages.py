"""Pages of a running server as a person meets them, and the models that lie behind them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from browser import chromium
from serving import Serving

from mlwidgets.jobs.store import JobStore

PATIENCE = 60.0
"""Seconds after which a page will not change any more."""

_SIGNS = """steps => steps.map(step => {
    const disc = getComputedStyle(step.querySelector('.mlw-step__disc')).stroke;
    const [red, green, blue] = disc.match(/\\d+/g).map(Number);
    const spread = Math.max(red, green, blue) - Math.min(red, green, blue);
    if (spread < 40) return 'grey';
    return green > red ? 'green' : blue > green ? 'blue' : 'yellow';
})"""


@dataclass(frozen=True)
class Site:
    """A server and its home.

    Attributes:
        server: runs.
        open: opens a page, e.g. `ml?symbol=BTCUSDT`, in a window of its own.
        close_pages: closes those that are open, and with them their kernels.
    """

    server: Serving
    open: Callable[[str], Any]
    close_pages: Callable[[], None]

    def files(self, symbol: str) -> dict[str, bytes]:
        """A symbol's models, those in the archive too: contents by path below `models/`."""
        root = self.server.home / "models"
        return {
            str(file.relative_to(root)): file.read_bytes()
            for file in sorted(root.rglob(f"{symbol}_*"))
        }

    @property
    def jobs(self) -> JobStore:
        """The home's jobs, as another process sees them."""
        return JobStore(f"sqlite:///{self.server.home / 'data' / 'mlwidgets.db'}")


@contextmanager
def visiting(server: Serving) -> Iterator[Site]:
    """A browser at a server; whatever goes wrong in its pages fails who visits."""
    errors: list[str] = []
    looked_at: set[Any] = set()
    with chromium() as first:
        context = first.context.browser.new_context(viewport=first.viewport_size)
        context.set_default_timeout(PATIENCE * 1000)

        def note(page: Any, error: str) -> None:
            if page in looked_at:
                errors.append(error)

        def visit(place: str) -> Any:
            page = context.new_page()
            looked_at.add(page)
            page.on("console", lambda said: said.type == "error" and note(page, said.text))
            page.on("pageerror", lambda error: note(page, str(error)))
            page.goto(f"{server.origin}/{place}&token={server.token}")
            page.locator(".mlw-page__name").wait_for()
            return page

        def close() -> None:
            assert not errors, errors
            looked_at.clear()  # what a page says that is being closed concerns nobody
            for page in context.pages:
                page.close(run_before_unload=True)

        yield Site(server, visit, close)
        close()


def steps(page: Any) -> list[tuple[str, str]]:
    """Colour and word of each step of the workflow."""
    buttons = page.locator(".mlw-step")
    buttons.nth(2).wait_for()
    colours = buttons.evaluate_all(_SIGNS)
    words = [step.locator(".mlw-step__reason b").inner_text() for step in buttons.all()]
    return list(zip(colours, words, strict=True))
