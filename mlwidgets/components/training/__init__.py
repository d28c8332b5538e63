"""Training: what a search is asked for, how it goes, what it came to."""
