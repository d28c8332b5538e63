"""The same search: mlwidgets, Optuna + neuralforecast, Optuna + a DataLoader loop.

Every approach runs the same trials (hidden size and learning rate drawn from one seed), folds,
epochs and batch size, on the same scaled features and targets, without stopping and pruning:

- mlwidgets: `run_study` on a local cluster of two workers, its study in an SQLite file;
- neuralforecast: its LSTM under Optuna, its trainer as it comes, one trial after the other. One
  series, the features as historic exogenous columns, a linear decoder, as many steps as the
  others take. It also sees the last targets: it always does;
- DataLoader: a plain torch loop under Optuna over a Dataset that slices one window a sample, in
  the same batches and in the batches of 32 that most tutorials use.

Peers run in one process with torch's own number of threads. Learnt from are the origins that
`score_fold` learns from; the tenth after them, by which it chooses the epoch to keep, is no one
else's. The loss is the mean absolute error of scaled returns on the validation origins over that
of the last-value forecast: 1 is no skill. Each approach rehearses once before it is timed, so
imports, first kernels and the start of the workers are left out; the table shows them apart.

    python benchmarks/search_peers.py [--trials N] [--folds N] [--epochs N] [--data FILE]
"""

from __future__ import annotations

import argparse
import logging
import math
import os
import platform
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module, metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import optuna
import pandas as pd
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

import mlwidgets as mw
from mlwidgets.cluster import open_cluster
from mlwidgets.evaluation.splits import Fold, walk_forward
from mlwidgets.features import feature_names
from mlwidgets.features.windows import IntArray
from mlwidgets.forecast.fitting import training_data
from mlwidgets.forecast.scaler import Scaler
from mlwidgets.forecast.training import CLIP_TARGET, TrainingData
from mlwidgets.search.coordinator import run_study
from mlwidgets.search.objective import FEWEST_TRAIN, FoldData, score_fold
from mlwidgets.search.objective import _split as learn_and_stop  # learn from the very same origins
from mlwidgets.search.ranges import FloatRange, IntRange
from mlwidgets.search.seeds import derived_seed
from mlwidgets.search.space import SearchSpace

BUDGET = 8
LENGTH, BATCH, TUTORIAL_BATCH, WORKERS = 20, 256, 32, 2
VERSIONS = ("mlwidgets", "torch", "optuna", "numpy", "neuralforecast", "pytorch-lightning")


@dataclass(frozen=True)
class Search:
    """The work that every approach does."""

    spec: mw.ModelSpec
    data: FoldData
    folds: Sequence[Fold]
    n_trials: int
    epochs: int
    seed: int
    params: list[dict[str, Any]] = field(default_factory=list)  # of each trial, once drawn

    @property
    def space(self) -> SearchSpace:
        return SearchSpace(
            hidden_size=IntRange(16, 48), learning_rate=FloatRange(1e-3, 1e-2, log=True),
            sequence_length=LENGTH, batch_size=BATCH, epochs=self.epochs, patience=self.epochs,
            num_layers=1, dropout=0.0, weight_decay=0.0,
        )  # fmt: skip

    def fold(self, index: int) -> tuple[TrainingData, IntArray]:
        """Scaled features and targets with the training origins, and the validation origins."""
        samples, fold = self.data.samples, self.folds[index]
        train, stopping = learn_and_stop(self.data.origins[fold.train], samples.steps)
        arrays = training_data(samples, Scaler.fit(samples.features[: train[-1] + 1]), train,
                               stopping)  # fmt: skip
        clipped = arrays.target.clip(-CLIP_TARGET, CLIP_TARGET)  # what our network learns, too
        return replace(arrays, target=clipped), self.data.origins[fold.validation]

    def windows(self) -> int:
        """Windows that pass through training in the whole search."""
        learnt = [len(self.fold(index)[0].train) for index in range(len(self.folds))]
        return self.n_trials * self.epochs * sum(learnt)

    def loss(self, validation: IntArray, predicted: np.ndarray) -> float:
        """What `score_fold` measures."""
        actual = self.data.samples.scaled_target[validation]
        return float(np.abs(actual - predicted).mean() / np.abs(actual).mean())


Predict = Callable[[TrainingData, IntArray, mw.ModelConfig, int], np.ndarray]
"""Train on a fold with a config and a seed; predict its validation origins."""

Approach = Callable[[Search], optuna.Study]


def mlwidgets_search(search: Search) -> optuna.Study:
    with tempfile.TemporaryDirectory() as folder, open_cluster(WORKERS) as client:
        client.run(import_module, "mlwidgets.search.objective")
        return run_study(
            spec=search.spec, space=search.space, folds=search.folds, data=search.data,
            score_fold=score_fold, n_trials=search.n_trials, seed=search.seed, client=client,
            storage=f"sqlite:///{Path(folder) / 'studies.db'}", prune=False,
            fold_limit=WORKERS,
        )  # fmt: skip


def optuna_search(predict: Predict) -> Approach:
    """Optuna as people use it: one trial after the other, its folds in a loop."""

    def run(search: Search) -> optuna.Study:
        def objective(trial: optuna.Trial) -> float:
            config = search.space.suggest(trial, "LSTM")
            losses = []
            for index in range(len(search.folds)):
                arrays, validation = search.fold(index)
                seed = derived_seed(search.seed, "fold", index)
                predicted = predict(arrays, validation, config, seed)
                losses.append(search.loss(validation, predicted))
            return float(np.mean(losses))

        study = optuna.create_study()
        for params in search.params:
            study.enqueue_trial(params)
        study.optimize(objective, n_trials=search.n_trials)
        return study

    return run


class Windows(Dataset[tuple[torch.Tensor, torch.Tensor]]):
    def __init__(self, arrays: TrainingData, origins: IntArray) -> None:
        self.features = torch.from_numpy(arrays.features)
        self.target = torch.from_numpy(arrays.target)
        self.origins = origins

    def __len__(self) -> int:
        return len(self.origins)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, torch.Tensor]:
        row = self.origins[index]
        return self.features[row - LENGTH + 1 : row + 1], self.target[row]


class TutorialLSTM(nn.Module):
    def __init__(self, features: int, config: mw.ModelConfig) -> None:
        super().__init__()
        self.lstm = nn.LSTM(features, config.hidden_size, config.num_layers, batch_first=True)
        self.output = nn.Linear(config.hidden_size, 1)

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        states, _ = self.lstm(windows)  # (B, T, H)
        output: torch.Tensor = self.output(states[:, -1])
        return output.squeeze(-1)  # (B,)


def loader_loop(batch_size: int) -> Predict:
    def predict(
        arrays: TrainingData, validation: IntArray, config: mw.ModelConfig, seed: int
    ) -> np.ndarray:
        torch.manual_seed(seed)
        network = TutorialLSTM(arrays.features.shape[1], config)
        optimizer = torch.optim.Adam(network.parameters(), lr=config.learning_rate)
        loader = DataLoader(Windows(arrays, arrays.train), batch_size, shuffle=True)
        for _ in range(config.epochs):
            for inputs, target in loader:
                optimizer.zero_grad()
                nn.functional.l1_loss(network(inputs), target).backward()
                optimizer.step()
        network.eval()
        with torch.no_grad():
            batches = DataLoader(Windows(arrays, validation), batch_size)
            return torch.cat([network(inputs) for inputs, _ in batches]).numpy()

    return predict


def neuralforecast_lstm(
    arrays: TrainingData, validation: IntArray, config: mw.ModelConfig, seed: int
) -> np.ndarray:
    from neuralforecast import NeuralForecast
    from neuralforecast.losses.pytorch import MAE
    from neuralforecast.models import LSTM

    model = LSTM(
        h=1, input_size=LENGTH, hist_exog_list=feature_names(), loss=MAE(), random_seed=seed,
        encoder_n_layers=config.num_layers, encoder_hidden_size=config.hidden_size,
        decoder_layers=1, learning_rate=config.learning_rate, scaler_type="identity",
        max_steps=config.epochs * math.ceil(len(arrays.train) / BATCH),
        batch_size=1, windows_batch_size=BATCH, training_data_availability_threshold=1.0,
        accelerator="cpu", logger=False, enable_progress_bar=False, enable_model_summary=False,
    )  # fmt: skip
    forecaster = NeuralForecast(models=[model], freq=1)
    forecaster.fit(series(arrays, arrays.train))
    forecasts = forecaster.cross_validation(
        series(arrays, validation), n_windows=None, use_fitted=True,
        test_size=int(validation[-1] - validation[0]) + 1,
    )  # fmt: skip
    return np.asarray(forecasts.set_index("cutoff")["LSTM"].loc[validation])


def series(arrays: TrainingData, origins: IntArray) -> pd.DataFrame:
    """The rows that windows and targets of some origins need, as neuralforecast takes a series.

    A row's y is the target of the origin before it: the return that is known at that row. What
    no window needs, near a gap, is marked as not available.
    """
    rows = np.arange(origins[0] - LENGTH + 1, origins[-1] + 2)
    needed = np.isin(rows, origins[:, None] + np.arange(-LENGTH + 1, 2))
    frame = pd.DataFrame(arrays.features[rows], columns=feature_names())
    return frame.assign(
        unique_id="candles", ds=rows, y=arrays.target[rows - 1], available_mask=needed.astype(float)
    )


APPROACHES: dict[str, Approach] = {
    "mlwidgets": mlwidgets_search,
    "Optuna + neuralforecast LSTM": optuna_search(neuralforecast_lstm),
    f"Optuna + DataLoader, batch {BATCH}": optuna_search(loader_loop(BATCH)),
    f"Optuna + DataLoader, batch {TUTORIAL_BATCH}": optuna_search(loader_loop(TUTORIAL_BATCH)),
}


@dataclass(frozen=True)
class Result:
    """Wall seconds of a rehearsal and of the search, and each trial's mean validation loss."""

    rehearsal: float
    seconds: float
    losses: list[float]
    params: list[dict[str, Any]]


def measure(approach: Approach, search: Search) -> Result:
    rehearsal, _ = timed(approach, replace(search, folds=search.folds[:1], n_trials=1, epochs=1))
    seconds, study = timed(approach, search)
    losses = [trial.value for trial in study.trials if trial.value is not None]
    if len(losses) < search.n_trials:
        raise SystemExit("A trial failed, so the approaches cannot be compared.")
    return Result(rehearsal, seconds, losses, [trial.params for trial in study.trials])


def timed(approach: Approach, search: Search) -> tuple[float, optuna.Study]:
    started = time.perf_counter()
    study = approach(search)
    return time.perf_counter() - started, study


def prepare(arguments: argparse.Namespace) -> Search:
    candles = (
        mw.read_candles(arguments.data) if arguments.data
        else mw.simulate_market("1h", periods=arguments.candles, seed=arguments.seed).candles
    ).iloc[-arguments.candles :]  # fmt: skip
    timeframe = candles.attrs["timeframe"]
    spec = mw.ModelSpec(
        symbol=candles.attrs["symbol"] or "UNKNOWN", model_type="LSTM",
        timeframe=timeframe, horizon=timeframe, config=mw.ModelConfig(sequence_length=LENGTH),
    )  # fmt: skip
    data = FoldData.build(candles, spec, LENGTH)
    folds = walk_forward(len(data.origins), arguments.folds, gap=spec.steps, min_train=FEWEST_TRAIN)
    return Search(spec, data, folds, arguments.trials, arguments.epochs, arguments.seed)


def quieten() -> None:
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    logging.disable(logging.WARNING)  # Lightning resets the levels of its loggers on import
    warnings.filterwarnings("ignore")


def show(name: str, result: Result, ours: Result, windows: int) -> None:
    print(
        f"{name:32} {result.seconds:8.1f} {result.seconds / ours.seconds:7.1f}x"
        f" {windows / result.seconds:11,.0f} {np.mean(result.losses):10.4f}"
        f" {min(result.losses):10.4f} {result.rehearsal:10.1f}",
        flush=True,
    )


def machine() -> str:
    cores = f"{os.cpu_count()} cores, {torch.get_num_threads()} torch threads"
    return f"{processor()}, {cores}, load {os.getloadavg()[0]:.1f}"


def processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def versions() -> str:
    found = [f"Python {platform.python_version()}"]
    for name in VERSIONS:
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            found.append(f"no {name}")
    return ", ".join(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--trials", type=int, default=6)
    parser.add_argument("--folds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--candles", type=int, default=8000, help="the last so many")
    parser.add_argument("--data", type=Path, help="candles to use instead of simulated ones")
    parser.add_argument("--seed", type=int, default=7)
    search = prepare(parser.parse_args())
    quieten()
    windows = search.windows()
    print(machine(), versions(), sep="\n")
    print(
        f"{search.n_trials} trials x {len(search.folds)} folds x {search.epochs} epochs: "
        f"{windows:,} windows of {LENGTH} x {len(feature_names())}\n"
    )
    print(f"{'':32} {'seconds':>8} {'ratio':>8} {'windows/s':>11} {'mean loss':>10} "
          f"{'best trial':>10} {'first use':>10}")  # fmt: skip
    ours: Result | None = None
    for name, approach in APPROACHES.items():
        if "neuralforecast" in name and find_spec("neuralforecast") is None:
            print(f"{name:32} not installed: pip install 'mlwidgets[bench]', or make bench")
            continue
        result = measure(approach, search)
        ours = ours or result
        search = replace(search, params=ours.params)  # the peers get the trials that ours drew
        show(name, result, ours, windows)
    print(f"\nbudget: peers take at least {BUDGET}x the time, at no better a loss")


if __name__ == "__main__":
    main()
