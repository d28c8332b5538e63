"""Causal features of candles, and windows over them."""

from mlwidgets.features.registry import compute_features, feature_names, features_fingerprint
from mlwidgets.features.windows import Samples, candles_needed, require_origins, windows

__all__ = [
    "Samples",
    "candles_needed",
    "compute_features",
    "feature_names",
    "features_fingerprint",
    "require_origins",
    "windows",
]
