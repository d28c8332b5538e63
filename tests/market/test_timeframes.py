import pandas as pd
import pytest

from mlwidgets.errors import SpecError, UnknownTimeframe
from mlwidgets.market.timeframes import (
    MINUTES,
    horizon_steps,
    timeframe_delta,
    timeframe_minutes,
)


def test_every_timeframe_has_its_length_in_minutes() -> None:
    assert [timeframe_delta(name) / pd.Timedelta(minutes=1) for name in MINUTES] == [
        1, 5, 15, 30, 60, 4 * 60, 24 * 60,
    ]  # fmt: skip


@pytest.mark.parametrize("timeframe", ["2h", "1H", "", "1M", None, 60, ["1h"]])
def test_an_unknown_timeframe_is_refused_with_the_known_ones(timeframe: object) -> None:
    with pytest.raises(UnknownTimeframe, match="use one of 1m, 5m"):
        timeframe_minutes(timeframe)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("horizon", "timeframe", "steps"),
    [("1h", "1h", 1), ("4h", "1h", 4), ("24h", "4h", 6), ("1d", "1h", 24), ("90m", "30m", 3)],
)
def test_a_horizon_is_a_whole_number_of_candles(horizon: str, timeframe: str, steps: int) -> None:
    assert horizon_steps(horizon, timeframe) == steps


@pytest.mark.parametrize("horizon", ["", "h", "0h", "-1h", "1.5h", "1w", None, 4])
def test_a_horizon_that_is_no_duration_is_refused(horizon: object) -> None:
    with pytest.raises(SpecError, match="is no duration"):
        horizon_steps(horizon, "1h")  # type: ignore[arg-type]


@pytest.mark.parametrize(("horizon", "timeframe"), [("90m", "1h"), ("6h", "4h"), ("30m", "1h")])
def test_a_horizon_between_two_candles_is_refused(horizon: str, timeframe: str) -> None:
    with pytest.raises(SpecError, match=f"no whole number of {timeframe} candles"):
        horizon_steps(horizon, timeframe)
