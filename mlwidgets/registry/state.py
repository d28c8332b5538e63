"""The registry's memory: what is production, which versions are used up, what is unfinished."""

from __future__ import annotations

import json
from typing import Annotated

from pydantic import Field

from mlwidgets.errors import ModelFileError, SpecError
from mlwidgets.forecast.artifact import VERSION_PATTERN
from mlwidgets.forecast.spec import Value
from mlwidgets.registry.disk import read_file, write_file
from mlwidgets.registry.layout import Layout
from mlwidgets.registry.names import SLOT_PATTERN
from mlwidgets.registry.strict_json import file_error, parse_object

MAX_STATE_BYTES = 16 * 1024**2
STATE_FORMAT = 1

Version = Annotated[str, Field(pattern=rf"\A{VERSION_PATTERN}\z")]
SlotName = Annotated[str, Field(pattern=rf"\A{SLOT_PATTERN}\z")]


class SlotRecord(Value):
    """What one slot holds.

    Attributes:
        production: version in production, or None.
        latest: highest version ever saved; none at or below it is given out again.
    """

    production: Version | None
    latest: Version


class Unfinished(Value):
    """Files that have yet to go where the state says that they are.

    The slot's production version belongs in the root, wherever its files lie.

    Attributes:
        slot: the slot that changed.
        archive: versions that belong in the archive.
        remove: versions that belong nowhere.
    """

    slot: SlotName
    archive: tuple[Version, ...] = ()
    remove: tuple[Version, ...] = ()


class State(Value):
    """Everything that the registry remembers beside the model files.

    Attributes:
        generation: grows with every write, so that a reader notices one.
    """

    format_version: Annotated[int, Field(ge=STATE_FORMAT, le=STATE_FORMAT)] = STATE_FORMAT
    generation: Annotated[int, Field(ge=0)] = 0
    slots: dict[SlotName, SlotRecord] = Field(default_factory=dict)
    unfinished: Unfinished | None = None


def read_state(layout: Layout) -> State:
    """The state in force; an empty one where nothing was ever saved.

    Raises:
        ModelFileError: the file is damaged.
    """
    try:
        if layout.control.is_symlink():
            raise file_error(layout.control.name, "is a symbolic link, which is never followed")
        data = read_file(layout.state, MAX_STATE_BYTES)
        return State(**parse_object(data, layout.state.name, MAX_STATE_BYTES))
    except FileNotFoundError:
        return State()
    except (ModelFileError, SpecError) as error:
        what = error.details.get("problem", error.message)
        raise ModelFileError(
            f"The registry's own file {layout.state} cannot be used: it {what}. Models can be "
            "loaded but not saved; delete that file, and it is rebuilt from the model files.",
            file=str(layout.state), problem=what,
        ) from None  # fmt: skip


def draft_state(layout: Layout, state: State) -> None:
    """Write the next state beside the one in force."""
    write_file(layout.state_draft, (json.dumps(state.to_json(), indent=2) + "\n").encode())
