"""What the scripts of a page make of numbers and addresses, without a browser."""

from __future__ import annotations

import json
import shutil
import subprocess
from importlib.resources import files
from typing import Any

import pytest


def evaluated(expression: str, *scripts: str) -> Any:
    """The value of an expression after these scripts, by Node.js or Playwright's copy of it."""
    source = "".join(
        files("mlwidgets.components.frontend").joinpath(f"{script}.js").read_text("utf-8")
        for script in scripts
    )
    code = f"{source}\nconsole.log(JSON.stringify({expression}))"
    answer = subprocess.run([_node(), "-e", code], check=True, capture_output=True, text=True)
    return json.loads(answer.stdout)


def _node() -> str:
    playwright = pytest.importorskip("playwright")
    driver = files(playwright).joinpath("driver", "node")
    return shutil.which("node") or str(driver)


def test_small_numbers_keep_their_digits_and_large_ones_have_units() -> None:
    volumes = [0.001, 0.000001234, 0, 0.5, 1, 12.345, 1234.5, 2e6, -0.0012]

    assert evaluated(f"{volumes}.map(shortNumber)", "candles") == [
        "0.001", "0.00000123", "0.00", "0.5", "1.00", "12.35", "1.23K", "2.00M", "-0.0012",
    ]  # fmt: skip


def test_the_price_axis_names_no_price_below_zero() -> None:
    views = "[[-15000, 66000], [-0.3, 1.25], [100, 110], [0, 1]]"

    ticks = evaluated(f"{views}.map((view) => priceTicks(...view))", "candles")

    assert ticks[0] == [0, 10_000, 20_000, 30_000, 40_000, 50_000, 60_000]
    assert ticks[1] == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.2])
    assert ticks[2:] == [[], []], "the axis chooses"


def test_an_average_of_too_few_candles_is_a_dash() -> None:
    chart = """{
        ...READ_OUT, step: 1, live: [], read: null, language: 'en', newest: () => null,
        price: (value) => value.toFixed(1), inWords: (row, means) => means,
        candles: { ...Object.fromEntries(ROWS.map((name) => [name, [1, 2]])),
            count: 2, means: [[NaN, 1.5], [NaN, NaN]] },
    }"""
    means = f"((chart) => [1, 2].map((time) => (chart.readOut(time), chart.read)))({chart})"

    assert evaluated(means, "candles", "read_out") == [["–", "–"], ["1.5", "–"]]


@pytest.mark.parametrize(
    ("search", "query"),
    [
        ("", "?symbol=ETHUSDT&timeframe=4h"),
        ("?symbol=BTCUSDT&tab=models&token=secret", "?symbol=ETHUSDT&timeframe=4h"),
        ("?lang=ru&symbol=BTCUSDT&kept=a%26b", "?symbol=ETHUSDT&timeframe=4h&lang=ru&kept=a%26b"),
    ],
)
def test_the_address_holds_the_choice_what_is_not_ours_and_never_a_token(
    search: str, query: str
) -> None:
    written = f"ownQuery({json.dumps(search)}, 'symbol=ETHUSDT&timeframe=4h')"

    assert evaluated(written, "addresses") == query


def test_a_page_that_is_opened_writes_its_choice_into_its_address() -> None:
    page = """
        globalThis.document = { addEventListener() {}, documentElement: { dataset: {} },
            body: { dataset: { voila: 'voila' } } };
        globalThis.localStorage = { getItem() {} };
        globalThis.location = { search: '', hash: '#end' };
        globalThis.told = [];
        globalThis.history = { state: 1, replaceState: (...told) => globalThis.told.push(told) };
    """
    frame = """{ ...component.methods, place: 'symbol=ETHUSDT', language: 'en', dark: false,
        count() {}, look() {}, locate: (zone) => globalThis.told.push(zone) }"""
    source = files("mlwidgets.components.frontend").joinpath("frame.js").read_text("utf-8")
    addresses = files("mlwidgets.components.frontend").joinpath("addresses.js").read_text("utf-8")
    script = page + addresses + source.replace("export default", "const component =")
    script += f"component.mounted.call({frame}); console.log(JSON.stringify(told))"

    answer = subprocess.run([_node(), "-e", script], check=True, capture_output=True, text=True)

    [[state, _, address], zone] = json.loads(answer.stdout)
    assert (state, address) == (1, "?symbol=ETHUSDT#end")
    assert zone
