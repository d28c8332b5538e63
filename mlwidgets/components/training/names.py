"""Hyper-parameters by the names that people read."""

from __future__ import annotations

from mlwidgets.components.texts import text

_NAMES = {
    "hidden_size": ("config.hidden_size", "train.short.hidden_size"),
    "sequence_length": ("config.sequence_length", "train.short.sequence_length"),
    "learning_rate": ("config.learning_rate", "train.short.learning_rate"),
    "epochs": ("config.epochs", "train.short.epochs"),
    "num_layers": ("config.num_layers", "train.short.num_layers"),
    "dropout": ("config.dropout", "train.short.dropout"),
    "weight_decay": ("config.weight_decay", "train.short.weight_decay"),
    "batch_size": ("config.batch_size", "train.short.batch_size"),
    "patience": ("config.patience", "train.short.patience"),
    "kernel_size": ("config.kernel_size", "train.short.kernel_size"),
    "highway_window": ("config.highway_window", "train.short.highway_window"),
}


def full_name(name: str) -> str:
    """A field of `ModelConfig` in words.

    >>> full_name("hidden_size"), short_name("sequence_length")
    ('Hidden size', 'Window')
    """
    return text(_NAMES[name][0])


def short_name(name: str) -> str:
    """The same where there is little room."""
    return text(_NAMES[name][1])
