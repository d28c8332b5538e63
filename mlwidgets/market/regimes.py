"""What the regimes of a market are called."""

REGIMES = ("Bull", "Bear", "Sideways")
"""Names of the regimes, in the order of their numbers and of their probabilities' columns."""
