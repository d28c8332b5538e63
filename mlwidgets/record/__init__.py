"""The track record: every forecast of a production model, what became of it, what that says."""
