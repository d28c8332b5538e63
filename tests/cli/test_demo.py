"""`mlwidgets demo`."""

from mlwidgets.market.loopback import LoopbackExchange, RateLimited


def test_without_an_exchange_the_demo_says_so_and_goes_on_with_a_simulated_market(
    call, home, monkeypatch
):
    with LoopbackExchange({}) as exchange:
        exchange.misbehave(RateLimited(600), times=20, on="exchangeInfo")
        monkeypatch.setenv("MLWIDGETS_EXCHANGE_URL", exchange.url)
        answer = call("demo", "--trials", 1, "--folds", 1, "--no-serve")
    assert answer.code == 0, answer.err
    assert "The demo goes on with a simulated market" in " ".join(answer.err.split())
    text = answer.flat()
    assert "SIMUSDT LSTM · simulated" in text
    assert "coins would do as well" in text
    assert "90 % interval" in text
    assert str(home / "models" / "SIMUSDT_LSTM_1.0.0.json") in answer.out
    assert str(home / "data") in answer.out
