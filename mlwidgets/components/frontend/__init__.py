"""What runs in the browser: Vue components put together from their parts."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from mlwidgets.components import theme


@lru_cache
def component(name: str, *libraries: str) -> str:
    """A Vue component as one text: `name`.html, `name`.js and `name`.css, with the theme's CSS.

    Args:
        name: of its files in this folder.
        libraries: further .js files, whose functions the component uses.
    """
    scripts = [_read(f"{library}.js") for library in (*libraries, name)]
    return (
        f"<template>\n{_read(f'{name}.html')}</template>\n"
        f"<script>\n{''.join(scripts)}</script>\n"
        f"<style>\n{theme.css()}{_read('shared.css')}{_read(f'{name}.css')}</style>\n"
    )


def _read(file: str) -> str:
    return files(__package__).joinpath(file).read_text("utf-8")
