"""Models: production, the archive, and what becomes production."""

from __future__ import annotations

from mlwidgets.errors import ModelError, ModelFileError, ModelNotFound
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.forecast.spec import ModelType, Value
from mlwidgets.registry.names import ModelKey, version_number
from mlwidgets.server.api.inputs import (
    ModelCursor,
    SlotPath,
    Symbol,
    SymbolPath,
    Truth,
    Version,
    VersionPath,
    Whole,
    limited,
)
from mlwidgets.server.api.operation import Operation
from mlwidgets.server.api.services import Services

_MOST = 200


class ModelsQuery(Value):
    """Which models to list."""

    archived: Truth = False
    """Those of the archive in place of those in production."""
    symbol: Symbol | None = None
    model_type: ModelType | None = None
    limit: Whole = limited(_MOST, 50)
    cursor: ModelCursor | None = None
    """`next` of the page before."""


class ModelsPage(Value):
    """Some models, and the cursor of those after them; null where there are no more."""

    items: tuple[ModelMeta, ...]
    next: str | None


class DeleteQuery(Value):
    """What takes a deleted production model's place."""

    successor: Version | None = None
    """An archived version that becomes production in the same step."""


class ModelName(Value):
    """Which model something was done to."""

    symbol: str
    model_type: ModelType
    version: str


class ModelProblem(Value):
    """Something that is wrong in the models folder."""

    file: str
    what: str
    remedy: str


class ModelProblems(Value):
    """Everything that is wrong in the models folder."""

    items: tuple[ModelProblem, ...]


def list_models(services: Services, query: ModelsQuery) -> ModelsPage:
    """Production models by slot, or archived ones by slot with the newest version first."""
    if query.archived:
        found = services.registry.archived(query.symbol, query.model_type)
    else:
        found = [meta for meta in services.registry.production() if _wanted(meta, query)]
    rest = [meta for meta in sorted(found, key=_place) if _is_after(meta, query.cursor)]
    page, more = rest[: query.limit], len(rest) > query.limit
    return ModelsPage(items=tuple(page), next=_cursor(page[-1]) if more else None)


def list_production(services: Services, path: SymbolPath) -> ModelsPage:
    """The production models of one symbol, of every model type."""
    return list_models(services, ModelsQuery(symbol=path.symbol))


def get_production(services: Services, path: SlotPath) -> ModelMeta:
    """The production model of a slot."""
    return services.registry.get_meta(path.symbol, path.model_type)


def get_version(services: Services, path: VersionPath) -> ModelMeta:
    """One version, in production or archived."""
    return services.registry.get_meta(path.symbol, path.model_type, path.version)


def restore(services: Services, path: VersionPath) -> ModelMeta:
    """Make an earlier version production again."""
    return services.registry.restore(path.symbol, path.model_type, path.version)


def archive(services: Services, path: SlotPath) -> ModelName:
    """Move the production model into the archive; the slot stays empty."""
    version = services.registry.archive(path.symbol, path.model_type)
    return ModelName(symbol=path.symbol, model_type=path.model_type, version=version)


def delete(services: Services, path: VersionPath, query: DeleteQuery) -> ModelName:
    """Delete a version for good."""
    services.registry.delete(path.symbol, path.model_type, path.version, successor=query.successor)
    return ModelName(symbol=path.symbol, model_type=path.model_type, version=path.version)


def problems(services: Services) -> ModelProblems:
    """What is wrong in the models folder, with what to do."""
    found = services.registry.problems()
    return ModelProblems(
        items=tuple(ModelProblem(file=p.file, what=p.what, remedy=p.remedy) for p in found)
    )


def _wanted(meta: ModelMeta, query: ModelsQuery) -> bool:
    return query.symbol in (None, meta.symbol) and query.model_type in (None, meta.model_type)


def _place(meta: ModelMeta) -> tuple[str, str, int]:
    """Where a model stands in a list: by slot, the newest version first."""
    return meta.symbol, meta.model_type, -version_number(meta.version)


def _cursor(meta: ModelMeta) -> str:
    return f"{meta.spec.slot}_{meta.version}"


def _is_after(meta: ModelMeta, cursor: str | None) -> bool:
    last = ModelKey.parse(f"{cursor}.json")
    return last is None or _place(meta) > (
        last.slot.symbol, last.slot.model_type, -version_number(last.version)
    )  # fmt: skip


_DAMAGED = (ModelNotFound, ModelFileError)

OPERATIONS = (
    Operation(
        "GET", "/models", "listModels", "List models: those in production, or the archive's.",
        list_models, ModelsPage, query=ModelsQuery,
    ),
    Operation(
        "GET", "/models/problems", "listModelProblems",
        "Say what is wrong in the models folder, and what to do about it.",
        problems, ModelProblems,
    ),
    Operation(
        "GET", "/models/{symbol}", "listProduction", "Show a symbol's production models.",
        list_production, ModelsPage, path_model=SymbolPath,
    ),
    Operation(
        "GET", "/models/{symbol}/{modelType}", "getProduction",
        "Show the production model of a symbol and model type.",
        get_production, ModelMeta, path_model=SlotPath, errors=_DAMAGED,
    ),
    Operation(
        "GET", "/models/{symbol}/{modelType}/{version}", "getModel",
        "Show one version, in production or archived.",
        get_version, ModelMeta, path_model=VersionPath, errors=_DAMAGED,
    ),
    Operation(
        "POST", "/models/{symbol}/{modelType}/{version}/restore", "restoreModel",
        "Make a version production again; it and the current one change places.",
        restore, ModelMeta, path_model=VersionPath, errors=_DAMAGED, lane="saving",
    ),
    Operation(
        "POST", "/models/{symbol}/{modelType}/archive", "archiveModel",
        "Move the production model into the archive; the slot stays empty.",
        archive, ModelName, path_model=SlotPath, errors=_DAMAGED, lane="saving",
    ),
    Operation(
        "DELETE", "/models/{symbol}/{modelType}/{version}", "deleteModel",
        "Delete a version for good; its number is never given out again.",
        delete, ModelName, path_model=VersionPath, query=DeleteQuery,
        errors=(*_DAMAGED, ModelError), lane="saving",
    ),
)  # fmt: skip
