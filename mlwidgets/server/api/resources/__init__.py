"""The operations, a module for each thing that the API is about."""
