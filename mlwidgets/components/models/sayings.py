"""The table of models, its filters, its pages and its messages in words."""

from __future__ import annotations

from typing import Any

from mlwidgets.components.formats import age, percent
from mlwidgets.components.models.details import details_words
from mlwidgets.components.models.listing import PAGE
from mlwidgets.components.models.models_state import UPLOAD, ModelsState
from mlwidgets.components.models.offer import Offer
from mlwidgets.components.models.rows import problem_words, row_words
from mlwidgets.components.texts import text
from mlwidgets.forecast.spec import MODEL_TYPES

_HEADS = {
    "symbol": "models.symbol", "version": "models.version", "status": "models.status",
    "trained": "model.trained", "ahead": "models.ahead", "data_points": "models.data_points",
    "accuracy": "models.accuracy", "coverage": "models.coverage",
}  # fmt: skip
_NUMBERS = ("data_points", "accuracy", "coverage")
_DONE = {
    "restored": "models.done.restored", "deleted": "models.done.deleted",
    "uploaded": "models.done.uploaded",
}  # fmt: skip
_STATUSES = {
    "": "models.any_status", "production": "models.production", "archived": "models.archived",
    "damaged": "models.damaged",
}  # fmt: skip
_WORDS = {
    "heading": "models.heading", "search": "models.search", "status": "models.status",
    "types": "models.types", "any_type": "models.all", "upload": "models.upload",
    "upload_hint": "models.upload.hint",
    "accept": "models.upload.accept", "cancel": "models.cancel", "use": "models.use",
    "details": "models.details", "close": "models.close", "restore": "models.restore",
    "download": "models.download", "delete": "models.delete", "sure": "models.delete.sure",
    "successor": "models.delete.successor", "nobody": "models.delete.nobody",
    "config": "model.config", "metrics": "models.metrics", "origin": "models.origin",
    "files": "models.files", "loading": "models.loading", "simulated": "model.simulated",
    "previous": "models.previous", "next": "models.next", "pages": "models.pages",
    "problems": "models.problems", "dismiss": "models.dismiss", "actions": "models.actions",
    "too_large": "models.upload.too_large", "two_files": "models.upload.two_files",
    "brings": "models.upload.brings", "name_first": "models.delete.name_first",
    "clear": "models.clear", "interval": "models.interval", "empty_next": "models.none.next",
}  # fmt: skip


def tab_words(state: ModelsState) -> dict[str, Any]:
    """Everything that the tab says."""
    shown = state.shown
    first = state.page * PAGE
    return {
        "rows": [row_words(entry) for entry in shown[first : first + PAGE]],
        "heads": [_head(state, name, key) for name, key in _HEADS.items()],
        "filters": _filters(state),
        "details": details_words(state),
        "pager": _pager(state, len(shown)),
        "problems": [problem_words(problem) for problem in state.folder.problems],
        "offer": _offer_words(state.offer) if state.offer else {},
        "loaded": state.loaded,
        "busy": state.busy,
        "done": text(_DONE[state.done[0]], name=state.done[1]) if state.done else "",
        "empty": _empty(state) if state.loaded and not shown else "",
        "problem": state.problem,
        "refusal": state.refusals.get(UPLOAD, ""),
        "words": {name: text(key) for name, key in _WORDS.items()},
    }


def _head(state: ModelsState, name: str, key: str) -> dict[str, Any]:
    direction = "descending" if state.descending else "ascending"
    return {
        "name": name, "title": text(key), "number": name in _NUMBERS,
        "sorted": direction if state.column == name else "none",
    }  # fmt: skip


def _filters(state: ModelsState) -> dict[str, Any]:
    return {
        "text": state.text,
        "status": state.status,
        "statuses": [{"value": value, "title": text(key)} for value, key in _STATUSES.items()],
        "model_type": state.model_type,
        "model_types": [*MODEL_TYPES],
        "only_chosen": state.only_chosen,
        "only_label": text("models.only", symbol=state.choice.symbol),
    }


def _pager(state: ModelsState, count: int) -> dict[str, Any]:
    first = state.page * PAGE
    production = sum(entry.status == "production" for entry in state.folder.entries)
    return {
        "page": state.page,
        "pages": state.pages,
        "said": text("models.shown", first=first + 1, last=min(first + PAGE, count), count=count),
        "summary": text(
            "models.summary", count=len(state.folder.entries), production=production
        ) if state.folder.entries else "",
    }  # fmt: skip


def _empty(state: ModelsState) -> str:
    return text("models.none_fit" if state.folder.entries else "models.none")


def _offer_words(offer: Offer) -> dict[str, str]:
    meta = offer.meta
    slot = f"{meta.symbol} {meta.model_type}"
    return {
        "title": f"{slot} {meta.version}",
        "facts": text(
            "models.upload.facts", age=age(meta.trained_at), accuracy=percent(meta.accuracy),
            horizon=meta.horizon, timeframe=meta.timeframe,
        ),
        "effect": text("models.upload.replaces", slot=slot, version=offer.replaces)
        if offer.replaces else text("models.upload.first", slot=slot),
    }  # fmt: skip
