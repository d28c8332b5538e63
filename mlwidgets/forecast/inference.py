"""What a trained network says at some origins."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from mlwidgets.features import windows
from mlwidgets.features.windows import IntArray
from mlwidgets.forecast.repeatable import one_thread

_BATCH = 64


def predict_network(
    network: nn.Module,
    features: np.ndarray[tuple[int, ...], np.dtype[np.float32]],
    origins: IntArray,
    sequence_length: int,
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Expected scaled returns at some origins, in one thread.

    Args:
        network: maps (B, T, F) to (B,), on any device.
        features: scaled, shape (n, features).
        origins: rows at which windows end, shape (m,).
        sequence_length: candles a window.

    Returns:
        Shape (m,).
    """
    if len(origins) == 0:
        return np.empty(0)
    with one_thread(), torch.inference_mode():
        device = next(network.parameters()).device
        views = windows(torch.from_numpy(features).to(device), sequence_length)
        # Batches all of one size: kernels round the rows of an odd one differently, and a
        # forecast must not change by a bit when later candles join.
        padding = np.full(-len(origins) % _BATCH, origins[-1])
        starts = torch.from_numpy(np.append(origins, padding) - sequence_length + 1).to(device)
        network.eval()
        parts = [network(views[part].transpose(1, 2)) for part in starts.split(_BATCH)]
        return torch.cat(parts)[: len(origins)].cpu().numpy().astype(np.float64)
