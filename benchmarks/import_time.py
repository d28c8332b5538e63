"""Time that `import mlwidgets` takes in a fresh interpreter, against libraries that it uses.

    python benchmarks/import_time.py [repetitions]

The budget is 300 ms on two cores. An interpreter that imports nothing is subtracted.
"""

from __future__ import annotations

import subprocess
import sys
import time
from statistics import median

BUDGET_MS = 300
STATEMENTS = (
    "import mlwidgets",
    "from mlwidgets import errors",
    "from mlwidgets import read_candles",
    "from mlwidgets import ModelSpec",
    "from mlwidgets import train_model",
    "import pandas",
    "import ccxt",
    "import torch",
)


def run_ms(statement: str) -> float:
    """Wall time of a fresh interpreter that runs a statement, in milliseconds."""
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True)
    return (time.perf_counter() - started) * 1000


def import_times(repetitions: int) -> dict[str, float]:
    """Median milliseconds of each statement; the first, cold run of each is not counted."""
    times: dict[str, list[float]] = {statement: [] for statement in ("pass", *STATEMENTS)}
    for _ in range(repetitions + 1):
        for statement, taken in times.items():
            taken.append(run_ms(statement))
    bare = median(times.pop("pass")[1:])
    return {statement: median(taken[1:]) - bare for statement, taken in times.items()}


def main() -> None:
    """Print a table; exit with 1 where the budget is exceeded."""
    repetitions = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    taken = import_times(repetitions)
    for statement, milliseconds in taken.items():
        print(f"{statement:<36} {milliseconds:8.1f} ms")
    ours = taken["import mlwidgets"]
    print(
        f"budget of import mlwidgets: {BUDGET_MS} ms, {'kept' if ours <= BUDGET_MS else 'broken'}"
    )
    sys.exit(ours > BUDGET_MS)


if __name__ == "__main__":
    main()
