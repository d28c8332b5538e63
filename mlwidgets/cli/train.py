"""`mlwidgets train`: search, measure the best, save it."""

from __future__ import annotations

import shlex
import sys
from collections import Counter
from dataclasses import dataclass

from mlwidgets.cli.candle_source import CandleSource, LoadedCandles, choose_candles
from mlwidgets.cli.configuration import model_spec, search_space
from mlwidgets.cli.detached import submit
from mlwidgets.cli.documents import (
    candles_document,
    report_document,
    search_document,
)
from mlwidgets.cli.failures import Interrupted
from mlwidgets.cli.figures import percent
from mlwidgets.cli.interrupts import stoppable
from mlwidgets.cli.options import (
    CandleOptions,
    MeasureOptions,
    ModelName,
    OutputOptions,
    SearchOptions,
)
from mlwidgets.cli.output import Output
from mlwidgets.cli.progress import SearchMeter, searching
from mlwidgets.cli.report_views import (
    best_possible_line,
    candles_line,
    config_line,
    fact,
    report_views,
    seconds_line,
    window_line,
)
from mlwidgets.cli.saving import save_model
from mlwidgets.errors import Cancelled
from mlwidgets.forecast.spec import ModelSpec
from mlwidgets.jobs.standing import Standing, stand
from mlwidgets.registry.registry import ModelRegistry
from mlwidgets.search.optimize import SearchResult, optimize
from mlwidgets.search.space import SearchSpace


@dataclass(frozen=True, slots=True, eq=False)
class SearchRun:
    """A search that is about to run, and how to go on with it.

    Attributes:
        spec: what to train.
        loaded: its candles.
        space: the ranges; None for the defaults.
        options: trials, folds and where they are computed.
        measure: test window and coverage.
        seed: of the search.
        go_on: the command that continues it.
    """

    spec: ModelSpec
    loaded: LoadedCandles
    space: SearchSpace | None
    options: SearchOptions
    measure: MeasureOptions
    seed: int
    go_on: str

    def run(self, output: Output) -> tuple[SearchResult, int]:
        """Search under a progress bar; Ctrl-C stops it cleanly.

        Returns:
            What was found, and how many trials an earlier run had finished.

        Raises:
            Interrupted: Ctrl-C; the finished trials are kept.
        """
        trials, folds = self.options.trials, self.options.folds
        with searching(output, trials) as meter, stoppable(output) as should_stop:
            try:
                result = optimize(
                    self.spec, self.loaded.frame, n_trials=trials, n_folds=folds,
                    space=self.space, test_start=self.measure.test_start,
                    test_end=self.measure.test_end, seed=self.seed,
                    coverage=self.measure.coverage, workers=self.options.workers,
                    scheduler=self.options.scheduler, on_event=meter.on_event,
                    on_progress=meter.on_training, should_stop=should_stop,
                )  # fmt: skip
            except (Cancelled, KeyboardInterrupt):
                raise self._interrupted(meter) from None
        if meter.earlier:
            output.show(f"{meter.earlier} of {trials} trials were finished by an earlier run.")
        return result, meter.earlier

    def _interrupted(self, meter: SearchMeter) -> Interrupted:
        done, wanted = meter.trials_done, meter.n_trials
        kept = "is finished and kept" if done == 1 else "are finished and kept"
        return Interrupted(
            f"Stopped. {done} of {wanted} trials {kept}; nothing was saved as a model. "
            f"Continue with:\n  {self.go_on}",
            trials_done=done, n_trials=wanted, continue_with=self.go_on,
        )  # fmt: skip


def run(
    model: ModelName,
    candles: CandleOptions,
    measure: MeasureOptions,
    search: SearchOptions,
    options: OutputOptions,
    *,
    detach: bool = False,
) -> None:
    """Search, measure, save, and show; or leave that to a job."""
    output = Output(options.as_json)
    source = choose_candles(candles)
    spec = model_spec(source, model, measure)
    space = None if search.space is None else search_space(search.space)
    registry = ModelRegistry()
    registry.check_writable()
    if detach:
        submit(
            output, "train", source, measure, workers=search.workers, scheduler=search.scheduler,
            model_type=model, n_trials=search.trials, n_folds=search.folds, space=space,
        )  # fmt: skip
        return
    loaded = source.load(output)
    output.show(candles_line(loaded))
    job = SearchRun(
        spec, loaded, space, search, measure, candles.seed, _continuation(sys.argv, source)
    )
    result, earlier = job.run(output)
    standing = stand(result.report, loaded.frame, registry, measure.coverage)
    saved = save_model(result.report, registry)
    show_search(output, result, standing, loaded)
    saved.show(output, registry)
    output.finish(
        {
            "candles": candles_document(loaded.frame),
            "search": search_document(result, search.folds, earlier),
            "report": report_document(result.report),
            **standing.to_json(),
            "saved": saved.document(registry),
        }
    )


def show_search(
    output: Output, result: SearchResult, standing: Standing, loaded: LoadedCandles
) -> None:
    """Show what a search found and how it measured."""
    states = Counter(result.trials["state"])
    counts = ", ".join(f"{n} {state.lower()}" for state, n in states.most_common())
    output.show(seconds_line(f"Searched {len(result.trials)} trials ({counts})", result.seconds))
    output.show(config_line(result.best_spec.config, result.best_spec.model_type))
    skill = percent(1 - result.best_value, 2, sign=True)
    output.show(fact("", f"skill {skill} in validation, where it was chosen; the test counts:"))
    output.show(window_line(result.report), *report_views(result.report, standing))
    if loaded.best_accuracy is not None:
        line = best_possible_line(loaded.best_accuracy, result.best_spec)
        output.show(*([line] if line else []))


def _continuation(argv: list[str], source: CandleSource) -> str:
    """The command that continues this search whatever the day."""
    words = ["mlwidgets", *argv[1:]]
    from_exchange = source.file is None and not source.options.simulated
    if from_exchange and source.options.end is None and source.end is not None:
        words += ["--end", f"{source.end:%Y-%m-%d}"]
    return shlex.join(words)
