"""The LSTM model: one recurrent pass over the window, read off at its end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self, cast

import torch
from torch import nn

from mlwidgets.forecast.spec import ModelConfig


@dataclass(frozen=True, slots=True)
class LSTMConfig:
    """Shape of an LSTM network.

    Attributes:
        features: input columns F.
        hidden_size: width of the recurrent state H.
        num_layers: stacked recurrent layers.
        dropout: share of activations dropped between layers and before the output.
    """

    features: int
    hidden_size: int
    num_layers: int
    dropout: float

    @classmethod
    def of(cls, features: int, config: ModelConfig) -> Self:
        """The part of a model's config that shapes the network."""
        return cls(features, config.hidden_size, config.num_layers, config.dropout)


class LSTMNetwork(nn.Module):
    """Hochreiter and Schmidhuber's LSTM (1997) with a linear output on its last state."""

    def __init__(self, config: LSTMConfig) -> None:
        super().__init__()
        between = config.dropout if config.num_layers > 1 else 0.0
        self.lstm = nn.LSTM(
            config.features,
            config.hidden_size,
            config.num_layers,
            batch_first=True,
            dropout=between,
        )
        self.dropout = nn.Dropout(config.dropout)
        self.output = nn.Linear(config.hidden_size, 1)
        # Starts at the last-value forecast: returns are nearly all noise, and a random
        # output layer would first have to unlearn its guesses.
        nn.init.zeros_(self.output.weight)
        nn.init.zeros_(self.output.bias)

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        """Scaled windows (B, T, F) to expected scaled returns (B,)."""
        states, _ = self.lstm(windows)  # (B, T, H)
        last = self.dropout(states[:, -1])  # (B, H)
        return cast(torch.Tensor, self.output(last)).squeeze(-1)  # (B,)
