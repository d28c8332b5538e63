"""Which worker gets which GPU."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence

VARIABLE = "CUDA_VISIBLE_DEVICES"
"""Names the GPUs that a process may see, to CUDA as to us."""

_ASK_SECONDS = 10.0


def visible_gpus() -> tuple[str, ...]:
    """The GPUs that this process may use, as `CUDA_VISIBLE_DEVICES` would name them."""
    return chosen_gpus(_installed(), os.environ.get(VARIABLE))


def chosen_gpus(installed: int, visible: str | None) -> tuple[str, ...]:
    """The GPUs that a value of `CUDA_VISIBLE_DEVICES` leaves, read as CUDA reads it.

    Args:
        installed: how many there are.
        visible: the variable's value; None where it is not set.

    >>> chosen_gpus(4, None)
    ('0', '1', '2', '3')
    >>> chosen_gpus(4, "2,0,-1,3")
    ('2', '0')
    """
    if visible is None or installed == 0:
        return tuple(str(index) for index in range(installed))
    chosen: list[str] = []
    for name in (part.strip() for part in visible.split(",")):
        if not name.startswith(("GPU-", "MIG-")) and name not in map(str, range(installed)):
            break  # CUDA sees nothing from the first name on that it does not know
        chosen.append(name)
    return tuple(chosen)


def gpu_of_each(workers: int, gpus: Sequence[str]) -> list[str]:
    """The value of `CUDA_VISIBLE_DEVICES` of each worker: a GPU of its own, or none.

    >>> gpu_of_each(3, ["0", "1"])
    ['0', '1', '']
    """
    return [gpus[index] if index < len(gpus) else "" for index in range(workers)]


def owns_a_gpu() -> bool:
    """Whether this process was given a GPU by name."""
    return os.environ.get(VARIABLE, "") not in ("", "-1", "NoDevFiles")


def _installed() -> int:
    try:
        listed = subprocess.run(
            ["nvidia-smi", "-L"],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_ASK_SECONDS,
            check=True,
        ).stdout  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return 0
    return sum(line.startswith("GPU ") for line in listed.splitlines())
