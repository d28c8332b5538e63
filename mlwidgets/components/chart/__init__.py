"""The price chart: candles, their level of detail, what is drawn over them."""
