"""How a job's log words its numbers."""

from __future__ import annotations

from mlwidgets.forecast.spec import ModelConfig
from mlwidgets.search.events import FoldScored, TrialFinished


def skill_words(loss: float) -> str:
    """A relative loss as the skill over the last value.

    >>> skill_words(0.9877), skill_words(1.02)
    ('skill +1.23 %', 'skill -2.00 %')
    """
    return f"skill {100 * (1 - loss):+.2f} %"


def config_words(config: ModelConfig) -> str:
    """The four hyper-parameters that people look at first.

    >>> config_words(ModelConfig())
    'hidden size 32, sequence length 20, learning rate 0.001, at most 100 epochs'
    """
    return (
        f"hidden size {config.hidden_size}, sequence length {config.sequence_length}, "
        f"learning rate {config.learning_rate:.3g}, at most {config.epochs} epochs"
    )


def fold_words(event: FoldScored) -> str:
    """A fold's score."""
    return (
        f"Trial {event.number}, fold {event.fold + 1} of {event.n_folds}: "
        f"{skill_words(event.score.loss)}."
    )


def trial_words(event: TrialFinished) -> str:
    """How a trial ended."""
    if event.state == "FAIL":
        return f"Trial {event.number} failed: {event.reason}"
    if event.state == "PRUNED" or event.value is None:
        return f"Trial {event.number} was given up early, it fell behind."
    return f"Trial {event.number} is complete: {skill_words(event.value)}."
