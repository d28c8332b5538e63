"""Voilà's template of our pages, and pages of ours that need no kernel."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

TEMPLATE = Path(__file__).parent / "template"
"""A Voilà template named mlwidgets, based on `lab`; nothing in it leads to another server."""


def render(name: str, **values: Any) -> str:
    """A page out of the template's folder that needs no kernel."""
    return _environment().get_template(name).render(**values)


def template_paths() -> list[str]:
    """Where Voilà finds our template and those that it is based on."""
    from voila.paths import collect_template_paths

    return [str(TEMPLATE), *collect_template_paths(["voila", "nbconvert"], "lab")]


@cache
def _environment() -> Environment:
    return Environment(loader=FileSystemLoader(TEMPLATE), autoescape=True)
