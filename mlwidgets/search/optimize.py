"""The search from candles to a measured model."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from mlwidgets.cluster import open_cluster
from mlwidgets.errors import NotEnoughCandles, SpecError
from mlwidgets.evaluation.backtest import BacktestProgress, window_origins
from mlwidgets.evaluation.remote_backtest import remote_backtest
from mlwidgets.evaluation.report import BacktestReport
from mlwidgets.evaluation.splits import walk_forward
from mlwidgets.features import features_fingerprint
from mlwidgets.forecast.arguments import COVERAGE, check_arguments, check_worker_device
from mlwidgets.forecast.fitting import data_fingerprint
from mlwidgets.forecast.model import TrainedModel
from mlwidgets.forecast.spec import ModelConfig, ModelSpec
from mlwidgets.market.candles import candles_of
from mlwidgets.search.coordinator import run_study
from mlwidgets.search.events import OnEvent
from mlwidgets.search.objective import FEWEST_VALIDATION, FoldData, fewest_origins, score_fold
from mlwidgets.search.objective import VERSION as OBJECTIVE_VERSION
from mlwidgets.search.space import SearchSpace, default_space
from mlwidgets.settings import get_settings

if TYPE_CHECKING:
    import optuna
    from distributed import Client


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search found.

    Attributes:
        best_spec: the spec with the lowest mean validation loss over the folds.
        best_value: that loss, relative to the last-value forecast's (1 is no skill).
        trials: one row a trial: number, state, value, seconds, the drawn hyper-parameters.
        report: the best spec's backtest on the test window, which the search never saw.
        study_name: the study's name in the database.
        seconds: how long the search took, without the final backtest.
    """

    best_spec: ModelSpec
    best_value: float
    trials: pd.DataFrame
    report: BacktestReport
    study_name: str
    seconds: float

    @property
    def model(self) -> TrainedModel:
        """The best spec trained on all candles before the test window."""
        return self.report.model


def optimize(
    spec: ModelSpec,
    candles: pd.DataFrame,
    *,
    n_trials: int = 50,
    n_folds: int = 5,
    space: SearchSpace | Mapping[str, Any] | None = None,
    test_start: str | dt.date | None = None,
    test_end: str | dt.date | None = None,
    seed: int = 0,
    coverage: float = COVERAGE,
    workers: int | None = None,
    scheduler: str | None = None,
    storage: str | None = None,
    study_name: str | None = None,
    on_event: OnEvent | None = None,
    on_progress: Callable[[BacktestProgress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    client: Client | None = None,
    device: str = "cpu",
    owner: str | None = None,
) -> SearchResult:
    """Search hyper-parameters by walk-forward validation, then train and measure the best.

    The search sees the candles before the test window only. At the end the best spec is
    trained on all of them and measured in the window, once.

    The study lives in the database: the same call continues where a search was cut off, and
    returns at once what a finished one found. A larger `n_trials` extends it.

    Args:
        spec: symbol, model type, timeframe and horizon; its config is replaced.
        candles: canonical closed candles.
        n_trials: trials, finished ones of an earlier run included.
        n_folds: walk-forward folds a trial.
        space: ranges of the hyper-parameters, or a mapping to make them from; default:
            `default_space(spec.model_type)`.
        test_start: start of the test window; default: 30 days before the end.
        test_end: its end, exclusive; default: after the last origin.
        seed: of the search and of every training.
        coverage: of the intervals.
        workers: most folds at once; default: as many as the cluster takes.
        scheduler: address of a Dask scheduler to use instead of this machine's cluster.
        storage: SQLAlchemy URL of the studies' database; default: the settings'.
        study_name: default: derived from all that defines the search.
        on_event: is told of the search's progress.
        on_progress: is told of the final training's progress.
        should_stop: asked several times a second.
        client: Dask client to use; default: one of `scheduler`, else of this machine's cluster.
        device: where networks are trained; `cuda` takes workers that hold a GPU.
        owner: on whose behalf, as `run_study` takes it.

    Raises:
        SpecError, CandleError, NotEnoughCandles: something given makes no sense.
        TrainingError: every trial failed, or workers died of the final training.
        ClusterUnavailable: no scheduler, no workers, or none with the device.
        Cancelled: `should_stop` said so; finished trials are kept.
    """
    check_arguments(spec, seed=seed, coverage=coverage)
    check_worker_device(device)
    candles = candles_of(candles, spec.symbol, spec.timeframe)
    space = _space(space, spec)
    window = window_origins(_longest(spec, space), candles, test_start, test_end)
    data, folds = _folds(spec, space, candles.loc[candles.index < window[0]], n_folds)
    fingerprint = _fingerprint(candles.loc[candles.index < window[0]])
    name = study_name or _study_name(spec, space, fingerprint, n_folds, seed, device)
    settings = get_settings()
    started = pd.Timestamp.now()
    with nullcontext(client) if client else open_cluster(workers, scheduler) as client:
        study = run_study(
            spec=spec, space=space, folds=folds, data=data, score_fold=score_fold,
            n_trials=n_trials, seed=seed, client=client,
            storage=storage or settings.study_url, study_name=name,
            fingerprint=fingerprint, on_event=on_event, should_stop=should_stop,
            fold_limit=workers, owner=owner, device=device,
        )  # fmt: skip
        seconds = (pd.Timestamp.now() - started).total_seconds()
        best = spec.replace(config=ModelConfig(**study.best_trial.user_attrs["config"]))
        report = remote_backtest(
            client, best, candles, start=window[0].to_pydatetime(), end=test_end, seed=seed,
            coverage=coverage, device=device, on_progress=on_progress, should_stop=should_stop,
        )  # fmt: skip
    return SearchResult(best, study.best_value, trials_table(study), report, name, seconds)


def _space(space: SearchSpace | Mapping[str, Any] | None, spec: ModelSpec) -> SearchSpace:
    if space is None:
        return default_space(spec.model_type)
    if isinstance(space, Mapping):
        return SearchSpace(**space)
    if not isinstance(space, SearchSpace):
        raise SpecError(
            f"The space must be a SearchSpace, not {type(space).__name__}.", field="space"
        )
    return space


def trials_table(study: optuna.Study) -> pd.DataFrame:
    """One row a trial: number, state, value, partial, seconds, params, reason.

    `value` is the mean relative loss over all folds, `partial` that over the folds which a
    pruned trial ran; the two do not compare.
    """
    rows: list[dict[str, Any]] = [
        {
            "number": trial.number,
            "state": trial.state.name,
            "value": trial.value if trial.state.name == "COMPLETE" else None,
            "partial": trial.value if trial.state.name == "PRUNED" else None,
            "seconds": trial.duration.total_seconds() if trial.duration else None,
            **trial.params,
            "reason": trial.user_attrs.get("reason", ""),
        }
        for trial in study.get_trials(deepcopy=False)
    ]
    return pd.DataFrame(rows).set_index("number")


def _longest(spec: ModelSpec, space: SearchSpace) -> ModelSpec:
    length = int(max(space.sequence_length.values()))
    return spec.replace(config=spec.config.replace(sequence_length=length, kernel_size=1))


def _folds(
    spec: ModelSpec, space: SearchSpace, candles: pd.DataFrame, n_folds: int
) -> tuple[FoldData, list[Any]]:
    if candles.empty:
        raise NotEnoughCandles("There are no candles before the test window to search on.")
    data = FoldData.build(candles, spec, _longest(spec, space).config.sequence_length)
    fewest = fewest_origins(spec.steps)
    folds = walk_forward(len(data.origins), n_folds, gap=spec.steps, min_train=fewest)
    size = folds[0].validation_stop - folds[0].validation_start
    if size < FEWEST_VALIDATION:
        raise NotEnoughCandles(
            f"{n_folds} folds leave {size} origins to validate on in each, which tells nothing; "
            f"{FEWEST_VALIDATION} are the fewest. Use fewer folds or more candles.",
            size=size, needed=FEWEST_VALIDATION,
        )  # fmt: skip
    return data, folds


def _fingerprint(candles: pd.DataFrame) -> str:
    """What, beside spec and space, the trials' losses depend on."""
    parts = data_fingerprint(candles), features_fingerprint(), str(OBJECTIVE_VERSION)
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()


def _study_name(
    spec: ModelSpec, space: SearchSpace, fingerprint: str, n_folds: int, seed: int, device: str
) -> str:
    """A name that the same search always has, and no other."""
    facts = [space.to_json(), fingerprint, n_folds, seed]
    identity = json.dumps(facts if device == "cpu" else [*facts, device], sort_keys=True)
    digest = hashlib.sha256(identity.encode()).hexdigest()[:12]
    return f"{spec.slot}_{spec.timeframe}_{spec.horizon}_{digest}"
