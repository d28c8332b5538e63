"""Russian texts of times and spans."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "age.now": "только что",
    "age.past": "{duration} назад",
    "unit.day": "{count} д",
    "unit.hour": "{count} ч",
    "unit.minute": "{count} мин",
    "unit.month": "{count} мес",
    "unit.second": "{count} с",
    "unit.week": "{count} нед",
    "unit.year": "{count} г",
}
