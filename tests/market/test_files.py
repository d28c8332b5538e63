import gzip
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from strategies import BREAKAGES, Breakage, candle_frames, regular_candles

from mlwidgets.errors import BadMarketData, CandleError, SpecError, UnknownTimeframe
from mlwidgets.market.candles import INDEX_DTYPE, is_simulated, label_candles
from mlwidgets.market.files import read_candles


def epoch(candles: pd.DataFrame, unit: str = "ms") -> list[int]:
    factor = {"s": 1, "ms": 1000, "us": 1_000_000}[unit]
    return [int(time.timestamp()) * factor for time in candles.index]


def as_csv(candles: pd.DataFrame, path: Path, unit: str = "ms") -> Path:
    candles.assign(timestamp=epoch(candles, unit))[["timestamp", *candles.columns]].to_csv(
        path, index=False
    )
    return path


def as_binance(candles: pd.DataFrame, path: Path, unit: str = "ms") -> Path:
    frame = candles.reset_index(drop=True)
    frame.insert(0, "t", epoch(candles, unit))
    frame = frame.assign(close_time=frame.t, quote=1.5, trades=10, base=0.5, taker=0.7, ignore=0)
    text = frame.to_csv(None, index=False, header=False)
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(path.name.replace(".zip", ".csv"), text)
    else:
        path.write_text(text)
    return path


def as_feather(candles: pd.DataFrame, path: Path) -> Path:
    candles.rename_axis("date").reset_index().to_feather(path)
    return path


def as_parquet(candles: pd.DataFrame, path: Path) -> Path:
    candles.to_parquet(path)
    return path


FORMATS: dict[str, Callable[[pd.DataFrame, Path], Path]] = {
    "BTCUSDT_1h.csv": as_csv,
    "BTCUSDT_1h.csv.gz": as_csv,
    "BTCUSDT-1h-2024-01.csv": as_binance,
    "BTCUSDT-1h-2024-01.zip": as_binance,
    "BTC_USDT-1h.feather": as_feather,
    "btcusdt_1h.parquet": as_parquet,
}


@pytest.mark.parametrize("name", FORMATS)
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(candles=candle_frames(max_size=20))
def test_every_format_gives_the_same_labelled_candles(
    name: str, candles: pd.DataFrame, tmp_path: Path
) -> None:
    read = read_candles(FORMATS[name](candles, tmp_path / name), timeframe="1h")
    pd.testing.assert_frame_equal(read, candles, check_exact=True, check_freq=False)
    assert str(read.index.dtype) == INDEX_DTYPE
    assert read.attrs == {"symbol": "BTCUSDT", "timeframe": "1h", "source": name}


def test_binance_files_from_2025_on_are_in_microseconds(tmp_path: Path) -> None:
    candles = regular_candles("2025-01-01", 30)
    read = read_candles(as_binance(candles, tmp_path / "BTCUSDT-1h-2025-01.zip", "us"))
    pd.testing.assert_frame_equal(read, candles, check_freq=False)


def test_a_file_put_together_from_binance_months_may_hold_both_units(tmp_path: Path) -> None:
    candles = regular_candles("2024-12-31", 48)
    old = as_binance(candles[:24], tmp_path / "a.csv")
    recent = as_binance(candles[24:], tmp_path / "b.csv", "us")
    both = tmp_path / "BTCUSDT_1h.csv"
    both.write_text(old.read_text() + recent.read_text())
    pd.testing.assert_frame_equal(read_candles(both), candles, check_freq=False)


def test_binance_futures_files_have_a_header(tmp_path: Path) -> None:
    path = tmp_path / "BTCUSDT-1d-2024-01.csv"
    path.write_text("open_time,open,high,low,close,volume,close_time\n1704067200000,1,3,1,2,5,1\n")
    assert read_candles(path).close.tolist() == [2.0]


def test_iso_times_and_capital_column_names_are_read(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(
        "Date,Open,High,Low,Close,Volume\n"
        "2024-01-01 00:00:00,1,3,1,2,5\n2024-01-01 04:00:00,1,3,1,2,5\n"
    )
    candles = read_candles(path)
    assert candles.index[1] == pd.Timestamp("2024-01-01 04:00", tz="UTC")
    assert candles.attrs == {"symbol": None, "timeframe": "4h", "source": "mine.csv"}


def test_what_the_caller_says_goes_before_the_name(tmp_path: Path) -> None:
    path = as_csv(regular_candles("2024-01-01", 5, "4h"), tmp_path / "BTCUSDT_4h.csv")
    attrs = read_candles(path, symbol="eth/usdt", timeframe="1h").attrs
    assert (attrs["symbol"], attrs["timeframe"]) == ("ETHUSDT", "1h")


@pytest.mark.parametrize(
    ("name", "symbol", "timeframe"),
    [
        ("ETHBTC-15m.csv", "ETHBTC", "15m"),
        ("candles.csv", None, "15m"),
        ("BTC_USDT_USDT-15m-futures.csv", None, "15m"),
        ("15m.csv", None, "15m"),
    ],
)
def test_the_label_comes_from_the_name_or_the_data(
    tmp_path: Path, name: str, symbol: str | None, timeframe: str
) -> None:
    attrs = read_candles(as_csv(regular_candles("2024-01-01", 9, "15m"), tmp_path / name)).attrs
    assert (attrs["symbol"], attrs["timeframe"]) == (symbol, timeframe)


def test_simulated_candles_stay_simulated_through_a_parquet_file(tmp_path: Path) -> None:
    candles = label_candles(
        regular_candles("2024-01-01", 5), symbol="SIMUSDT", timeframe="1h", source="simulated"
    )
    assert is_simulated(read_candles(as_parquet(candles, tmp_path / "SIMUSDT_1h.parquet")))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadMarketData, match=r"There is no file .*none\.csv; check the name"):
        read_candles(tmp_path / "none.csv")


@pytest.mark.parametrize("name", ["candles.xlsx", "candles", "candles.csv.xz"])
def test_another_type_of_file_is_refused_with_the_known_ones(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("x")
    with pytest.raises(BadMarketData, match=r"use one of \.csv, \.csv\.gz"):
        read_candles(tmp_path / name)


def test_a_folder_is_no_candle_file(tmp_path: Path) -> None:
    (tmp_path / "BTCUSDT_1h.csv").mkdir()
    with pytest.raises(BadMarketData, match="Is a directory"):
        read_candles(tmp_path / "BTCUSDT_1h.csv")


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("part", [0.0, 0.6])
def test_a_truncated_file_is_refused(tmp_path: Path, name: str, part: float) -> None:
    path = FORMATS[name](regular_candles("2024-01-01", 200), tmp_path / name)
    whole = path.read_bytes()
    cut = int(len(whole) * part)
    if path.suffix == ".csv":
        cut = whole.index(b",", cut) + 1 if cut else 0
    path.write_bytes(whole[:cut])
    with pytest.raises(BadMarketData, match="download it again"):
        read_candles(path)


def test_a_gzip_with_wrong_content_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "BTCUSDT_1h.csv.gz"
    path.write_bytes(b"timestamp,open,high,low,close,volume\n")
    with pytest.raises(BadMarketData, match="Not a gzipped file"):
        read_candles(path)


def test_an_archive_of_several_files_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "BTCUSDT-1h.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", "1")
        archive.writestr("b.csv", "1")
    with pytest.raises(BadMarketData, match="holds 2 CSV files"):
        read_candles(path)


def test_missing_columns_are_named_beside_those_there(tmp_path: Path) -> None:
    path = tmp_path / "BTCUSDT_1h.csv"
    path.write_text("when,open,high,low,close\n1704067200000,1,3,1,2\n")
    with pytest.raises(BadMarketData, match=r"lacks .*timestamp, volume; it has when, open") as e:
        read_candles(path)
    assert e.value.details["missing"] == ["timestamp", "volume"]


def test_a_file_without_header_and_an_odd_number_of_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "BTCUSDT_1h.csv"
    path.write_text("1704067200000,1,3,1\n")
    with pytest.raises(BadMarketData, match="no header and 4 columns"):
        read_candles(path)


def test_a_header_without_candles_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "BTCUSDT_1h.csv"
    path.write_text("timestamp,open,high,low,close,volume\n")
    with pytest.raises(BadMarketData, match="holds no candles"):
        read_candles(path)


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("1704067200", "looks like seconds; multiply"),
        ("1704067200000000000", "another unit"),
        ("-1", "another unit"),
        ("soon", "holds no times"),
        ("", "without a time"),
    ],
)
def test_times_in_another_unit_are_refused(tmp_path: Path, cell: str, words: str) -> None:
    rows = [f"{cell},1,3,1,2,5"]
    if not cell:
        rows.append("1704067200000,1,3,1,2,5")
    path = tmp_path / "BTCUSDT_1h.csv"
    path.write_text("\n".join(["timestamp,open,high,low,close,volume", *rows]) + "\n")
    with pytest.raises(BadMarketData, match=words):
        read_candles(path)


@pytest.mark.parametrize("breakage", BREAKAGES, ids=repr)
def test_broken_candles_are_refused_with_file_and_row(tmp_path: Path, breakage: Breakage) -> None:
    path = tmp_path / "BTCUSDT_1h.csv"
    as_csv(breakage.apply(regular_candles("2024-01-01", 9), 5), path)
    with pytest.raises(CandleError, match=rf"BTCUSDT_1h\.csv: .*{breakage.message}"):
        read_candles(path)


def test_a_name_that_contradicts_the_candles_is_refused(tmp_path: Path) -> None:
    path = as_csv(regular_candles("2024-01-01", 9, "4h"), tmp_path / "BTCUSDT_1h.csv")
    with pytest.raises(BadMarketData, match="named 1h, but its candles are 0 days 04:00:00 apart"):
        read_candles(path)


def test_a_timeframe_that_nothing_tells_must_be_given(tmp_path: Path) -> None:
    path = as_csv(regular_candles("2024-01-01", 1), tmp_path / "mine.csv")
    with pytest.raises(BadMarketData, match="Pass timeframe="):
        read_candles(path)
    assert len(read_candles(path, timeframe="1h")) == 1


def test_a_wrong_symbol_or_timeframe_is_refused(tmp_path: Path) -> None:
    path = as_csv(regular_candles("2024-01-01", 5), tmp_path / "BTCUSDT_1h.csv")
    with pytest.raises(SpecError):
        read_candles(path, symbol="?")
    with pytest.raises(UnknownTimeframe):
        read_candles(path, timeframe="7h")


@pytest.mark.skipif("MLWIDGETS_TEST_DATA" not in os.environ, reason="needs the real candles")
def test_the_real_hours_of_bitcoin_have_the_gaps_that_are_known_of_them() -> None:
    path = Path(os.environ["MLWIDGETS_TEST_DATA"]) / "BTCUSDT_1h.csv.gz"
    candles = read_candles(path)
    hours = (candles.index[-1] - candles.index[0]) // pd.Timedelta(hours=1) + 1
    assert (len(candles), hours - len(candles)) == (70_811, 128)
    with gzip.open(path, "rt") as file:
        assert candles.volume.iloc[0] == float(file.read().split("\n")[1].split(",")[5])
