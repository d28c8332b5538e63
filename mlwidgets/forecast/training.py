"""The training loop: no DataLoader, seeded, early stopping on later candles."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import perf_counter

import numpy as np
import torch
from torch import nn

from mlwidgets.errors import Cancelled, TrainingDiverged
from mlwidgets.features import windows
from mlwidgets.features.windows import IntArray
from mlwidgets.forecast.repeatable import seeded
from mlwidgets.forecast.spec import ModelConfig

CLIP_NORM = 1.0
"""Largest norm of a gradient step."""

CLIP_TARGET = 4.0
"""Training targets beyond this many volatilities are held there."""

EXPLODED = 10.0
"""A loss this many times that of forecasting no change counts as diverged."""

_STILL = 0.1
_VALIDATION_BATCH = 4096


@dataclass(frozen=True, slots=True)
class EpochEnd:
    """What a training run tells after each epoch.

    Attributes:
        epoch: epochs done, from 1.
        epochs: most epochs there will be.
        train_loss: mean loss of the epoch's batches.
        validation_loss: loss on the validation origins.
        best_loss: lowest validation loss so far.
        seconds: time since the start.
    """

    epoch: int
    epochs: int
    train_loss: float
    validation_loss: float
    best_loss: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Fit:
    """How a training run ended; the network then holds the best epoch's weights.

    Attributes:
        epochs: epochs that ran.
        best_epoch: the epoch whose weights were kept, 0 for the untrained network.
        best_loss: its validation loss.
    """

    epochs: int
    best_epoch: int
    best_loss: float


@dataclass(frozen=True, slots=True)
class TrainingData:
    """What a network trains on.

    Attributes:
        features: scaled, float32, shape (n, features).
        target: in volatilities, float32, shape (n,).
        train: origins to learn from.
        validation: later origins that decide when to stop.
    """

    features: np.ndarray[tuple[int, ...], np.dtype[np.float32]]
    target: np.ndarray[tuple[int, ...], np.dtype[np.float32]]
    train: IntArray
    validation: IntArray


def train_network(
    network: nn.Module,
    data: TrainingData,
    config: ModelConfig,
    *,
    seed: int,
    device: str = "cpu",
    on_epoch: Callable[[EpochEnd], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Fit:
    """Train a network in place; on return it holds the weights of its best epoch.

    The loss is the mean absolute error of returns in units of volatility: its optimum is
    the conditional median, the side of which is the direction that most often happens.

    Args:
        network: maps (B, T, F) to (B,).
        data: features, targets and origins.
        config: hyper-parameters.
        seed: of the batch order and dropout.
        device: `cpu`, `cuda` or `mps`.
        on_epoch: called after each epoch.
        should_stop: asked after each epoch; true ends the run.

    Raises:
        TrainingDiverged: the loss exploded or stopped being finite.
        Cancelled: `should_stop` said so.
    """
    started = perf_counter()
    with seeded(seed):
        network.to(device)
        batches = _Batches(data, config, device)
        optimizer = torch.optim.AdamW(
            network.parameters(),
            lr=config.learning_rate,
            weight_decay=config.weight_decay,
            fused=device != "mps",
        )
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimizer, _warm_up_then_cosine(batches.per_epoch, config.epochs)
        )
        best = Fit(0, 0, batches.validation_loss(network))
        limit, weights = EXPLODED * batches.loss_of_no_change(), _snapshot(network)
        for epoch in range(1, config.epochs + 1):
            train_loss = _run_epoch(network, batches, optimizer, schedule)
            loss = batches.validation_loss(network)
            _refuse_divergence(train_loss + loss, limit, epoch)
            if loss < best.best_loss:
                best, weights = Fit(epoch, epoch, loss), _snapshot(network)
            if on_epoch:
                seconds = perf_counter() - started
                on_epoch(EpochEnd(epoch, config.epochs, train_loss, loss, best.best_loss, seconds))
            if should_stop and should_stop():
                raise Cancelled(f"Training was stopped after {epoch} epochs; nothing was kept.")
            if epoch - best.best_epoch >= config.patience:
                break
        network.load_state_dict(weights)
    return Fit(epoch, best.best_epoch, best.best_loss)


class _Batches:
    """Windows of training and validation origins on a device, gathered a batch at a time."""

    def __init__(self, data: TrainingData, config: ModelConfig, device: str) -> None:
        self._windows = windows(torch.from_numpy(data.features).to(device), config.sequence_length)
        target = torch.from_numpy(data.target).clamp(-CLIP_TARGET, CLIP_TARGET).to(device)
        self._first = config.sequence_length - 1
        self._train = torch.from_numpy(data.train).to(device)
        self._validation = torch.from_numpy(data.validation).to(device)
        self._target = target
        self._size = config.batch_size
        self.per_epoch = math.ceil(len(data.train) / config.batch_size)

    def shuffled(self) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """Batches of (B, T, F) windows and (B,) targets in random order."""
        order = torch.randperm(len(self._train)).to(self._train.device)
        for part in self._train[order].split(self._size):
            yield self._gather(part)

    def validation_loss(self, network: nn.Module) -> float:
        """Loss over all validation origins."""
        network.eval()
        total = 0.0
        with torch.inference_mode():
            for part in self._validation.split(_VALIDATION_BATCH):
                inputs, target = self._gather(part)
                total += float((network(inputs) - target).abs().sum())
        return total / len(self._validation)

    def loss_of_no_change(self) -> float:
        """Training plus validation loss of forecasting no change, or that of a quiet market."""
        losses = [
            float(self._target[part].abs().mean()) for part in (self._train, self._validation)
        ]
        return max(sum(losses), _STILL)

    def _gather(self, rows: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return self._windows[rows - self._first].transpose(1, 2), self._target[rows]


def _run_epoch(
    network: nn.Module,
    batches: _Batches,
    optimizer: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LRScheduler,
) -> float:
    network.train()
    total = torch.zeros(())
    for inputs, target in batches.shuffled():
        with _half_precision(inputs.device.type):
            output = network(inputs)
        loss = nn.functional.l1_loss(output.float(), target)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), CLIP_NORM)
        optimizer.step()
        schedule.step()
        total += loss.detach().cpu()
    return float(total) / batches.per_epoch


def _half_precision(device: str) -> torch.autocast:
    """Bfloat16 products where a processor has them: 1.3 to 1.4 times as fast, losses within 0.03 %.

    Weights, sums and everything outside training stay in float32.
    """
    supported = getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)
    return torch.autocast(device, dtype=torch.bfloat16, enabled=device == "cpu" and supported())


def _warm_up_then_cosine(per_epoch: int, epochs: int) -> Callable[[int], float]:
    total = max(1, per_epoch * epochs)
    warm_up = min(per_epoch, max(1, total // 10))

    def factor(step: int) -> float:
        if step < warm_up:
            return (step + 1) / warm_up
        return 0.5 * (1 + math.cos(math.pi * min(1.0, (step - warm_up) / max(1, total - warm_up))))

    return factor


def _refuse_divergence(loss: float, limit: float, epoch: int) -> None:
    if not loss <= limit:  # so that NaN is refused too
        raise TrainingDiverged(
            f"The losses of training and validation add up to {loss:.3g} after epoch {epoch}, "
            f"where forecasting no change gives {limit / EXPLODED:.3g}; lower the learning rate.",
            epoch=epoch,
        )


def _snapshot(network: nn.Module) -> dict[str, torch.Tensor]:
    return {name: weight.detach().clone() for name, weight in network.state_dict().items()}
