"""Russian texts of backtests and their metrics."""

from __future__ import annotations

TEXTS: dict[str, str] = {}
