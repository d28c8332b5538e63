"""Jobs: those that run, those that ended, and what can be done with them."""
