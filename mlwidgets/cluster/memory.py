"""How much memory a worker process may use before Dask ends it."""

from __future__ import annotations

from mlwidgets.errors import SpecError


def memory_limit(chosen: str | None, processes: int) -> int:
    """The memory limit of a worker process in bytes.

    Args:
        chosen: a size with a unit; None for an equal share of the machine's.
        processes: how many share the machine.

    Raises:
        SpecError: the size makes no sense.

    >>> memory_limit("2GiB", 4)
    2147483648
    """
    from dask.utils import parse_bytes
    from distributed.system import MEMORY_LIMIT

    if chosen is None:
        return int(MEMORY_LIMIT / processes)
    try:
        limit = int(parse_bytes(chosen))
    except ValueError:
        limit = 0
    if limit <= 0:
        raise SpecError(
            f"The memory of a worker must be a size such as '2GiB' (got {chosen!r}).",
            field="worker_memory", value=chosen,
        )  # fmt: skip
    return limit
