"""From a model type and its config to a network, and from network weights to arrays."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from mlwidgets.errors import ModelFileError
from mlwidgets.features import feature_names
from mlwidgets.forecast.artifact import TensorDict
from mlwidgets.forecast.hybrid import HybridConfig, HybridNetwork
from mlwidgets.forecast.lstm import LSTMConfig, LSTMNetwork
from mlwidgets.forecast.spec import ModelConfig, ModelType


def build_network(model_type: ModelType, config: ModelConfig) -> nn.Module:
    """A network with random weights: scaled windows (B, T, F) to scaled returns (B,)."""
    names = feature_names()
    if model_type == "LSTM":
        return LSTMNetwork(LSTMConfig.of(len(names), config))
    return HybridNetwork(HybridConfig.of(len(names), config, names.index("return_1")))


def network_arrays(network: nn.Module) -> TensorDict:
    """A network's weights as arrays by name."""
    return {name: weight.detach().cpu().numpy() for name, weight in network.state_dict().items()}


def restore_network(model_type: ModelType, config: ModelConfig, arrays: TensorDict) -> nn.Module:
    """The network with the given weights, ready to forecast.

    Raises:
        ModelFileError: the weights are not those of this model type and config.
    """
    network = build_network(model_type, config)
    expected = {name: tuple(weight.shape) for name, weight in network.state_dict().items()}
    given = {name: tuple(array.shape) for name, array in arrays.items()}
    if expected != given or any(array.dtype != np.float32 for array in arrays.values()):
        wrong = sorted({*expected.items()} ^ {*given.items()})[:3]
        raise ModelFileError(
            f"The weights are not those of a {model_type} of this config: {wrong}.",
            model_type=model_type,
        )
    network.load_state_dict(
        {name: torch.from_numpy(array.copy()) for name, array in arrays.items()}
    )
    return network.eval()
