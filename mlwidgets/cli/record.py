"""`mlwidgets record`: what became of the forecasts of production models."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd
from pydantic.alias_generators import to_camel
from rich import box
from rich.table import Table
from rich.text import Text

from mlwidgets.cli.figures import (
    NOTHING,
    amount,
    count,
    horizon_words,
    moment,
    p_value,
    percent,
    quote_of,
)
from mlwidgets.cli.options import ModelName, OutputOptions
from mlwidgets.cli.output import Output
from mlwidgets.market.timeframes import timeframe_delta
from mlwidgets.record.track_record import TrackRecord, track_record
from mlwidgets.record.values import RecordedModel
from mlwidgets.record.windows import Window

_SHOWN = 10
_NAMES = {"day": "Last day", "week": "Last week", "month": "Last month", "all": "All"}
_STYLES = {"as_promised": "green", "worse_than_promised": "red"}


def run(symbol: str, model: ModelName, options: OutputOptions, *, version: str | None) -> None:
    """Show the record of a slot."""
    output = Output(options.as_json)
    found = track_record(symbol, model, version=version)
    if found.model is None:
        output.show(
            f"No forecast of {found.symbol} {found.model_type} is recorded. Production models are "
            f"recorded when they forecast: mlwidgets forecast {found.symbol}"
        )
    else:
        _show(output, found, found.model)
    output.finish(_document(found))


def _show(output: Output, found: TrackRecord, model: RecordedModel) -> None:
    output.show(
        f"{model.symbol} {model.model_type} {model.version}, {horizon_words(model.horizon)} ahead; "
        f"{count(len(found.forecasts), 'forecast')} recorded\n"
    )
    output.show(_windows_table(found.windows, quote_of(model.symbol)))
    output.show(_forecasts_table(found.forecasts.iloc[-_SHOWN:], model))
    for reason in found.reasons:
        output.show(Text(f"Train again: {reason.text}.", style="yellow"))


def _windows_table(windows: tuple[Window, ...], unit: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column("")
    for name in ("Scored", "Right", "promised", "p", "Coverage", "promised", "p", f"MAE ({unit})"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("Verdict")
    for window in windows:
        table.add_row(
            _NAMES[window.name], f"{window.scored:,} of {window.forecasts:,}",
            percent(window.directional_accuracy), percent(window.promised_accuracy),
            p_value(window.accuracy_p_value),
            percent(window.coverage), percent(window.promised_coverage),
            p_value(window.coverage_p_value), amount(window.mae),
            Text(window.text, style=_STYLES.get(window.verdict, "")),
        )  # fmt: skip
    return table


def _forecasts_table(rows: pd.DataFrame, model: RecordedModel) -> Table:
    step = timeframe_delta(model.timeframe)
    table = Table(
        title="\nThe latest forecasts", title_justify="left", title_style="bold",
        box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False,
    )  # fmt: skip
    for name in ("Target", "Version", "Close", "Predicted", "Lower", "Upper", "Actual", "Outcome"):
        table.add_column(name, no_wrap=True, justify="left" if name[0] in "TVO" else "right")
    for row in rows.reset_index().to_dict("records"):
        prices = [amount(row[name]) for name in ("close", "predicted", "lower", "upper", "actual")]
        table.add_row(
            moment((row["target_time"] + step).to_pydatetime()),
            row["version"],
            *prices,
            _outcome(row),
        )
    return table


def _outcome(row: dict[Any, Any]) -> str:
    if row["state"] != "scored":
        return str(row["state"])
    side = NOTHING if pd.isna(row["hit"]) else "right" if row["hit"] else "wrong"
    return f"{side}, {'inside' if row['inside'] else 'outside'}"


def _document(found: TrackRecord) -> dict[str, Any]:
    return {
        "symbol": found.symbol,
        "modelType": found.model_type,
        "now": found.now.isoformat(),
        "model": None if found.model is None else found.model.to_json(),
        "windows": [window.to_json() for window in found.windows],
        "trainingRegimes": found.training_regimes,
        "needsRetraining": found.needs_retraining,
        "reasons": [reason.to_json() for reason in found.reasons],
        "forecasts": [*_rows(found.forecasts)],
    }


def _rows(frame: pd.DataFrame) -> Iterator[dict[str, Any]]:
    for row in frame.reset_index().to_dict("records"):
        values = {str(name): _plain(value) for name, value in row.items()}
        yield {to_camel(name): value for name, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, pd.Timestamp):
        return value.isoformat()
    return None if pd.isna(value) else value
