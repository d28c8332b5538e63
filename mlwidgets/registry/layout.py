"""Where a registry keeps what."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Layout:
    """The folders of a registry.

    Production pairs lie in `root`, earlier ones in `root/archive`; `root/.registry` holds
    the lock, the state and the files of a save that has not become production yet.
    """

    root: Path

    @property
    def archive(self) -> Path:
        """Folder of earlier production models."""
        return self.root / "archive"

    @property
    def control(self) -> Path:
        """Folder of the registry's own files."""
        return self.root / ".registry"

    @property
    def incoming(self) -> Path:
        """Folder of files that are being saved."""
        return self.control / "incoming"

    @property
    def state(self) -> Path:
        """File that says what is production."""
        return self.control / "state.json"

    @property
    def state_draft(self) -> Path:
        """The state before it replaces the one in force."""
        return self.control / "state.json.draft"

    @property
    def lock(self) -> Path:
        """File that writers lock."""
        return self.control / "lock"

    @property
    def folders(self) -> tuple[Path, ...]:
        """Every folder, parents first."""
        return self.root, self.control, self.incoming, self.archive

    @property
    def linked(self) -> list[Path]:
        """Folders inside the root that are symbolic links; none may be, they lead out of it."""
        return [folder for folder in self.folders[1:] if folder.is_symlink()]
