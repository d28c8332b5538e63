"""The test window of a backtest as it is being typed, kept without widgets."""

from __future__ import annotations

import datetime as dt
import re

import pandas as pd
from traitlets import Dict, HasTraits, Instance, Int, Unicode, observe

from mlwidgets.components.texts import text
from mlwidgets.errors import MlwidgetsError
from mlwidgets.market.dates import utc_timestamp
from mlwidgets.market.timeframes import horizon_steps

DAYS = 30
"""Length of the window that is offered."""

_DATE = re.compile(r"(19|20|21)\d\d-\d\d-\d\d( \d\d:\d\d)?", re.ASCII)
"""Of years that candles can be of, and in which dates can be reckoned with."""
_DAY = pd.Timedelta(days=1)
_NAMES = ("start", "end", "refit_every")


class WindowDraft(HasTraits):
    """First and last day of a test window, and how often to train again inside it.

    A day is UTC; the last one counts in full. A time such as `2025-08-20 14:00` is meant to the
    minute, and ends the window there. An empty date leaves the choice to the backtest.

    Args:
        timeframe: of the candles, which times between two trainings are whole numbers of.

    >>> draft = WindowDraft()
    >>> draft.edit("start", "2025-08-20")
    >>> draft.edit("end", "2025-09-18")
    >>> str(draft.start), str(draft.end), draft.problems
    ('2025-08-20 00:00:00+00:00', '2025-09-19 00:00:00+00:00', {})
    """

    timeframe = Unicode("1h")
    values = Dict(dict.fromkeys(_NAMES, ""), help="by name: the text as typed")
    problems = Dict(help="by name: what is wrong with it, in words")
    known_end = Instance(pd.Timestamp, allow_none=True, help="where the known candles end")
    fillings = Int(help="how often the draft was filled anew, so that what is typed gives way")

    @property
    def start(self) -> pd.Timestamp | None:
        """First origin; None for 30 days before the end."""
        return _moment(self.values["start"])

    @property
    def end(self) -> pd.Timestamp | None:
        """End of the window, exclusive; None for as far as candles go."""
        return _moment(self.values["end"], last=True)

    @property
    def refit_every(self) -> str | None:
        """Time between two trainings inside the window; None to train once."""
        return self.values["refit_every"].strip() or None

    def edit(self, name: str, value: str) -> None:
        """A field was typed into; names that are no field are left alone."""
        if name in _NAMES:
            with self.hold_trait_notifications():
                self.values = {**self.values, name: value}
                self.check()

    def offer(self) -> None:
        """Fill in the last 30 whole days of what is known; empty where nothing is."""
        if self.known_end is None:
            self.fill(None, None)
        else:
            end = self.known_end.floor("D")
            self.fill(end - DAYS * _DAY, end)

    def fill(
        self,
        start: dt.datetime | None,
        end: dt.datetime | None,
        refit_every: str | None = None,
    ) -> None:
        """Replace what was typed by a request's window."""
        with self.hold_trait_notifications():
            self.values = {
                "start": _text(start), "end": _text(end, last=True),
                "refit_every": refit_every or "",
            }  # fmt: skip
            self.fillings += 1
            self.check()

    def check(self) -> None:
        """Say again what is wrong: for other values, or in another language."""
        problems = {name: why for name in ("start", "end") if (why := self._of_date(name))}
        if not problems and self.start and self.end and self.end <= self.start:
            problems["end"] = text("evaluate.field.end_first")
        if not problems and self.known_end is not None:
            problems = self._beyond(self.known_end)
        if self.refit_every and not _fits(self.refit_every, self.timeframe):
            problems["refit_every"] = text("evaluate.field.refit", timeframe=self.timeframe)
        self.problems = problems

    def _of_date(self, name: str) -> str:
        value = self.values[name].strip()
        try:
            good = not value or (_DATE.fullmatch(value) and _moment(value) is not None)
        except MlwidgetsError:
            good = False
        return "" if good else text("evaluate.field.date")

    def _beyond(self, known: pd.Timestamp) -> dict[str, str]:
        last = _text(known.floor("D"), last=True)
        if self.start is not None and self.start >= known:
            return {"start": text("evaluate.field.beyond", last=last)}
        if self.end is not None and self.end > known:
            return {"end": text("evaluate.field.beyond", last=last)}
        return {}

    @observe("known_end", "timeframe")
    def _known_otherwise(self, _: object) -> None:
        self.check()


def _moment(value: str, *, last: bool = False) -> pd.Timestamp | None:
    value = value.strip()
    if not value:
        return None
    moment = utc_timestamp(value)
    return moment + _DAY if last and len(value) == len("2025-01-31") else moment


def _text(moment: dt.datetime | None, *, last: bool = False) -> str:
    """A date where it is midnight, else a date and time."""
    if moment is None:
        return ""
    stamp = utc_timestamp(moment)
    if stamp != stamp.floor("D"):
        return f"{stamp:%Y-%m-%d %H:%M}"
    return f"{stamp - _DAY if last else stamp:%Y-%m-%d}"


def _fits(duration: str, timeframe: str) -> bool:
    try:
        return horizon_steps(duration, timeframe) > 0
    except MlwidgetsError:
        return False
