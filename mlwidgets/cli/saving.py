"""Saving a measured model, and what was production before."""

from __future__ import annotations

from dataclasses import dataclass

from mlwidgets.cli.documents import Document, saved_document
from mlwidgets.cli.model_views import saved_views
from mlwidgets.cli.output import Output
from mlwidgets.errors import ModelError
from mlwidgets.evaluation.report import BacktestReport
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.registry.registry import ModelRegistry


@dataclass(frozen=True, slots=True)
class Saved:
    """A saved model.

    Attributes:
        meta: its facts, with its version.
        before: the production model that it replaced.
    """

    meta: ModelMeta
    before: ModelMeta | None

    def show(self, output: Output, registry: ModelRegistry) -> None:
        """Tell people what was saved."""
        output.show(*saved_views(self.meta, self.before, registry))

    def document(self, registry: ModelRegistry) -> Document:
        """The same as JSON."""
        replaced = None if self.before is None else self.before.version
        return {**saved_document(self.meta, registry), "replaced": replaced}


def save_model(report: BacktestReport, registry: ModelRegistry) -> Saved:
    """Make a backtest's model production."""
    spec = report.spec
    try:
        before = registry.get_meta(spec.symbol, spec.model_type)
    except ModelError:  # none, or a damaged one, which the archive keeps all the same
        before = None
    return Saved(registry.save(report.model), before)
