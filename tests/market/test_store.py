import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from textwrap import dedent

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import Breakage, broken_candles, candle_frames, candles_at, regular_candles

from mlwidgets.errors import (
    BadMarketData,
    CandleError,
    SpecError,
    StorageError,
    UnknownExchange,
    UnknownTimeframe,
)
from mlwidgets.market.candles import INDEX_DTYPE, label_candles
from mlwidgets.market.store import CandleStore

BTC = ("binance", "BTCUSDT", "1h")
HOUR = pd.Timedelta(hours=1)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "candles"


@pytest.fixture
def store(root: Path) -> CandleStore:
    return CandleStore(root)


@contextmanager
def a_store() -> Iterator[CandleStore]:
    with tempfile.TemporaryDirectory() as folder:
        yield CandleStore(folder)


def files_of(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


def assert_same(left: pd.DataFrame, right: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(left, right, check_exact=True, check_freq=False)


def test_candles_come_back_exactly_canonical_and_labelled(store: CandleStore) -> None:
    candles = regular_candles("2023-12-31", 48)
    assert store.write("binance", "btc/usdt", "1h", candles) == 48
    read = store.read(*BTC)
    assert_same(read, candles)
    assert str(read.index.dtype) == INDEX_DTYPE
    assert read.attrs == {"symbol": "BTCUSDT", "timeframe": "1h", "source": "binance"}


@settings(max_examples=25, deadline=None)
@given(candles=candle_frames("4h", max_size=40), data=st.data())
def test_any_split_written_in_any_order_gives_the_whole(
    candles: pd.DataFrame, data: st.DataObject
) -> None:
    chunk_of = data.draw(st.lists(st.integers(0, 3), min_size=len(candles), max_size=len(candles)))
    with a_store() as store:
        for number in data.draw(st.permutations(range(4))):
            chunk = candles[np.array(chunk_of) == number]
            assert store.write("binance", "BTCUSDT", "4h", chunk) == len(chunk)
        assert_same(store.read("binance", "BTCUSDT", "4h"), candles)
        assert store.write("binance", "BTCUSDT", "4h", candles) == 0


@settings(max_examples=25, deadline=None)
@given(candles=candle_frames("1m", max_size=40), data=st.data())
def test_reading_a_range_equals_slicing_the_whole(
    candles: pd.DataFrame, data: st.DataObject
) -> None:
    first, last = candles.index[0] - 3 * HOUR, candles.index[-1] + 3 * HOUR
    instants = st.datetimes(*(edge.tz_localize(None).to_pydatetime() for edge in (first, last)))
    start, end = (pd.Timestamp(data.draw(instants), tz="UTC") for _ in range(2))
    with a_store() as store:
        store.write("binance", "BTCUSDT", "1m", candles)
        whole = candles[(candles.index >= start) & (candles.index < end)]
        assert_same(store.read("binance", "BTCUSDT", "1m", start, end), whole)
        assert_same(
            store.read("binance", "BTCUSDT", "1m", start=start), candles[candles.index >= start]
        )
        assert_same(store.read("binance", "BTCUSDT", "1m", end=end), candles[candles.index < end])


@settings(max_examples=25, deadline=None)
@given(candles=candle_frames(max_size=30), before=st.integers(0, 50), after=st.integers(0, 50))
def test_what_is_missing_is_exactly_what_is_not_stored(
    candles: pd.DataFrame, before: int, after: int
) -> None:
    start, end = candles.index[0] - before * HOUR, candles.index[-1] + (1 + after) * HOUR
    with a_store() as store:
        store.write(*BTC, candles)
        ranges = store.missing(*BTC, start, end)
    missing = [t for a, b in ranges for t in pd.date_range(a, b, freq="h", inclusive="left")]
    grid = pd.date_range(start, end, freq="h", inclusive="left")
    assert missing == [time for time in grid if time not in candles.index]
    assert all(end < start for (_, end), (start, _) in pairwise(ranges))


def test_a_range_reads_only_the_files_it_touches(store: CandleStore, root: Path) -> None:
    candles = regular_candles("2023-01-01", 24 * 365 * 2 + 24)
    store.write(*BTC, candles)
    (root / "binance/BTCUSDT/1h/2023.parquet").write_bytes(b"damaged")
    assert len(store.read(*BTC, "2024-01-01", "2024-01-02")) == 24
    with pytest.raises(BadMarketData, match=r"2023\.parquet"):
        store.read(*BTC, "2023-12-31", "2024-01-02")


def test_minute_candles_are_kept_by_month_and_others_by_year(
    store: CandleStore, root: Path
) -> None:
    store.write("binance", "BTCUSDT", "1m", regular_candles("2024-01-31 23:00", 120, "1m"))
    store.write("binance", "BTCUSDT", "5m", regular_candles("2023-12-31 23:00", 24, "5m"))
    assert sorted(files_of(root)) == [
        "binance/BTCUSDT/1m/2024-01.parquet",
        "binance/BTCUSDT/1m/2024-02.parquet",
        "binance/BTCUSDT/5m/2023.parquet",
        "binance/BTCUSDT/5m/2024.parquet",
    ]


def test_an_empty_store_has_nothing_and_misses_everything(store: CandleStore) -> None:
    assert store.list() == []
    assert store.span(*BTC) is None
    assert store.read(*BTC).empty
    assert str(store.read(*BTC).index.dtype) == INDEX_DTYPE
    start, end = pd.Timestamp("2024-01-01", tz="UTC"), pd.Timestamp("2024-01-02", tz="UTC")
    assert store.missing(*BTC, start, end) == [(start, end)]
    assert store.missing(*BTC, start, start) == []


def test_the_list_tells_what_is_stored(store: CandleStore, root: Path) -> None:
    candles = regular_candles("2023-12-31", 48)
    store.write(*BTC, candles)
    store.write("kraken", "ETHUSD", "1d", regular_candles("2024-01-01", 2, "1d"))
    (root / "binance/notes").mkdir()
    first, second = store.list()
    assert (first.exchange, first.symbol, first.timeframe, first.candles) == (*BTC, 48)
    assert (first.first, first.last) == (candles.index[0], candles.index[-1])
    assert store.span(*BTC) == (candles.index[0], candles.index[-1])
    assert (second.exchange, second.candles) == ("kraken", 2)


def test_a_stored_candle_is_never_changed_silently(store: CandleStore, root: Path) -> None:
    candles = regular_candles("2023-12-31", 48)
    store.write(*BTC, candles[:40])
    before = files_of(root)
    other = candles.assign(volume=candles.volume.where(candles.index != candles.index[30], 7.0))
    with pytest.raises(CandleError, match=r"1 binance BTCUSDT 1h.*2024-01-01 06:00.*replace"):
        store.write(*BTC, other)
    assert files_of(root) == before
    assert store.write(*BTC, other, replace=True) == 9
    assert_same(store.read(*BTC), other)


def test_writing_what_is_stored_touches_no_file(store: CandleStore, root: Path) -> None:
    candles = regular_candles("2024-01-01", 48)
    store.write(*BTC, candles)
    file = root / "binance/BTCUSDT/1h/2024.parquet"
    before = file.stat()
    assert store.write(*BTC, candles[10:20]) == 0
    assert file.stat().st_ino == before.st_ino


@settings(max_examples=20, deadline=None)
@given(broken_candles())
def test_broken_candles_are_refused_and_nothing_is_stored(
    drawn: tuple[pd.DataFrame, int, Breakage],
) -> None:
    with a_store() as store:
        with pytest.raises(CandleError, match=drawn[2].message):
            store.write(*BTC, drawn[0])
        assert store.list() == []


def test_a_candle_that_is_not_closed_is_refused(root: Path) -> None:
    candles = regular_candles("2024-01-01", 5)
    clock = pd.Timestamp("2024-01-01 04:59:59", tz="UTC")
    store = CandleStore(root, clock=lambda: clock)
    with pytest.raises(CandleError, match=r"1 binance BTCUSDT 1h.*not closed.*04:00"):
        store.write(*BTC, candles)
    assert store.list() == []
    assert store.write(*BTC, candles[:4]) == 4


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ({"symbol": "ETHUSDT", "timeframe": "1h", "source": "binance"}, "Candles of ETHUSDT"),
        ({"symbol": "BTCUSDT", "timeframe": "4h", "source": "binance"}, "4h candles"),
        ({"symbol": "BTCUSDT", "timeframe": "1h", "source": "simulated"}, "Simulated candles"),
    ],
)
def test_candles_labelled_as_something_else_are_refused(
    store: CandleStore, label: dict[str, str], words: str
) -> None:
    candles = label_candles(regular_candles("2024-01-01", 3), **label)
    with pytest.raises(CandleError, match=f"{words} cannot be stored"):
        store.write(*BTC, candles)
    assert store.list() == []


@pytest.mark.parametrize(
    ("names", "error"),
    [
        (("../binance", "BTCUSDT", "1h"), UnknownExchange),
        (("Binance", "BTCUSDT", "1h"), UnknownExchange),
        (("", "BTCUSDT", "1h"), UnknownExchange),
        (("binance", "../../BTC", "1h"), SpecError),
        (("binance", "BTC/USDT:USDT", "1h"), SpecError),
        (("binance", "BTCUSDT", "../1h"), UnknownTimeframe),
    ],
)
def test_names_that_are_none_never_become_paths(
    store: CandleStore, root: Path, names: tuple[str, str, str], error: type[Exception]
) -> None:
    with pytest.raises(error):
        store.write(*names, regular_candles("2024-01-01", 3))
    with pytest.raises(error):
        store.read(*names)
    assert not root.exists()


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle] ^= 0xFF
    path.write_bytes(data)


def _strip_footer(path: Path) -> None:
    pq.write_table(pq.read_table(path).replace_schema_metadata({}), path)


@pytest.mark.parametrize(
    "damage",
    [
        _flip,
        _strip_footer,
        lambda path: path.write_bytes(path.read_bytes()[:-100]),
        lambda path: path.write_bytes(b""),
        lambda path: shutil.copy(path.parents[2] / "ETHUSDT/1h/2024.parquet", path),
    ],
    ids=["a flipped byte", "another writer's", "truncated", "empty", "another symbol's"],
)
def test_a_damaged_file_is_named_and_never_overwritten(
    store: CandleStore, root: Path, damage: object
) -> None:
    candles = regular_candles("2024-01-01", 500)
    store.write(*BTC, candles[:400])
    store.write("binance", "ETHUSDT", "1h", candles)
    file = root / "binance/BTCUSDT/1h/2024.parquet"
    damage(file)  # type: ignore[operator]
    before = files_of(root)
    for use in (lambda: store.read(*BTC), lambda: store.write(*BTC, candles)):
        with pytest.raises(BadMarketData, match=r"2024\.parquet is damaged.*move it away"):
            use()
    assert files_of(root) == before


def test_a_read_only_folder_is_a_storage_error_and_nothing_changes() -> None:
    folder = Path(tempfile.mkdtemp())
    root = folder / "candles"
    try:
        candles = regular_candles("2024-01-01", 48)
        CandleStore(root).write(*BTC, candles[:24])
        before = files_of(root)
        for path in (folder, *root.rglob("*"), root):
            path.chmod(0o555 if path.is_dir() else 0o444)
        with _without_privileges():
            with pytest.raises(StorageError, match="Permission denied; nothing was stored"):
                CandleStore(root).write(*BTC, candles)
            with pytest.raises(StorageError, match="Permission denied"):
                CandleStore(root).write("binance", "ETHUSDT", "1h", candles)
            assert len(CandleStore(root).read(*BTC)) == 24
        assert files_of(root) == before
    finally:
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o755)
        shutil.rmtree(folder)


@contextmanager
def _without_privileges() -> Iterator[None]:
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)  # root may write to read-only folders
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_write_that_the_disk_cuts_short_changes_nothing(store: CandleStore, root: Path) -> None:
    candles = regular_candles("2023-12-31 12:00", 3000)
    store.write(*BTC, candles[:20])
    before = files_of(root)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        with pytest.raises(StorageError, match="File too large; nothing was stored"):
            store.write(*BTC, candles)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert files_of(root) == before
    assert_same(store.read(*BTC), candles[:20])


def test_a_root_that_is_a_file_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="cannot use"):
        CandleStore(tmp_path / "file").write(*BTC, regular_candles("2024-01-01", 2))


def test_an_object_store_holds_the_same_layout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fsspec

    monkeypatch.setenv("MLWIDGETS_HOME", str(tmp_path))
    url = f"memory://{tmp_path.name}/candles"
    candles = regular_candles("2023-12-31", 48)
    CandleStore(url).write(*BTC, candles[30:])
    CandleStore(url).write(*BTC, candles[:40])
    store = CandleStore(url)
    assert_same(store.read(*BTC), candles)
    assert store.list()[0].candles == 48
    files = fsspec.filesystem("memory").find(f"/{tmp_path.name}/candles")
    assert [name.rpartition("candles/")[2] for name in files] == [
        "binance/BTCUSDT/1h/2023.parquet",
        "binance/BTCUSDT/1h/2024.parquet",
    ]


def test_an_unknown_kind_of_url_is_a_storage_error() -> None:
    with pytest.raises(StorageError, match="cannot be at 'nowhere://bucket'"):
        CandleStore("nowhere://bucket")


class Clock:
    def __init__(self, now: str) -> None:
        self.now = pd.Timestamp(now, tz="UTC")

    def __call__(self) -> pd.Timestamp:
        return self.now


@settings(max_examples=25, deadline=None)
@given(candles=candle_frames(max_size=20), data=st.data())
def test_remembered_absences_are_not_missing_and_nothing_else_changes(
    candles: pd.DataFrame, data: st.DataObject
) -> None:
    start, end = candles.index[0] - 30 * HOUR, candles.index[-1] + 30 * HOUR
    hours = st.integers(0, (end - start) // HOUR)
    asked = [
        sorted((start + data.draw(hours) * HOUR, start + data.draw(hours) * HOUR)) for _ in range(2)
    ]
    with a_store() as store:
        store.write(*BTC, candles)
        for first, last in asked:
            store.remember_absent(*BTC, first, last)
        ranges = store.missing(*BTC, start, end)
    missing = [t for a, b in ranges for t in pd.date_range(a, b, freq="h", inclusive="left")]
    assert missing == [
        time
        for time in pd.date_range(start, end, freq="h", inclusive="left")
        if time not in candles.index and not any(a <= time < b for a, b in asked)
    ]


def test_an_absence_is_remembered_once_it_is_a_day_old(root: Path) -> None:
    clock = Clock("2024-01-03 12:30")
    store = CandleStore(root, clock=clock)
    span = (pd.Timestamp("2024-01-01", tz="UTC"), pd.Timestamp("2024-01-03 12:00", tz="UTC"))
    store.remember_absent(*BTC, *span)
    young = pd.Timestamp("2024-01-02 12:00", tz="UTC")
    assert store.missing(*BTC, *span) == [(young, span[1])]
    clock.now += pd.Timedelta(days=2)
    store.remember_absent(*BTC, *span)
    assert store.missing(*BTC, *span) == []


def test_an_absence_is_forgotten_after_a_month_and_wherever_a_candle_arrives(root: Path) -> None:
    clock = Clock("2024-02-01")
    store = CandleStore(root, clock=clock)
    candles = regular_candles("2024-01-01", 24)
    span = (candles.index[0], candles.index[-1] + HOUR)
    store.remember_absent(*BTC, *span)
    store.write(*BTC, candles[:6])
    assert len(store.read(*BTC)) == 6
    assert store.missing(*BTC, *span) == []
    clock.now += pd.Timedelta(days=31)
    assert store.missing(*BTC, *span) == [(candles.index[6], span[1])]


def test_a_damaged_memory_of_absences_only_means_asking_again(
    store: CandleStore, root: Path
) -> None:
    span = (pd.Timestamp("2024-01-01", tz="UTC"), pd.Timestamp("2024-01-02", tz="UTC"))
    store.remember_absent(*BTC, *span)
    (root / "binance/BTCUSDT/1h/absent.parquet").write_bytes(b"damaged")
    assert store.missing(*BTC, *span) == [span]
    store.remember_absent(*BTC, *span)
    assert store.missing(*BTC, *span) == []


def run(script: str, *arguments: object) -> str:
    done = subprocess.run(
        [sys.executable, "-c", dedent(script), *map(str, arguments)],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_processes_that_write_and_read_at_once_lose_nothing(root: Path, tmp_path: Path) -> None:
    candles = regular_candles("2023-12-25", 24 * 14)
    candles.to_parquet(tmp_path / "all.parquet")
    script = """
        import multiprocessing, sys
        import pandas as pd
        from mlwidgets.market.store import CandleStore

        BTC = ("binance", "BTCUSDT", "1h")
        root, source, writers = sys.argv[1], sys.argv[2], 3

        def write(number, barrier):
            candles = pd.read_parquet(source)
            barrier.wait()
            for start in range(0, len(candles), 56):
                # Neighbours overlap: every candle is written by two processes.
                part = candles[start : start + 56]
                rows = pd.RangeIndex(len(part)) % writers
                CandleStore(root).write(*BTC, part[(rows == number) | (rows == number - 1)])

        def read(barrier, done):
            candles = pd.read_parquet(source)
            barrier.wait()
            while not done.is_set():
                seen = CandleStore(root).read(*BTC)
                pd.testing.assert_frame_equal(
                    seen, candles.loc[seen.index], check_exact=True, check_freq=False
                )

        fork = multiprocessing.get_context("fork")
        barrier, done = fork.Barrier(writers + 1), fork.Event()
        reader = fork.Process(target=read, args=(barrier, done))
        crew = [fork.Process(target=write, args=(n, barrier)) for n in range(writers)]
        for process in (reader, *crew):
            process.start()
        for process in crew:
            process.join()
        done.set()
        reader.join()
        sys.exit(any(process.exitcode for process in (reader, *crew)))
    """
    run(script, root, tmp_path / "all.parquet")
    assert_same(CandleStore(root).read(*BTC), candles)


CRASHES = [(where, n) for where in ("flush", "before", "after") for n in range(3)]


def test_a_kill_at_any_step_of_a_write_leaves_only_whole_candles(
    root: Path, tmp_path: Path
) -> None:
    candles = candles_at(pd.date_range("2022-12-01", "2024-02-01", freq="7h", tz="UTC").ceil("h"))
    CandleStore(root).write(*BTC, candles[::2])
    candles.to_parquet(tmp_path / "all.parquet")
    copies = {crash: tmp_path / f"{crash[0]}{crash[1]}" for crash in CRASHES}
    for copy in copies.values():
        shutil.copytree(root, copy)
    script = """
        import json, os, signal, sys
        import pandas as pd
        from mlwidgets.market.store import CandleStore

        def die_at(name, n, *, first=lambda *_: None, after=False):
            real, calls = getattr(os, name), []

            def call(*arguments, **named):
                calls.append(1)
                doomed = len(calls) > n
                if doomed and not after:
                    first(*arguments)
                    os.kill(os.getpid(), signal.SIGKILL)
                result = real(*arguments, **named)
                if doomed:
                    os.kill(os.getpid(), signal.SIGKILL)
                return result

            setattr(os, name, call)

        def half(handle):
            os.ftruncate(handle, os.fstat(handle).st_size // 2)

        candles = pd.read_parquet(sys.argv[1])
        for where, n, root in json.loads(sys.argv[2]):
            child = os.fork()
            if child == 0:
                if where == "flush":
                    die_at("fsync", n, first=half)
                else:
                    die_at("replace", n, after=where == "after")
                CandleStore(root).write("binance", "BTCUSDT", "1h", candles)
                os._exit(0)
            status = os.waitpid(child, 0)[1]
            assert os.WIFSIGNALED(status), (where, n, status)
    """
    crashes = [(where, n, str(copy)) for (where, n), copy in copies.items()]
    run(script, tmp_path / "all.parquet", json.dumps(crashes))
    for (where, n), copy in copies.items():
        replaced = {"flush": 0, "before": n, "after": n + 1}[where]
        years = [str(year) for year in (2022, 2023, 2024)]
        expected = pd.concat(
            [
                part if year in years[:replaced] else part[part.index.isin(candles[::2].index)]
                for year in years
                for part in [candles.loc[year]]
            ]
        )
        assert_same(CandleStore(copy).read(*BTC), expected)
        CandleStore(copy).write(*BTC, candles)
        assert_same(CandleStore(copy).read(*BTC), candles)
        assert not list(copy.rglob("*.staged"))
