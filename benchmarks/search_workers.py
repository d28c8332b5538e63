"""Two workers against one on the same search, and what the coordinator itself costs.

One search (the same trials, folds, epochs, seed and trials in flight; its study in an SQLite
file, nothing pruned or stopped early) runs in turn with folds on one worker at a time and on
two, several times, on one warm cluster. Its losses must be the same bit for bit. The
coordinator's cost is the processor time of the process that runs it, its Dask client included,
over the folds; the same search with folds that do nothing tells how many folds a second it could
hand out. As a public alternative, joblib's process pool maps the same folds in order.

    python benchmarks/search_workers.py [--trials N] [--folds N] [--epochs N] [--repeats N]
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

import optuna
from distributed import Client
from joblib import Parallel, delayed

import mlwidgets as mw
from mlwidgets.cluster import open_cluster
from mlwidgets.evaluation.splits import Fold, walk_forward
from mlwidgets.search.coordinator import run_study
from mlwidgets.search.objective import FoldData, score_fold
from mlwidgets.search.scores import FoldScore
from mlwidgets.search.seeds import derived_seed

BUDGET = 1.8
WORKERS, IN_FLIGHT, LENGTH, SEED = 2, 4, 20, 0
SPEC = mw.ModelSpec(symbol="SIMUSDT", model_type="LSTM")


@dataclass(frozen=True)
class Timing:
    """One run: wall and processor seconds of the coordinating process, and the losses."""

    wall: float
    processor: float
    losses: list[float]


def do_nothing(data: Any, spec: mw.ModelSpec, fold: Any, seed: int, **_: Any) -> FoldScore:
    return FoldScore(loss=1.0)


def timed(run: Callable[[], list[float]]) -> Timing:
    wall, processor = time.perf_counter(), time.process_time()
    losses = run()
    return Timing(time.perf_counter() - wall, time.process_time() - processor, losses)


@dataclass(frozen=True)
class Search:
    """The work: every trial on every fold."""

    data: FoldData
    folds: list[Fold]
    n_trials: int
    epochs: int

    @property
    def space(self) -> mw.SearchSpace:
        return mw.SearchSpace(
            hidden_size=mw.IntRange(24, 40), learning_rate=mw.FloatRange(1e-3, 1e-2, log=True),
            sequence_length=LENGTH, batch_size=256, epochs=self.epochs, patience=self.epochs,
            num_layers=1, dropout=0.0, weight_decay=0.0,
        )  # fmt: skip

    def on(self, client: Client, workers: int, score: Any = score_fold) -> optuna.Study:
        with tempfile.TemporaryDirectory() as folder:
            return run_study(
                spec=SPEC, space=self.space, folds=self.folds, data=self.data, score_fold=score,
                n_trials=self.n_trials, seed=SEED, client=client, prune=False,
                storage=f"sqlite:///{Path(folder) / 'studies.db'}", in_flight=IN_FLIGHT,
                fold_limit=workers,
            )  # fmt: skip

    def losses(self, client: Client, workers: int, score: Any = score_fold) -> list[float]:
        return [float(trial.value or 0) for trial in self.on(client, workers, score).trials]

    def joblib(self, pool: Parallel, configs: list[mw.ModelConfig]) -> list[float]:
        tasks = [
            delayed(score_fold)(
                self.data, SPEC.replace(config=config), fold, derived_seed(SEED, "fold", index)
            )
            for config in configs
            for index, fold in enumerate(self.folds)
        ]
        return [score.loss for score in pool(tasks)]


def build(arguments: argparse.Namespace) -> Search:
    candles = mw.simulate_market("1h", periods=17_520, seed=7).candles
    data = FoldData.build(candles, SPEC, LENGTH)
    folds = walk_forward(len(data.origins), arguments.folds, gap=1, min_train=2_000)
    return Search(data, folds, arguments.trials, arguments.epochs)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    for name, value in {"trials": 12, "folds": 4, "epochs": 8, "repeats": 3}.items():
        parser.add_argument(f"--{name}", type=int, default=value)
    arguments = parser.parse_args()
    search = build(arguments)
    n_folds = search.n_trials * len(search.folds)
    os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"))
    with open_cluster(WORKERS) as client, Parallel(WORKERS) as pool:
        client.run(import_module, "mlwidgets.search.objective")
        study = search.on(client, WORKERS)  # a rehearsal: imports, first kernels
        configs = [mw.ModelConfig(**trial.user_attrs["config"]) for trial in study.trials]
        search.joblib(pool, configs[:1])
        ones, twos, pools = [], [], []
        for _ in range(arguments.repeats):
            ones.append(timed(lambda: search.losses(client, 1)))
            twos.append(timed(lambda: search.losses(client, 2)))
            pools.append(timed(lambda: search.joblib(pool, configs)))
        idle = timed(lambda: search.losses(client, 2, do_nothing))
    assert all(run.losses == ones[0].losses for run in ones + twos), "the losses differ"
    one, two, joblib = (statistics.median(run.wall for run in runs) for runs in (ones, twos, pools))
    cost = statistics.median(run.processor for run in twos) / n_folds * 1e3
    versions = ", ".join(f"{n} {metadata.version(n)}" for n in ("torch", "distributed", "joblib"))
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores; {versions}")
    print(f"{search.n_trials} trials x {len(search.folds)} folds, median of {arguments.repeats}:")
    print(f"  one worker           {one:7.2f} s")
    print(f"  two workers          {two:7.2f} s   {one / two:.2f}x (budget {BUDGET}x)")
    print(f"  joblib, two workers  {joblib:7.2f} s   {one / joblib:.2f}x")
    print(f"  coordinator          {cost:7.2f} ms of processor time a fold")
    print(f"  folds that do nothing {n_folds / idle.wall:6.0f} a second")


if __name__ == "__main__":
    main()
