"""What the host of this machine's cluster is told by the process that starts it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class HostOrder:
    """How to run the cluster.

    Attributes:
        folder: of the cluster.
        id: of this run.
        workers: processes that compute folds.
        memory: limit of each process in bytes.
        linger: seconds to outlive the last user.
    """

    folder: str
    id: str
    workers: int
    memory: int
    linger: float

    def to_argument(self) -> str:
        """For the command line, where other users of the machine can read it."""
        return json.dumps(asdict(self))

    @classmethod
    def from_argument(cls, argument: str) -> HostOrder:
        """What `to_argument` made."""
        return cls(**json.loads(argument))
