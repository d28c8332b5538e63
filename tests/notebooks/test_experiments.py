import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "experiments.ipynb"

SMALL = """
SYMBOL, TIMEFRAME, HORIZON = "BTCUSDT", "1h", "1h"
HISTORY = "730D"
SIMULATED = True
TRIALS, FOLDS, EPOCHS = 2, 2, 2
"""


def test_it_runs_from_candles_to_a_forecast_on_simulated_candles(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    parameters = [c for c in notebook.cells if "parameters" in c.metadata.get("tags", [])]
    assert len(parameters) == 1
    parameters[0].source = SMALL
    monkeypatch.setenv("IPYTHONDIR", str(home / "ipython"))
    NotebookClient(notebook, timeout=240, resources={"metadata": {"path": str(home)}}).execute()
    said = "".join(out.get("text", "") for out in notebook.cells[-1].outputs)
    assert re.search(r"SIMUSDT [\d,]+\.\d\d \([+-]\d\.\d\d%, (up|down|flat)\)", said)
    assert (home / "models" / "SIMUSDT_LSTM_1.0.0.json").exists()


def test_it_is_kept_without_outputs() -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(not cell.outputs and cell.execution_count is None for cell in code)
