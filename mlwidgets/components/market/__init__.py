"""The market of a page: its candles, and whether they come from the exchange."""
