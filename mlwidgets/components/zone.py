"""The time zone in which times are said."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from traitlets import HasTraits, Instance

from mlwidgets.components.texts import language


class Zone(HasTraits):
    """The zone of the browser that shows a page; of this machine until a page has told its own."""

    info = Instance("datetime.tzinfo", allow_none=True, help="None: this machine's")

    def settle(self, name: object) -> None:
        """Take a page's zone and have everything said again.

        Args:
            name: as browsers and the IANA call it; times of an unknown zone are said in UTC.

        >>> zone = Zone()
        >>> zone.settle("Asia/Tokyo")
        >>> zone.info
        zoneinfo.ZoneInfo(key='Asia/Tokyo')
        """
        info = _known(name)
        if info != self.info:
            self.info = info
            language.say_again()


def _known(name: object) -> dt.tzinfo:
    try:
        return ZoneInfo(str(name))
    except (KeyError, ValueError, OSError):  # unknown, no name, a folder of names
        return dt.UTC


zone = Zone()
"""The one of this kernel: a page has a kernel of its own."""
