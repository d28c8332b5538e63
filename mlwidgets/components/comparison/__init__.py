"""LSTM against HYBRID: two backtests on the same window, side by side."""
