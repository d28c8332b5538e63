"""English texts of the frame of a page."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "page.broke": (
        "The page could not be refreshed: {error}. It tries again; reload it if this stays."
    ),
    "page.context": "What this page is about",
    "page.dark": "Dark theme",
    "page.dismiss": "Dismiss",
    "page.horizon": "Horizon",
    "page.jobs": "Jobs",
    "page.jobs.close": "Close jobs",
    "page.jobs.running": "Jobs, {count} at work",
    "page.language": "Русский язык",
    "page.light": "Light theme",
    "page.ml": "Models",
    "page.model_type": "Model type",
    "page.no_symbol": "Type a symbol and press Enter",
    "page.notices": "Notifications",
    "page.notify": "Notify me when a job ends",
    "page.notify.denied": (
        "Your browser does not allow notifications from this page: change that beside its address."
    ),
    "page.notify.on": "Your browser tells you when a job ends",
    "page.pages": "Pages",
    "page.symbol": "Symbol",
    "page.tab.compare": "Compare",
    "page.tab.evaluate": "Evaluate",
    "page.tab.models": "Models",
    "page.tab.train": "Train (HPO)",
    "page.tabs": "Workflow",
    "page.timeframe": "Timeframe",
    "page.trading": "Trading",
    "page.trouble": "That did not work: {error}. Try it again; the kernel's log says more.",
}
