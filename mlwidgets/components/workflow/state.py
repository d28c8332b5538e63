"""What the stepper shows, kept without widgets."""

from __future__ import annotations

from traitlets import HasTraits, Tuple, Unicode, observe

from mlwidgets.components.workflow.steps import (
    STEPS,
    Candidates,
    Jobs,
    Models,
    Step,
    StepName,
    read_steps,
)
from mlwidgets.errors import MlwidgetsError


class WorkflowState(HasTraits):
    """The steps of the chosen symbol and model type, read again at every choice.

    Args:
        models: the registry.
        candidates: what backtests have measured.
        jobs: the job records.
        symbol: the chosen one.
        model_type: `LSTM` or `HYBRID`.
    """

    symbol = Unicode()
    model_type = Unicode("LSTM")
    steps = Tuple(tuple(map(Step, STEPS)), help="one `Step` each")
    problem = Unicode(help="why the steps could not be read; those shown are older then")

    def __init__(
        self, models: Models, candidates: Candidates, jobs: Jobs, *,
        symbol: str, model_type: str = "LSTM",
    ) -> None:  # fmt: skip
        super().__init__(symbol=symbol, model_type=model_type)
        self._sources = (models, candidates, jobs)
        self.refresh()

    def __getitem__(self, name: StepName) -> Step:
        step: Step = self.steps[STEPS.index(name)]
        return step

    def refresh(self) -> None:
        """Read the steps: cheap enough to be done every second or after each job event."""
        try:
            self.steps = read_steps(self.symbol, self.model_type, *self._sources)
            self.problem = ""
        except MlwidgetsError as error:
            self.problem = error.message

    @observe("symbol", "model_type")
    def _chosen(self, _: object) -> None:
        if hasattr(self, "_sources"):
            self.steps = tuple(map(Step, STEPS))
            self.refresh()
