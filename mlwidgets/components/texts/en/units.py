"""English texts of times and spans."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "age.now": "just now",
    "age.past": "{duration} ago",
    "unit.day": "{count} d",
    "unit.hour": "{count} h",
    "unit.minute": "{count} min",
    "unit.month": "{count} mo",
    "unit.second": "{count} s",
    "unit.week": "{count} w",
    "unit.year": "{count} y",
}
