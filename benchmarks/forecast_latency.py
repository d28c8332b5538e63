"""Forecast on a new candle, the model in memory.

Prints the median and the 95th percentile over 200 forecasts, each on a frame that has one
candle more. Validation, features, volatility, the replay of interval and confidence since
training, and the regime are all in the figure.

Run: python benchmarks/forecast_latency.py
"""

from __future__ import annotations

import time

import numpy as np

import mlwidgets as mw

CANDLES_SINCE_TRAINING = 720


def main() -> None:
    market = mw.simulate_market("1h", periods=9000, seed=1)
    config = mw.ModelConfig(hidden_size=32, sequence_length=20, epochs=2)
    for model_type in ("LSTM", "HYBRID"):
        spec = mw.ModelSpec(symbol="SIMUSDT", model_type=model_type, config=config)
        model = mw.train_model(spec, market.candles.iloc[:8000])
        seconds = []
        for last in range(8000 + CANDLES_SINCE_TRAINING, 8000 + CANDLES_SINCE_TRAINING + 200):
            candles = market.candles.iloc[7700:last]
            started = time.perf_counter()
            model.forecast(candles)
            seconds.append(time.perf_counter() - started)
        milliseconds = np.array(seconds) * 1000
        print(
            f"{model_type:6} forecast on a new candle, {CANDLES_SINCE_TRAINING}+ candles since "
            f"training: median {np.median(milliseconds):.1f} ms, "
            f"95th percentile {np.percentile(milliseconds, 95):.1f} ms"
        )


if __name__ == "__main__":
    main()
