"""Models: what is in production, and how it was measured."""
