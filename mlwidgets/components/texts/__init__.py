"""Every text that a person sees, in one catalogue per language."""

from __future__ import annotations

from types import MappingProxyType

from traitlets import Bunch, Enum, HasTraits

from mlwidgets.components.texts import en, ru

LANGUAGES = MappingProxyType({"en": en.TEXTS, "ru": ru.TEXTS})
"""The catalogues by language code."""


class Language(HasTraits):
    """The language of a page; components observe `code` and say everything again."""

    code = Enum(tuple(LANGUAGES), default_value="en")

    def say_again(self) -> None:
        """Have everything said again in the same language: something else than it has changed."""
        self.notify_change(
            Bunch(name="code", old=self.code, new=self.code, owner=self, type="change")
        )


language = Language()
"""The one of this kernel: a page has a kernel of its own."""


def text(key: str, **values: object) -> str:
    """A text in the page's language.

    Args:
        key: its name in the catalogues.
        values: what goes into its braces.

    Raises:
        KeyError: no catalogue has the key, or a value is missing.

    >>> text("age.past", duration="3 h")
    '3 h ago'
    """
    return LANGUAGES[language.code][key].format(**values)


def match_language(accepted: str) -> str:
    """The code of the language that a browser likes best, English where there is none.

    Args:
        accepted: the browser's languages in its order, as in an Accept-Language header.

    >>> match_language("de-DE,ru;q=0.8,en;q=0.5")
    'ru'
    """
    wanted = (part.strip()[:2].lower() for part in accepted.split(","))
    return next((code for code in wanted if code in LANGUAGES), "en")
