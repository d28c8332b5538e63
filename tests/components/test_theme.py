"""Colours that can be read, and one source for them."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path

import pytest

from mlwidgets.components import frontend
from mlwidgets.components.theme import DARK, LIGHT, PALETTES, Palette, apply_to_vuetify, css

READABLE = 4.5
"""WCAG's contrast for text (AA)."""


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_every_text_can_be_read_on_every_surface(palette: Palette) -> None:
    for text in ("text", "muted", "up_text", "down_text", "waiting_text"):
        for surface in ("surface", "background"):
            found = contrast(getattr(palette, text), getattr(palette, surface))
            assert found >= READABLE, (text, surface, found)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_white_can_be_read_on_the_tags(palette: Palette) -> None:
    assert contrast("#ffffff", palette.up_tag) >= READABLE
    assert contrast("#ffffff", palette.down_tag) >= READABLE


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_signs_and_candles_stand_out_from_their_surface(palette: Palette) -> None:
    for shape in ("up", "down", "average_1", "average_2", "average_3", "accent"):
        assert contrast(getattr(palette, shape), palette.surface) >= 2.4, shape


def test_our_styles_use_no_colour_that_the_theme_does_not_have() -> None:
    known = {name.replace("_", "-") for name in asdict(LIGHT)} | {"body", "live", "tag"}
    known |= set(re.findall(r"--mlw-((?:font|space)[a-z0-9-]*)", css()))
    for file in Path(frontend.__file__).parent.glob("*.*"):
        used = set(re.findall(r"--mlw-([a-z0-9-]+)", file.read_text("utf-8")))
        assert used <= known, file.name


def test_vuetify_takes_the_same_colours() -> None:
    from ipyvuetify.Themes import theme

    apply_to_vuetify()

    for name, palette in PALETTES.items():
        assert getattr(theme.themes, name).surface == palette.surface
        assert getattr(theme.themes, name).primary == palette.accent
