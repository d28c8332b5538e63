"""`mlwidgets models`: what is saved, and which model is production."""

from __future__ import annotations

from pathlib import Path

import typer

from mlwidgets.cli.documents import saved_document
from mlwidgets.cli.figures import count
from mlwidgets.cli.model_views import model_view, models_table, problems_table
from mlwidgets.cli.options import ModelName, OutputOptions
from mlwidgets.cli.output import Output
from mlwidgets.errors import ModelNotFound, StorageError
from mlwidgets.registry.registry import ModelRegistry


def list_models(options: OutputOptions, *, everything: bool) -> None:
    """Show the production models, and the archive where asked to."""
    output, registry = Output(options.as_json), ModelRegistry()
    models, archived = registry.production(), registry.archived()
    problems = registry.problems()
    if models or (archived and everything):
        output.show(models_table(models, archived if everything else []))
    else:
        output.show(f"No models in {registry.root}. Train one: mlwidgets train BTCUSDT")
    if archived and not everything:
        output.show(f"{count(len(archived), 'model')} in the archive; --all shows them.")
    if problems:
        output.note(
            f"{count(len(problems), 'problem')} in the folder: mlwidgets models problems tells."
        )
    output.finish(
        {
            "folder": str(registry.root),
            "models": [meta.to_json() for meta in models],
            "archived": [meta.to_json() for meta in archived],
            "problems": len(problems),
        }
    )


def show(symbol: str, model: ModelName, version: str | None, options: OutputOptions) -> None:
    """Show everything that is known of a model."""
    output, registry = Output(options.as_json), ModelRegistry()
    meta = registry.get_meta(symbol, model, version)
    state = "production" if _is_production(registry, symbol, model, meta.version) else "archived"
    output.show(model_view(meta, state))
    output.finish({"model": meta.to_json(), "state": state})


def restore(symbol: str, model: ModelName, version: str, options: OutputOptions) -> None:
    """Make an earlier version production."""
    output, registry = Output(options.as_json), ModelRegistry()
    meta = registry.restore(symbol, model, version)
    output.show(f"{meta.symbol} {meta.model_type} {meta.version} is production.")
    output.finish(saved_document(meta, registry))


def delete(
    symbol: str,
    model: ModelName,
    version: str,
    options: OutputOptions,
    *,
    successor: str | None,
    yes: bool,
) -> None:
    """Delete a version for good, once that is confirmed."""
    output, registry = Output(options.as_json), ModelRegistry()
    name = f"{symbol} {model} {version}"
    if version not in registry.list_versions(symbol, model):
        registry.get_meta(symbol, model, version)  # says which versions there are
    if not yes:
        _confirm(name, output)
    registry.delete(symbol, model, version, successor=successor)
    heir = f" {successor} is production." if successor else ""
    output.show(f"Deleted {name}.{heir}")
    output.finish({"deleted": {"symbol": symbol, "modelType": model, "version": version}})


def problems(options: OutputOptions) -> None:
    """Show what is wrong in the folder."""
    output, registry = Output(options.as_json), ModelRegistry()
    found = registry.problems()
    if found:
        output.show(problems_table(found))
    else:
        output.show(f"Nothing is wrong in {registry.root}.")
    output.finish(
        {"problems": [{"file": p.file, "what": p.what, "remedy": p.remedy} for p in found]}
    )


def import_pair(weights: Path, meta: Path, options: OutputOptions) -> None:
    """Save a pair of files from elsewhere as the next version."""
    output, registry = Output(options.as_json), ModelRegistry()
    saved = registry.import_pair(_bytes(weights), _bytes(meta))
    output.show(f"{saved.symbol} {saved.model_type} {saved.version} is production.")
    output.finish(saved_document(saved, registry))


def _confirm(name: str, output: Output) -> None:
    if output.as_json or not output.stdout.is_terminal:
        raise typer.BadParameter("deleting is for good; say --yes", param_hint="--yes")
    typer.confirm(f"Delete {name} for good?", abort=True)


def _is_production(registry: ModelRegistry, symbol: str, model: ModelName, version: str) -> bool:
    try:
        return registry.get_meta(symbol, model).version == version
    except ModelNotFound:
        return False


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise StorageError(
            f"{path} cannot be read ({error.strerror}); give the weights file, then its "
            ".meta.json.", file=str(path),
        ) from None  # fmt: skip
