"""Saved models and forecasts for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd
from rich import box
from rich.console import RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from mlwidgets.cli.documents import model_files
from mlwidgets.cli.figures import (
    NOTHING,
    amount,
    count,
    duration,
    horizon_words,
    moment,
    moment_ms,
    number,
    percent,
    quote_of,
)
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.forecast.outlook import Forecast
from mlwidgets.market.timeframes import timeframe_delta
from mlwidgets.registry.problems import Problem
from mlwidgets.registry.registry import ModelRegistry

_ARROWS = {"up": ("▲", "green"), "down": ("▼", "red"), "flat": ("■", "default")}
_SIDES = {"up": "ends higher", "down": "ends lower"}


def models_table(models: Sequence[ModelMeta], archived: Sequence[ModelMeta]) -> Table:
    """One row a model: production models, then archived ones."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name in ("Symbol", "Model", "Version"):
        table.add_column(name, no_wrap=True)
    for name in ("Ahead", "Right"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("Trained", no_wrap=True)
    table.add_column("State", no_wrap=True)
    for state, metas in (("production", models), ("archived", archived)):
        for meta in metas:
            table.add_row(*_row(meta, state), style="" if state == "production" else "dim")
    return table


def _row(meta: ModelMeta, state: str) -> tuple[str, ...]:
    day = moment_ms(meta.trained_at).partition(" ")[0]
    note = f"{state}, simulated" if meta.simulated else state
    right = percent(meta.accuracy)
    return meta.symbol, meta.model_type, meta.version, meta.horizon, right, day, note


def model_view(meta: ModelMeta, state: str) -> Table:
    """Everything that is known of a model."""
    table = facts()
    unit = quote_of(meta.symbol)
    table.add_row("Model", f"{meta.symbol} {meta.model_type} {meta.version}, {state}")
    if meta.simulated:
        table.add_row("", Text("trained on simulated candles: of no use on a market", "yellow"))
    table.add_row("Forecasts", f"{horizon_words(meta.horizon)} ahead, {meta.timeframe} candles")
    spent = duration(meta.training_duration / 1000)
    table.add_row("Trained", f"{moment_ms(meta.trained_at)}, in {spent}")
    until = pd.Timestamp(meta.trained_until, unit="ms", tz="UTC") + timeframe_delta(meta.timeframe)
    table.add_row(
        "On", f"{count(meta.data_points, 'candle')} from {moment_ms(meta.trained_from)} to "
        f"{moment(until.to_pydatetime())}"
    )  # fmt: skip
    table.add_row("Epochs run", _epochs(meta))
    table.add_row("Directions right", percent(meta.accuracy))
    for label, field in (("MAE", "mae"), ("RMSE", "rmse")):
        table.add_row(label, f"{amount(meta.metrics.get(field))} {unit}")
    for label, field in (("Skill over last value", "skill"), ("Coverage", "coverage")):
        table.add_row(label, percent(meta.metrics.get(field), 2))
    table.add_row("R² of returns", number(meta.metrics.get("r2Returns")))
    for name, value in meta.config:
        table.add_row(name.replace("_", " ").capitalize(), f"{value:g}")
    table.add_row("Seed", str(meta.seed))
    table.add_row("Weights' SHA-256", meta.weights_sha256 or NOTHING)
    return table


def _epochs(meta: ModelMeta) -> str:
    if meta.best_epoch == 0:
        return f"{meta.epochs_run}, none better than the untrained network: nothing was learnt"
    return f"{meta.epochs_run}, the best was epoch {meta.best_epoch}"


def problems_table(problems: Sequence[Problem]) -> Table:
    """One row a problem, with what to do."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name in ("File", "What is wrong", "What to do"):
        table.add_column(name, overflow="fold")
    for problem in problems:
        table.add_row(problem.file, problem.what, problem.remedy)
    return table


def forecast_panel(forecast: Forecast) -> Panel:
    """A forecast as a card."""
    unit, step = quote_of(forecast.symbol), timeframe_delta(forecast.timeframe).to_pytimedelta()
    arrow, colour = _ARROWS[forecast.direction]
    table = facts()
    at, now = moment(forecast.target_time + step), moment(forecast.origin + step)
    table.add_row("Last price", f"{amount(forecast.close)} {unit} at {now}")
    price = Text(f"{amount(forecast.price)} {unit}  ", style="bold")
    price.append(f"{arrow} {percent(forecast.change, 3, sign=True)}", style=colour)
    table.add_row(f"In {horizon_words(forecast.horizon)}", price)
    table.add_row("Target time", at)
    table.add_row(
        f"{percent(forecast.coverage, 0)} interval",
        f"{amount(forecast.lower)} to {amount(forecast.upper)} {unit}",
    )
    table.add_row("Confidence", _confidence(forecast))
    table.add_row("Regime", f"{forecast.regime} ({percent(forecast.regime_probability, 0)})")
    version = "not saved" if forecast.model_version == "0.0.0" else forecast.model_version
    table.add_row(
        "Model", f"{forecast.model_type} {version}, trained {moment(forecast.trained_at)}"
    )
    note = " · simulated" if forecast.simulated else ""
    title = f"{forecast.symbol} {forecast.model_type}{note}"
    return Panel(table, title=title, title_align="left", expand=False, box=box.ROUNDED)


def _confidence(forecast: Forecast) -> str:
    if forecast.direction == "flat":
        return "none: the model calls no direction"
    return f"{percent(forecast.confidence)} that the price {_SIDES[forecast.direction]}"


def saved_views(
    meta: ModelMeta, before: ModelMeta | None, registry: ModelRegistry
) -> Iterator[RenderableType]:
    """What was saved, where it lies, and how to go back."""
    what = f"{meta.symbol} {meta.model_type}"
    yield Text(f"Saved {what} {meta.version} as the production model:", style="bold")
    for path in model_files(meta, registry):
        yield Text(f"  {path}", overflow="fold")
    if before is not None and before.version != meta.version:
        yield Text(
            f"{before.version} is in the archive; to go back: mlwidgets models restore "
            f"{meta.symbol} {meta.model_type} {before.version}",
            style="dim",
        )


def facts() -> Table:
    """An empty table of facts: what it is, then its value."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    return table
