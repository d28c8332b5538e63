"""The workflow's steps and where a symbol stands in it."""
