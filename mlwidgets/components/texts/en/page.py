"""English texts of the frame of a page."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "next.copied": "Copied",
    "next.copy": "Copy",
    "next.evaluate": "Backtest one configuration of {symbol} {model_type}; nothing is saved by it:",
    "next.label": "Next step",
    "next.production": (
        "Train {symbol} {model_type}: the best model goes into production by itself:"
    ),
    "next.save": "A backtest waits for its save. To put exactly that model into production:",
    "next.save_again": (
        "A script's backtest waits for its save: save the report's model there, or run the "
        "backtest as a job."
    ),
    "next.to_trading": "Open Trading",
    "next.train": (
        "Search the hyper-parameters of {symbol} {model_type}; the best model is saved by itself:"
    ),
    "next.train_again": (
        "Search again when the market has changed; the best model replaces this one:"
    ),
    "next.use": "The model of {symbol} {model_type} forecasts on the trading page.",
    "page.broke": (
        "The page could not be refreshed: {error}. It tries again; reload it if this stays."
    ),
    "page.context": "What this page is about",
    "page.dark": "Dark theme",
    "page.language": "Русский язык",
    "page.light": "Light theme",
    "page.ml": "Models",
    "page.model_type": "Model type",
    "page.no_symbol": "Type a symbol and press Enter",
    "page.pages": "Pages",
    "page.symbol": "Symbol",
    "page.timeframe": "Timeframe",
    "page.trading": "Trading",
}
