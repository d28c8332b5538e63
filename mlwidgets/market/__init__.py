"""Candles: their contract, the exchange, files, the simulator, the store."""
