"""What nobody expected to go wrong, for a page to say it in place."""

from __future__ import annotations

from traitlets import HasTraits, Unicode
from traitlets.log import get_logger

from mlwidgets.components.texts import text
from mlwidgets.errors import MlwidgetsError


class Trouble(HasTraits):
    """The last error that no part of a page has dealt with; frames observe `text`."""

    text = Unicode(help="in words; empty where there is none")

    def tell(self, error: BaseException) -> None:
        """Log an error with its traceback, and have it said.

        >>> trouble = Trouble()
        >>> trouble.tell(MlwidgetsError("The disk is full."))
        >>> trouble.text
        'The disk is full.'
        """
        if isinstance(error, MlwidgetsError):
            self.text = error.message
            return
        # Of a kernel it is the kernel's own log: any other is written below a cell.
        get_logger().error("A page's event was not dealt with.", exc_info=error)
        self.text = text("page.trouble", error=f"{type(error).__name__}: {error}")


trouble = Trouble()
"""The one of this kernel."""


def in_words(error: Exception) -> str:
    """What went wrong, to be said where it did; what nobody expected is logged as well.

    >>> in_words(MlwidgetsError("The disk is full."))
    'The disk is full.'
    """
    if isinstance(error, MlwidgetsError):
        return error.message
    trouble.tell(error)
    return trouble.text
