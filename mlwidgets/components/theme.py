"""Colours, type and spacing: one source for Vuetify, bqplot and our own styles."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of a theme, as `#rrggbb`.

    `up`, `down` and `waiting` fill shapes; their `_text` forms can be read on `surface`, and white
    text can be read on their `_tag` forms.
    """

    background: str
    surface: str
    raised: str
    text: str
    muted: str
    border: str
    grid: str
    crosshair: str
    accent: str
    up: str
    up_text: str
    down: str
    down_text: str
    up_tag: str
    down_tag: str
    waiting: str
    waiting_text: str
    todo: str
    average_1: str
    average_2: str
    average_3: str


LIGHT = Palette(
    background="#f8f9fb", surface="#ffffff", raised="#f0f3fa", text="#131722", muted="#5d6170",
    border="#dfe2ea", grid="#f0f2f6", crosshair="#868a97", accent="#1e53e5",
    up="#089981", up_text="#06705f", down="#f23645", down_text="#c41d2d",
    up_tag="#077a68", down_tag="#c9303e",
    waiting="#f5b301", waiting_text="#7a5600", todo="#b4b8c4",
    average_1="#2962ff", average_2="#f57c00", average_3="#9c27b0",
)  # fmt: skip

DARK = Palette(
    background="#0e1118", surface="#131722", raised="#1e2330", text="#d9dce3", muted="#9a9fac",
    border="#2a2f3d", grid="#1d212d", crosshair="#7d828f", accent="#5c8dff",
    up="#089981", up_text="#2cc2a8", down="#f23645", down_text="#ff6b76",
    up_tag="#077a68", down_tag="#c9303e",
    waiting="#f5b301", waiting_text="#f5c542", todo="#5a6070",
    average_1="#5c8dff", average_2="#ff9f43", average_3="#ce7be0",
)  # fmt: skip

PALETTES = {"light": LIGHT, "dark": DARK}

TYPE_SCALE = {"xs": 11, "sm": 12, "md": 14, "lg": 16, "xl": 20, "xxl": 24}
"""Font sizes in pixels; there are no others."""

GRID = 8
"""Distances are multiples of this many pixels, or half of it inside small parts."""

FONT = "Inter, Roboto, -apple-system, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif"


def css_variable(name: str) -> str:
    """A colour as a CSS variable: bqplot marks that use it follow the theme by themselves.

    >>> css_variable("up_text")
    'var(--mlw-up-text)'
    """
    return f"var(--mlw-{name.replace('_', '-')})"


def css() -> str:
    """The variables of both themes, for elements of class `mlw`, `mlw--dark` on a dark page."""
    sizes = [f"--mlw-font-{name}:{size}px;" for name, size in TYPE_SCALE.items()]
    spaces = [f"--mlw-space-{count}:{count * GRID}px;" for count in range(1, 5)]
    shared = "".join([f"--mlw-font:{FONT};--mlw-space-half:{GRID // 2}px;", *sizes, *spaces])
    return f".mlw{{{shared}{_colours(LIGHT)}}}\n.mlw.mlw--dark{{{_colours(DARK)}}}\n"


def apply_to_vuetify() -> None:
    """Give Vuetify's own parts (buttons, tables, chips) the same colours; once a kernel."""
    from ipyvuetify.Themes import theme

    for name, palette in PALETTES.items():
        colours = getattr(theme.themes, name)
        colours.background, colours.surface = palette.background, palette.surface
        colours.primary, colours.info = palette.accent, palette.accent
        colours.success, colours.error = palette.up_text, palette.down_text
        colours.warning = palette.waiting


def _colours(palette: Palette) -> str:
    return "".join(
        f"--mlw-{name.replace('_', '-')}:{value};" for name, value in asdict(palette).items()
    )
