import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "experiments.ipynb"

SMALL = """
SYMBOL, TIMEFRAME, HORIZON = "BTCUSDT", "1h", "1h"
HISTORY = "730D"
SIMULATED = True
TRIALS, FOLDS, EPOCHS = 2, 2, 1
"""


def test_it_runs_from_candles_to_a_forecast_on_simulated_candles(
    run: Callable[..., Any], home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    parameters = [c for c in notebook.cells if "parameters" in c.metadata.get("tags", [])]
    assert len(parameters) == 1
    parameters[0].source = SMALL

    run(notebook)

    said = capsys.readouterr().out
    assert re.search(r"SIMUSDT [\d,]+\.\d\d \([+-]\d\.\d\d%, (up|down|flat)\)", said)
    assert (home / "models" / "SIMUSDT_LSTM_1.0.0.json").exists()


def test_it_is_kept_without_outputs() -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(not cell.outputs and cell.execution_count is None for cell in code)
