"""The pages: pieces put together."""
