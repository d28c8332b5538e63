"""What models say of their fields, for readers of the API's document."""

from __future__ import annotations

import ast
import inspect
import re
from functools import cache
from itertools import pairwise
from textwrap import dedent

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema


class WithFieldDocs(GenerateJsonSchema):
    """JSON Schemas whose properties carry the docstrings of the fields."""

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """The schema of a model."""
        found = super().model_schema(schema)
        model: type[BaseModel] = schema["cls"]
        for name, text in field_docs(model).items():
            field = model.model_fields.get(name)
            alias = field.alias if field is not None else None
            if facts := found.get("properties", {}).get(alias):
                facts.setdefault("description", text)
        return found


@cache
def field_docs(model: type[BaseModel]) -> dict[str, str]:
    """What is written beneath a model's fields, or in its docstring's `Attributes`.

    >>> from mlwidgets.forecast.spec import ModelConfig
    >>> field_docs(ModelConfig)["hidden_size"]
    'Width of the recurrent state.'
    """
    found: dict[str, str] = {}
    for base in reversed(model.__mro__):
        if issubclass(base, BaseModel) and base is not BaseModel:
            found |= {**_attributes(inspect.getdoc(base) or ""), **_beneath(base)}
    return found


def _beneath(model: type[BaseModel]) -> dict[str, str]:
    [definition] = ast.parse(dedent(inspect.getsource(model))).body
    assert isinstance(definition, ast.ClassDef)
    return {
        field.target.id: " ".join(inspect.cleandoc(text.value.value).split())
        for field, text in pairwise(definition.body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
    }


def _attributes(docstring: str) -> dict[str, str]:
    block = re.search(r"^Attributes:\n((?:    .*\n?|\n)+)", docstring, re.MULTILINE)
    items = re.findall(r"^    (\w+): ((?:.*\n?)(?:     .*\n?)*)", block[1] if block else "", re.M)
    return {name: " ".join(text.split()) for name, text in items}
