"""Training throughput of one core, against a DataLoader loop over the same network.

Windows a second of a training pass, LSTM with hidden 32 and 20 steps, in one thread:
mlwidgets' loop; torch's DataLoader over a Dataset that slices one window a sample, at the
same batch size, and at the batch of 32 that most tutorials use. All in one run, in turns.

Run: python benchmarks/training_throughput.py
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

import mlwidgets as mw
from mlwidgets.features import Samples
from mlwidgets.forecast.fitting import training_data
from mlwidgets.forecast.networks import build_network
from mlwidgets.forecast.repeatable import one_thread
from mlwidgets.forecast.scaler import Scaler
from mlwidgets.forecast.training import TrainingData, train_network

CONFIG = mw.ModelConfig(hidden_size=32, sequence_length=20, epochs=3, patience=100)
ROUNDS = 3


class Windows(Dataset[tuple[torch.Tensor, torch.Tensor]]):
    def __init__(self, data: TrainingData) -> None:
        self.features = torch.from_numpy(data.features)
        self.target = torch.from_numpy(data.target)
        self.origins = data.train

    def __len__(self) -> int:
        return len(self.origins)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, torch.Tensor]:
        row = self.origins[index]
        return self.features[row - CONFIG.sequence_length + 1 : row + 1], self.target[row]


def our_loop(data: TrainingData, model_type: str) -> float:
    network = build_network(model_type, CONFIG)  # type: ignore[arg-type]
    started = time.perf_counter()
    train_network(network, data, CONFIG, seed=0)
    return CONFIG.epochs * len(data.train) / (time.perf_counter() - started)


def loader_loop(data: TrainingData, batch_size: int) -> float:
    network = build_network("LSTM", CONFIG)
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-3)
    loader = DataLoader(Windows(data), batch_size=batch_size, shuffle=True)
    started = time.perf_counter()
    with one_thread():
        for inputs, target in loader:
            loss = torch.nn.functional.l1_loss(network(inputs), target)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
    return len(data.train) / (time.perf_counter() - started)


def main() -> None:
    candles = mw.simulate_market("1h", periods=20_000, seed=1).candles
    samples = Samples.build(candles, "1h", 1)
    rows = samples.labelled_origins(CONFIG.sequence_length)
    data = training_data(samples, Scaler.fit(samples.features), rows[:-200], rows[-200:])
    runs: dict[str, Callable[[], float]] = {
        "mlwidgets LSTM": lambda: our_loop(data, "LSTM"),
        "mlwidgets HYBRID": lambda: our_loop(data, "HYBRID"),
        "DataLoader LSTM, batch 256": lambda: loader_loop(data, 256),
        "DataLoader LSTM, batch 32": lambda: loader_loop(data, 32),
    }
    speeds: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(ROUNDS):
        for name, run in runs.items():
            speeds[name].append(run())
    ours = np.median(speeds["mlwidgets LSTM"])
    print(f"{len(data.train):,} windows of {CONFIG.sequence_length} x {data.features.shape[1]}")
    for name, values in speeds.items():
        speed = np.median(values)
        print(f"{name:28} {speed:10,.0f} windows/s   mlwidgets LSTM is {ours / speed:4.1f}x")


if __name__ == "__main__":
    main()
