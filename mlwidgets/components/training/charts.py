"""The three pictures of a search."""

from __future__ import annotations

from ipywidgets import DOMWidget

from mlwidgets.components.texts import language
from mlwidgets.components.training.history_plot import HistoryPlot
from mlwidgets.components.training.importance_plot import ImportancePlot
from mlwidgets.components.training.parallel_plot import ParallelPlot
from mlwidgets.components.training.search import SearchState
from mlwidgets.components.training.sources import train_request
from mlwidgets.components.training.trials import complete
from mlwidgets.search.space import default_space


class SearchCharts:
    """Draws a search into its plots whenever there is something else to draw.

    Args:
        search: what is drawn.
    """

    def __init__(self, search: SearchState) -> None:
        self.search = search
        self.history, self.importance, self.parallel = (
            HistoryPlot(), ImportancePlot(), ParallelPlot(),
        )  # fmt: skip
        search.observe(lambda _: self.draw(), ["trials", "record"])
        search.observe(lambda _: self._weigh(), "importances")
        language.observe(lambda _: self.draw(), "code")
        self._drawn: object = None
        self.draw()

    @property
    def plots(self) -> tuple[DOMWidget, ...]:
        """The widgets."""
        return self.history, self.importance, self.parallel

    def draw(self) -> None:
        """Draw the trials, unless the same ones are drawn already."""
        record, trials = self.search.record, self.search.trials
        if record is None:
            return
        request = train_request(record)
        drawn = (record.id, request.n_trials, trials, language.code)
        if drawn == self._drawn:
            return
        self._drawn = drawn
        space = request.space or default_space(request.model_type)
        self.history.draw(trials, request.n_trials)
        self.parallel.draw(trials, space, self.search.names)
        self._weigh()

    def _weigh(self) -> None:
        self.importance.draw(self.search.importances, len(complete(self.search.trials)))
