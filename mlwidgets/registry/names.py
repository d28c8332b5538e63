"""What model files are called: `{symbol}_{modelType}_{version}.json` and `.meta.json`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from mlwidgets.errors import SpecError
from mlwidgets.forecast.artifact import VERSION_PATTERN
from mlwidgets.forecast.spec import MODEL_TYPES, ModelType, checked_model_type
from mlwidgets.market.symbols import plain_symbol

FIRST_VERSION = "1.0.0"
SLOT_PATTERN = rf"[A-Z0-9]{{2,20}}_(?:{'|'.join(MODEL_TYPES)})"

_PARTS = 1_000_000
_NAME = re.compile(rf"({SLOT_PATTERN})_({VERSION_PATTERN})(?:\.meta)?\.json")


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """Where one production model lives: a symbol and a model type.

    >>> str(Slot.of("btc/usdt", "LSTM"))
    'BTCUSDT_LSTM'
    """

    symbol: str
    model_type: ModelType

    @classmethod
    def of(cls, symbol: str, model_type: str) -> Self:
        """The slot of a symbol as users write it.

        Raises:
            SpecError: no symbol, or no model type there is.
        """
        return cls(plain_symbol(symbol), checked_model_type(model_type))

    @classmethod
    def parse(cls, text: str) -> Self:
        """The slot that `str` wrote."""
        symbol, _, model_type = text.partition("_")
        return cls.of(symbol, model_type)

    def __str__(self) -> str:
        return f"{self.symbol}_{self.model_type}"


@dataclass(frozen=True, slots=True)
class ModelKey:
    """One version of one slot's model, and the names of its two files.

    >>> ModelKey(Slot.of("BTCUSDT", "LSTM"), "1.0.0").meta_name
    'BTCUSDT_LSTM_1.0.0.meta.json'
    """

    slot: Slot
    version: str

    @property
    def weights_name(self) -> str:
        """Name of the file of weights."""
        return f"{self.slot}_{self.version}.json"

    @property
    def meta_name(self) -> str:
        """Name of the file of metadata."""
        return f"{self.slot}_{self.version}.meta.json"

    @property
    def names(self) -> tuple[str, str]:
        """Both names, weights first."""
        return self.weights_name, self.meta_name

    @classmethod
    def parse(cls, name: str) -> Self | None:
        """The key that a file's name states, or None where it is no model file's name."""
        match = _NAME.fullmatch(name)
        return cls(Slot.parse(match[1]), match[2]) if match else None


def version_number(version: str) -> int:
    """Versions as integers that order as the versions do.

    >>> version_number("1.0.10") > version_number("1.0.9")
    True
    """
    major, minor, patch = map(int, version.split("."))
    return (major * _PARTS + minor) * _PARTS + patch


def next_version(seen: list[str]) -> str:
    """The version after every one seen: the patch grows and carries.

    >>> next_version([]), next_version(["1.0.0", "1.0.9"]), next_version(["1.0.999999"])
    ('1.0.0', '1.0.10', '1.1.0')
    """
    if not seen:
        return FIRST_VERSION
    rest, patch = divmod(max(map(version_number, seen)) + 1, _PARTS)
    major, minor = divmod(rest, _PARTS)
    return f"{major}.{minor}.{patch}"


def checked_version(version: str) -> str:
    """The version itself.

    Raises:
        SpecError: it is none.
    """
    if isinstance(version, str) and re.fullmatch(VERSION_PATTERN, version):
        return version
    raise SpecError(
        f"Version {str(version)[:40]!r} is not one; write it as '1.0.0'.", field="version"
    )
