"""Replay: now moved back to a past hour, and the market played from there; nothing is recorded."""
