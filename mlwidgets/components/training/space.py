"""The search space as it is typed, for each model type."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from traitlets import Dict, Enum, HasTraits, observe

from mlwidgets.components.texts import text
from mlwidgets.components.training.numbers import BadNumber
from mlwidgets.components.training.ranges import RangeDraft, draft_of, read_range
from mlwidgets.errors import SpecError
from mlwidgets.forecast.spec import MODEL_TYPES, ModelType
from mlwidgets.search.ranges import Fixed
from mlwidgets.search.space import SearchSpace, default_space

_KINDS = ("range", "choice", "fixed")
_PARTS = ("low", "high", "options", "value")


class SpaceDraft(HasTraits):
    """Ranges as typed; each model type has its own, which are kept while another is shown.

    >>> draft = SpaceDraft(model_type="LSTM")
    >>> draft.edit("hidden_size", "high", "4")
    >>> draft.problems
    {'hidden_size': 'The minimum is above the maximum: swap them.'}
    >>> draft.reset()
    >>> draft.problems, draft.space
    ({}, None)
    """

    model_type = Enum(MODEL_TYPES, "LSTM")
    ranges = Dict(help="by hyper-parameter of the model type: its `RangeDraft`")
    problems = Dict(help="by hyper-parameter: why its range means nothing")

    def __init__(self, *, model_type: str = "LSTM") -> None:
        self._kept: dict[str, dict[str, RangeDraft]] = {}
        self._read = SearchSpace()
        super().__init__(model_type=model_type)
        self._show()

    @property
    def space(self) -> SearchSpace | None:
        """What is to be searched; None for the defaults. Make sure that there is no problem."""
        return None if self._read == default_space(self._type) else self._read

    @property
    def changed(self) -> bool:
        """Whether something else than the defaults is typed."""
        return bool(self.ranges != _defaults(self._type))

    def edit(self, name: str, part: str, value: Any) -> None:
        """A part of a range was typed or chosen; what is no part of one is left."""
        if name not in self.ranges or not _fits(part, value):
            return
        self._keep({**self.ranges, name: replace(self.ranges[name], **{part: value})})

    def reset(self) -> None:
        """Back to the defaults of the model type."""
        self._keep(_defaults(self._type))

    def check(self) -> None:
        """Find the problems again, in the page's language."""
        read, problems = {}, {}
        for name, draft in self.ranges.items():
            try:
                read[name] = read_range(name, draft)
            except BadNumber as problem:
                problems[name] = str(problem)
        if not problems:
            problems = self._take(read)
        self.problems = problems

    def _take(self, read: dict[str, Any]) -> dict[str, str]:
        """Put the ranges together; what remains to go wrong is between two of them."""
        try:
            self._read = default_space(self._type).replace(**read)
        except SpecError as error:
            kernel, window = read.get("kernel_size"), read["sequence_length"]
            if kernel and min(kernel.values()) > min(window.values()):
                return {"kernel_size": text("train.problem.kernel")}
            return {"sequence_length": error.message}
        return {}

    @property
    def _type(self) -> ModelType:
        return self.model_type

    @observe("model_type")
    def _show(self, _: object = None) -> None:
        self._keep(self._kept.get(self.model_type) or _defaults(self._type))

    def _keep(self, ranges: dict[str, RangeDraft]) -> None:
        self._kept[self.model_type] = ranges
        with self.hold_trait_notifications():
            self.ranges = ranges
            self.check()


def drawn_names(space: SearchSpace | None, model_type: ModelType) -> list[str]:
    """The hyper-parameters that a search draws, the fixed ones apart.

    >>> drawn_names(SearchSpace(dropout=0.1, batch_size=[64]), "LSTM")
    ['hidden_size', 'sequence_length', 'learning_rate', 'weight_decay', 'batch_size']
    """
    space = space or default_space(model_type)
    used = space.describe(model_type)
    return [name for name in used if not isinstance(getattr(space, name), Fixed)]


def _defaults(model_type: ModelType) -> dict[str, RangeDraft]:
    space = default_space(model_type)
    return {name: draft_of(name, getattr(space, name)) for name in space.describe(model_type)}


def _fits(part: str, value: Any) -> bool:
    if part == "kind":
        return value in _KINDS
    return isinstance(value, bool) if part == "log" else part in _PARTS and isinstance(value, str)
