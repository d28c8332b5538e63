"""What the states of a page's tabs have in common: how they load and act, and what went wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from traitlets import Bool, HasTraits, Unicode

from mlwidgets.components.background import in_thread
from mlwidgets.components.choice import Choice
from mlwidgets.components.trouble import in_words, trouble
from mlwidgets.errors import JobStateError

Doing = Literal["acting", "reading", "loading"]


class TabState(HasTraits):
    """Does one thing at a time beside the kernel's loop, and says in words what went wrong.

    A refusal is said until the next action or another choice; that something cannot be read is
    said until it can be.

    Args:
        choice: what the page is about.
        traits: of the state.
    """

    busy = Bool(False, help="whether an action is on its way")
    problem = Unicode(help="why the last action or reading failed")

    def __init__(self, choice: Choice, **traits: Any) -> None:
        self.choice = choice
        self._problems: dict[Doing, str] = dict.fromkeys(("acting", "reading", "loading"), "")
        self._loading = self._again = False
        super().__init__(**traits)

    def refresh(self) -> None:
        """Read what other processes may have changed; cheap enough for every second."""
        raise NotImplementedError

    async def load(self) -> None:
        """Read what takes longer; while it is read already, that goes round once more."""
        self._again = True
        if self._loading:
            return
        self._loading = True
        try:
            while self._again:
                self._again = False
                await self._load()
            self._say_problem("loading")
        except Exception as error:  # never into the cell
            self._say_problem("loading", in_words(error))
        finally:
            self._loading = False

    async def _load(self) -> None:
        raise NotImplementedError

    async def _act(self, action: Callable[[], Any]) -> None:
        """Do something in a thread, unless something is being done, and read what came of it."""
        if self.busy:
            return
        chosen = self.choice.query
        self.busy = True
        self._say_problem("acting")
        try:
            await in_thread(action)
        except JobStateError:
            pass  # somebody else was faster: the record, read again, tells what has become of it
        except Exception as error:  # never into the cell
            if chosen == self.choice.query:
                self._say_problem("acting", in_words(error))
            else:  # it would be taken for a refusal of what is chosen meanwhile
                trouble.tell(error)
        finally:
            self.busy = False
            self.refresh()

    def _say_problem(self, of: Doing, why: str = "") -> None:
        """Say why something failed, or that it fails no longer."""
        self._problems[of] = why
        self.problem = next(filter(None, self._problems.values()), "")
