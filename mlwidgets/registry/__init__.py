"""Models on disk: production, archive, restore."""

from mlwidgets.registry.problems import Problem
from mlwidgets.registry.registry import ModelRegistry

__all__ = ["ModelRegistry", "Problem"]
