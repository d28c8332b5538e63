"""What a models folder holds at one moment, seen without a lock."""

from __future__ import annotations

from dataclasses import dataclass

from mlwidgets.errors import ModelFileError
from mlwidgets.registry.disk import entries
from mlwidgets.registry.layout import Layout
from mlwidgets.registry.names import ModelKey, Slot, version_number
from mlwidgets.registry.state import State, Unfinished, read_state

_ATTEMPTS = 100


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state in force and the names of the files that lie there.

    Attributes:
        state: the registry's memory; empty where its file is damaged.
        damage: what is wrong with the state's file, or None.
        root: names in the folder of production models.
        archive: names in the archive.
    """

    state: State
    damage: str | None
    root: frozenset[str]
    archive: frozenset[str]

    def slots(self) -> list[Slot]:
        """Every slot that has files or a production model."""
        found = {key.slot for name in self.root | self.archive if (key := ModelKey.parse(name))}
        known = {Slot.parse(name) for name, held in self.state.slots.items() if held.production}
        return sorted(found | known)

    def production(self, slot: Slot) -> str | None:
        """The version in production: the recorded one, else the highest in the root.

        Files that somebody dropped beside a recorded model never displace it.
        """
        record = self.state.slots.get(str(slot))
        if self._moving(slot):
            return record.production if record else None
        lying = _versions(slot, self.root)
        if record and record.production in lying:
            return record.production
        whole = [v for v in lying if set(ModelKey(slot, v).names) <= self.root]
        return max(whole or lying, key=version_number, default=None)

    def archived(self, slot: Slot) -> list[str]:
        """Versions in the archive, newest first."""
        versions = _versions(slot, self.archive)
        if moving := self._moving(slot):
            versions = (versions | set(moving.archive)) - set(moving.remove)
        return _newest_first(versions - {self.production(slot)})

    def strays(self, slot: Slot) -> list[str]:
        """Versions that lie beside the production model without being it, newest first."""
        versions = _versions(slot, self.root) - {self.production(slot)}
        if moving := self._moving(slot):
            versions -= {*moving.archive, *moving.remove}
        return _newest_first(versions)

    def versions(self, slot: Slot) -> list[str]:
        """Every version that can be named, newest first."""
        current = self.production(slot)
        found = {*self.archived(slot), *self.strays(slot)} | ({current} if current else set())
        return _newest_first(found)

    def seen(self, slot: Slot) -> list[str]:
        """Every version that must not be given out again."""
        record = self.state.slots.get(str(slot))
        return [*self.versions(slot), *([record.latest] if record else [])]

    def _moving(self, slot: Slot) -> Unfinished | None:
        unfinished = self.state.unfinished
        return unfinished if unfinished and unfinished.slot == str(slot) else None


def take_snapshot(layout: Layout) -> Snapshot:
    """Look at the folder until no write came between.

    Raises:
        StorageError: the disk refused.
    """
    state, damage = _state(layout)
    for _ in range(_ATTEMPTS):
        root, archive = entries(layout.root), entries(layout.archive)
        after, damage = _state(layout)
        if after == state:
            break
        state = after
    return Snapshot(state, damage, root, archive)


def _state(layout: Layout) -> tuple[State, str | None]:
    try:
        return read_state(layout), None
    except ModelFileError as error:
        return State(), error.message


def _versions(slot: Slot, names: frozenset[str]) -> set[str]:
    keys = map(ModelKey.parse, names)
    return {key.version for key in keys if key and key.slot == slot}


def _newest_first(versions: set[str]) -> list[str]:
    return sorted(versions, key=version_number, reverse=True)
