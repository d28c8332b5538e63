"""Backtests: their form, their metrics and charts, and the save of what they measured."""
