"""How much each hyper-parameter matters, as far as the trials of a search tell."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mlwidgets.components.training.trials import Trial, complete
from mlwidgets.forecast.spec import ModelConfig, ModelType
from mlwidgets.search.ranges import Choice, IntRange
from mlwidgets.search.space import SearchSpace, default_space

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution

FEWEST = 10
"""Complete trials that an estimate needs."""


def importances(
    trials: Sequence[Trial], space: SearchSpace | None, names: Sequence[str], model_type: ModelType
) -> dict[str, float]:
    """Estimate the share of each hyper-parameter in what makes the best tenth of trials better.

    PED-ANOVA (Watanabe et al. 2023, arXiv:2304.10255), which takes no other library than Optuna.

    Args:
        trials: finished ones; the complete ones count.
        space: what they were drawn from; None for the defaults.
        names: the hyper-parameters that were drawn.
        model_type: LSTM or HYBRID.

    Returns:
        Shares by name, the largest first; empty for fewer than `FEWEST` complete trials.
    """
    counted = complete(trials)
    if len(counted) < FEWEST or not names:
        return {}
    import optuna
    from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances
    from optuna.trial import create_trial

    from mlwidgets.search.proposal import quiet_optuna

    distributions = _distributions(space or default_space(model_type), names)
    with quiet_optuna(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that the evaluator is experimental
        study = optuna.create_study()
        study.add_trials(
            [
                create_trial(
                    params=_params(trial.config, distributions), distributions=distributions,
                    value=trial.loss,
                )
                for trial in counted
            ]
        )  # fmt: skip
        return get_param_importances(study, evaluator=PedAnovaImportanceEvaluator())


def _distributions(space: SearchSpace, names: Sequence[str]) -> dict[str, BaseDistribution]:
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    made: dict[str, BaseDistribution] = {}
    for name in names:
        chosen = getattr(space, name)
        if isinstance(chosen, Choice):
            made[name] = CategoricalDistribution(chosen.options)
        elif isinstance(chosen, IntRange):
            # Without its steps: a kernel that was cut to its window may lie between two.
            made[name] = IntDistribution(chosen.low, chosen.high, log=chosen.log)
        else:
            made[name] = FloatDistribution(chosen.low, chosen.high, log=chosen.log)
    return made


def _params(config: ModelConfig, distributions: Mapping[str, BaseDistribution]) -> dict[str, Any]:
    from optuna.distributions import CategoricalDistribution

    params: dict[str, Any] = {}
    for name, distribution in distributions.items():
        value = getattr(config, name)
        if isinstance(distribution, CategoricalDistribution):  # a cut kernel may be no option
            value = min(distribution.choices, key=lambda option: abs(option - value))
        params[name] = value
    return params
