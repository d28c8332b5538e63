import pandas as pd
import pytest

from mlwidgets.forecast.fitting import train_model
from mlwidgets.forecast.model import TrainedModel
from mlwidgets.forecast.spec import ModelConfig, ModelSpec
from mlwidgets.market.simulator import simulate_market

SMALL = ModelConfig(hidden_size=8, sequence_length=8, learning_rate=5e-3, epochs=3, batch_size=128)


@pytest.fixture(scope="session")
def market_candles() -> pd.DataFrame:
    """2,400 simulated hours: models train on the first 2,000."""
    return simulate_market("1h", periods=2400, seed=11).candles


@pytest.fixture(scope="session", params=["LSTM 1h", "HYBRID 4h"])
def model(request: pytest.FixtureRequest, market_candles: pd.DataFrame) -> TrainedModel:
    model_type, horizon = request.param.split()
    spec = ModelSpec(
        symbol="SIMUSDT", model_type=model_type, timeframe="1h", horizon=horizon, config=SMALL
    )
    return train_model(spec, market_candles.iloc[:2000], seed=1)
