"""The track record beside a chart: live quality against what the backtest promised."""
