"""JSON Schemas of what goes in and out, from the same pydantic models that read and write it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Literal

from pydantic import BaseModel, TypeAdapter

from mlwidgets.server.api.field_docs import WithFieldDocs

Mode = Literal["validation", "serialization"]
Schema = dict[str, Any]

_VERBATIM = frozenset({"default", "examples", "const", "enum", "mapping"})
"""Keywords whose values are no schemas."""

_FOR_PROGRAMMERS = re.compile(r"\n\s*(?:Args:|Raises:|Attributes:|Returns:|>>>).*", re.DOTALL)


def schemas_of(
    models: Iterable[tuple[str, Mode, TypeAdapter[Any]]], ref_template: str
) -> tuple[dict[tuple[str, Mode], Schema], dict[str, Schema]]:
    """The schema of each model, and the definitions that they share.

    Args:
        models: (name, mode, adapter); the name is a key for the answer.
        ref_template: where the definitions will lie.
    """
    found, defs = TypeAdapter.json_schemas(
        models, by_alias=True, ref_template=ref_template, schema_generator=WithFieldDocs
    )
    definitions = {name: _tidy(schema) for name, schema in defs.get("$defs", {}).items()}
    return {(str(key), mode): _tidy(schema) for (key, mode), schema in found.items()}, definitions


@lru_cache(maxsize=64)
def self_contained(model: TypeAdapter[Any]) -> Schema:
    """The schema of what a model reads, with its definitions inside."""
    [schema], definitions = _one(model)
    return {**schema, "$defs": definitions}


def schema_of_fields(model: type[BaseModel]) -> Schema:
    """The schema of a model whose fields hold no other models."""
    schema: Schema = _tidy(model.model_json_schema(schema_generator=WithFieldDocs))
    return schema


def _one(model: TypeAdapter[Any]) -> tuple[list[Schema], dict[str, Schema]]:
    found, definitions = schemas_of([("it", "validation", model)], "#/$defs/{model}")
    return [*found.values()], definitions


def _tidy(schema: Any, *, named: bool = False) -> Any:
    """A schema in the words of any language: no titles made of names, no Python in patterns.

    Args:
        schema: the schema, or a part of it.
        named: whether its keys are names of properties and no keywords.
    """
    if isinstance(schema, list):
        return [_tidy(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if named:
        return {name: _tidy(item) for name, item in schema.items()}
    tidied = {
        key: value if key in _VERBATIM else _tidy(value, named=key in ("properties", "$defs"))
        for key, value in schema.items()
        if key != "title"
    }
    if "pattern" in tidied:
        tidied["pattern"] = tidied["pattern"].replace(r"\A", "^").replace(r"\z", "$")
    if "description" in tidied:
        tidied["description"] = _FOR_PROGRAMMERS.sub("", tidied["description"]).strip()
    return tidied
