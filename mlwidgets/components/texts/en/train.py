"""English texts of training."""

from __future__ import annotations

TEXTS: dict[str, str] = {}
