import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlwidgets.errors import SpecError
from mlwidgets.market.symbols import QUOTES, plain_symbol, split_symbol

currencies = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=8)


@pytest.mark.parametrize(
    "written", ["BTCUSDT", "btcusdt", "BTC/USDT", "BTC-USDT", "btc_usdt", " BTC/USDT "]
)
def test_a_symbol_is_the_same_however_it_is_written(written: str) -> None:
    assert plain_symbol(written) == "BTCUSDT"


@pytest.mark.parametrize(
    "text", ["", "B", "../BTCUSDT", "BTC/USDT/ETH", "BTC USDT", "a" * 21, "ÄUSDT", None, 7]
)
def test_what_is_no_symbol_is_refused_with_an_example(text: object) -> None:
    with pytest.raises(SpecError, match="write it as 'BTCUSDT' or 'BTC/USDT'"):
        plain_symbol(text)  # type: ignore[arg-type]


@given(base=currencies, quote=st.sampled_from(QUOTES), separator=st.sampled_from("/-_"))
def test_a_separator_tells_base_and_quote_apart(base: str, quote: str, separator: str) -> None:
    assert split_symbol(f"{base}{separator}{quote}") == (base, quote)


@pytest.mark.parametrize(
    ("symbol", "parts"),
    [
        ("BTCUSDT", ("BTC", "USDT")),
        ("ETHBTC", ("ETH", "BTC")),
        ("BTC/USDT:USDT", ("BTC", "USDT")),
        ("USDT", None),
        ("ABCDEF", None),
        ("BTC/", None),
    ],
)
def test_a_symbol_is_split_where_a_known_quote_ends_it(
    symbol: str, parts: tuple[str, str] | None
) -> None:
    assert split_symbol(symbol) == parts
