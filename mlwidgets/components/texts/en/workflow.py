"""English texts of the workflow."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "step.done": "Done",
    "step.evaluate": "Evaluate",
    "step.evaluate.done": "Backtest saved as {version}",
    "step.evaluate.hint": "Test & Save (manual)",
    "step.evaluate.running": "Backtest is running",
    "step.evaluate.todo": "No backtest yet",
    "step.evaluate.waiting": "Press Save Model to use it",
    "step.production": "Production",
    "step.production.damaged": "Model files are damaged",
    "step.production.done": "Model {version} is in use",
    "step.production.hint": "Use on /trading",
    "step.production.todo": "No model yet",
    "step.to_trading": "Open Trading",
    "step.todo": "Not done",
    "step.train": "Train",
    "step.train.done": "Trained and saved",
    "step.train.hint": "HPO (auto-save)",
    "step.train.running": "Optimization is running",
    "step.train.todo": "Not trained yet",
    "step.waiting": "Waits for a save",
    "stepper.label": "Workflow of {symbol} {model_type}",
}
