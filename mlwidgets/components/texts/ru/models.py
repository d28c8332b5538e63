"""Russian texts of the table of models."""

from __future__ import annotations

TEXTS: dict[str, str] = {}
