"""Earlier forecasts on a chart: round where the direction was right, crosses where it was not."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mlwidgets.components.chart.forecast import ForecastOverlay
from mlwidgets.components.chart.past_forecasts import MOST
from mlwidgets.components.chart.price_chart import PriceChart
from mlwidgets.market.simulator import simulate_market

CANDLES = simulate_market("1h", periods=2000, seed=3).candles
HOUR = 3_600_000


def past(hit: list[bool | None], first: int = -1) -> pd.DataFrame:
    """A forecast of each candle from one on."""
    rows = CANDLES.iloc[first:][: len(hit)] if first >= 0 else CANDLES.iloc[-len(hit) :]
    return pd.DataFrame(
        {"target_time": rows.index, "predicted": rows["close"].to_numpy(),
         "hit": pd.array(hit, dtype="boolean")},
        index=rows.index,
    )  # fmt: skip


def drawn(overlay: ForecastOverlay) -> int:
    return sum(len(mark.x) for mark in overlay.dots.marks)


def test_shape_and_colour_tell_right_from_wrong() -> None:
    overlay = ForecastOverlay(past=past([True, False, True, None]))
    PriceChart(CANDLES, overlays=[overlay])

    hits, misses = overlay.dots.marks
    closes = (CANDLES.index[-4:] + pd.Timedelta("1h")).tz_localize(None).to_numpy()
    np.testing.assert_array_equal(hits.x, closes[[0, 2]])
    np.testing.assert_array_equal(hits.y, CANDLES["close"].to_numpy()[[-4, -2]])
    np.testing.assert_array_equal(misses.x, closes[[1]])
    assert (hits.marker, misses.marker) == ("circle", "cross")
    assert hits.colors != misses.colors


def test_they_are_switched_off_with_the_forecast() -> None:
    overlay = ForecastOverlay(past=past([True, False]))
    PriceChart(CANDLES, overlays=[overlay])

    overlay.visible = False
    assert not any(mark.visible for mark in overlay.dots.marks)

    overlay.visible = True
    assert all(mark.visible for mark in overlay.dots.marks)


def test_only_those_of_the_view_are_drawn_and_not_too_many() -> None:
    overlay = ForecastOverlay(past=past([True, False] * 1000))
    chart = PriceChart(CANDLES, overlays=[overlay])
    assert 90 <= drawn(overlay) <= MOST

    chart.state.show_all()
    assert MOST / 2 <= drawn(overlay) <= MOST

    first = CANDLES.index[0].timestamp() * 1000
    chart.state.show(first, first + 20 * HOUR)
    assert 20 <= drawn(overlay) <= 40
    assert max(overlay.dots.marks[0].x) <= CANDLES.index[31].tz_localize(None)


def test_a_record_that_is_forgotten_takes_its_dots_along() -> None:
    overlay = ForecastOverlay(past=past([True, False]))
    PriceChart(CANDLES, overlays=[overlay])

    overlay.past = None

    assert not any(mark.visible for mark in overlay.dots.marks)
    assert not overlay.dotted


def test_a_small_move_of_the_view_draws_nothing_anew() -> None:
    overlay = ForecastOverlay(past=past([True] * 500))
    chart = PriceChart(CANDLES, overlays=[overlay])
    before = overlay.dots.marks[0].x

    chart.state.show(chart.state.start - 5 * HOUR, chart.state.end - 5 * HOUR)

    assert overlay.dots.marks[0].x is before
