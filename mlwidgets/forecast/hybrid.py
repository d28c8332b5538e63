"""The HYBRID model: convolution, LSTM, attention and a linear autoregressive highway."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self, cast

import torch
from torch import nn

from mlwidgets.forecast.spec import ModelConfig


@dataclass(frozen=True, slots=True)
class HybridConfig:
    """Shape of a HYBRID network.

    Attributes:
        features: input columns F.
        hidden_size: channels of the convolution and width of the recurrent state, H.
        num_layers: stacked recurrent layers.
        dropout: share of activations dropped between layers and before the output.
        kernel_size: candles that a filter spans.
        highway_window: last candles W that the linear part sees.
        highway_column: input column that the linear part sees: the one-candle return.
    """

    features: int
    hidden_size: int
    num_layers: int
    dropout: float
    kernel_size: int
    highway_window: int
    highway_column: int

    @classmethod
    def of(cls, features: int, config: ModelConfig, highway_column: int) -> Self:
        """The part of a model's config that shapes the network."""
        return cls(
            features,
            config.hidden_size,
            config.num_layers,
            config.dropout,
            config.kernel_size,
            min(config.highway_window, config.sequence_length),
            highway_column,
        )


class HybridNetwork(nn.Module):
    """In the spirit of LSTNet (Lai, Chang, Yang and Liu, 2018), with dot-product attention.

    The convolution finds short patterns, the LSTM reads them beside the features they came
    from, attention picks the moments that matter, and the highway keeps a plain
    autoregression beside them, which is hard to beat on returns.
    """

    def __init__(self, config: HybridConfig) -> None:
        super().__init__()
        hidden = config.hidden_size
        self.padding = config.kernel_size - 1
        self.highway_window, self.highway_column = config.highway_window, config.highway_column
        self.convolution = nn.Conv1d(config.features, hidden, config.kernel_size)
        between = config.dropout if config.num_layers > 1 else 0.0
        self.lstm = nn.LSTM(
            config.features + hidden, hidden, config.num_layers, batch_first=True, dropout=between
        )
        self.query = nn.Linear(hidden, hidden, bias=False)
        self.dropout = nn.Dropout(config.dropout)
        self.output = nn.Linear(2 * hidden, 1)
        self.highway = nn.Linear(config.highway_window, 1)
        for layer in (self.output, self.highway):  # starts at the last-value forecast
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        """Scaled windows (B, T, F) to expected scaled returns (B,)."""
        padded = nn.functional.pad(windows.transpose(1, 2), (self.padding, 0))  # past side only
        patterns = torch.relu(self.convolution(padded)).transpose(1, 2)  # (B, T, H)
        states, _ = self.lstm(torch.cat([patterns, windows], dim=2))  # (B, T, H)
        last = states[:, -1]  # (B, H)
        scores = torch.einsum("bth,bh->bt", states, self.query(last))  # (B, T)
        weights = torch.softmax(scores / states.shape[-1] ** 0.5, dim=1)  # (B, T)
        context = torch.einsum("bt,bth->bh", weights, states)  # (B, H)
        nonlinear = self.output(self.dropout(torch.cat([context, last], dim=1)))  # (B, 1)
        # Squashed, because one extreme candle would otherwise outvote the rest of the network.
        recent = torch.tanh(windows[:, -self.highway_window :, self.highway_column])  # (B, W)
        return cast(torch.Tensor, nonlinear + self.highway(recent)).squeeze(-1)  # (B,)
