"""Long work that outlives its caller: searches, backtests and comparisons as jobs."""
