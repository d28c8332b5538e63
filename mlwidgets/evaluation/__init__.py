"""Metrics, walk-forward splits, baselines, significance, the backtest."""
