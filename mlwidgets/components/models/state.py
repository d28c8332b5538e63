"""The production model of a slot, kept without widgets."""

from __future__ import annotations

from typing import Protocol

from traitlets import HasTraits, Instance, Unicode, observe

from mlwidgets.components.workflow.steps import Candidates
from mlwidgets.errors import MlwidgetsError, ModelNotFound
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.jobs.candidate import Candidate


class Models(Protocol):
    """What is asked of a `ModelRegistry`."""

    def get_meta(self, symbol: str, model_type: str, version: str | None = None) -> ModelMeta:
        """Metadata of the production model."""


class ModelState(HasTraits):
    """The production model of the chosen symbol and model type, read again at every choice.

    Args:
        models: the registry.
        candidates: what backtests have measured.
        symbol: the chosen one.
        model_type: `LSTM` or `HYBRID`.
    """

    symbol = Unicode()
    model_type = Unicode("LSTM")
    meta = Instance(ModelMeta, allow_none=True, help="None where nothing is in production")
    measured = Instance(
        Candidate, allow_none=True, help="its backtest with the baselines, while that is kept"
    )
    waiting = Instance(Candidate, allow_none=True, help="the newest backtest, unless it is saved")
    problem = Unicode(help="why the model, or anything, cannot be read")

    def __init__(
        self, models: Models, candidates: Candidates, *, symbol: str, model_type: str = "LSTM"
    ) -> None:
        super().__init__(symbol=symbol, model_type=model_type)
        self._models, self._candidates = models, candidates
        self.refresh()

    def refresh(self) -> None:
        """Read the model and what is known of its backtest."""
        problem, meta, kept = "", None, []
        try:
            kept = self._candidates.list(self.symbol, self.model_type)
            meta = self._models.get_meta(self.symbol, self.model_type)
        except ModelNotFound:
            pass
        except MlwidgetsError as error:
            problem = error.message
        newest = kept[0] if kept else None
        with self.hold_trait_notifications():
            self.meta, self.problem = meta, problem
            self.measured = next((each for each in kept if _is_of(each, meta)), None)
            self.waiting = newest if newest and newest.saved_version is None else None

    @observe("symbol", "model_type")
    def _chosen(self, _: object) -> None:
        if hasattr(self, "_models"):
            self.refresh()


def _is_of(candidate: Candidate, meta: ModelMeta | None) -> bool:
    """Whether a backtest measured this very model."""
    measured = candidate.meta
    return meta is not None and (measured.weights_sha256, measured.trained_at) == (
        meta.weights_sha256,
        meta.trained_at,
    )
