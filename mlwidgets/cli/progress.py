"""What is said while candles arrive, a search runs or a model trains."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from mlwidgets.cli.figures import count, percent
from mlwidgets.cli.meters import Meter, open_meter
from mlwidgets.cli.output import Output
from mlwidgets.evaluation.backtest import BacktestProgress
from mlwidgets.search.events import SearchEvent, SearchProgress, SearchStarted


@contextmanager
def downloading(output: Output, symbol: str, exchange: str) -> Iterator[Callable[[int, int], None]]:
    """Show the candles arrive."""
    with open_meter(output.stderr, f"Candles of {symbol} from {exchange}") as meter:
        yield lambda done, total: meter.show(done, total, f"{done:,} of {total:,}")


@contextmanager
def waiting(output: Output, title: str) -> Iterator[None]:
    """Show that something goes on whose end nobody can tell."""
    with open_meter(output.stderr, title) as meter:
        meter.show(0, 0, "")
        yield


@contextmanager
def training(output: Output) -> Iterator[Callable[[BacktestProgress], None]]:
    """Show a backtest's training."""
    with open_meter(output.stderr, "Training") as meter:
        yield lambda progress: _show_training(meter, progress)


class SearchMeter:
    """Follows a search and the training that ends it.

    Args:
        meter: where it is shown.
        n_trials: trials wanted.
    """

    def __init__(self, meter: Meter, n_trials: int) -> None:
        self._meter = meter
        self.trials_done, self.n_trials, self.earlier = 0, n_trials, 0
        meter.show(0, 0, "starting the workers")

    def on_event(self, event: SearchEvent) -> None:
        """Take in what the search tells."""
        progress = event.progress
        if isinstance(event, SearchStarted):
            self.earlier = progress.trials_done
        self.trials_done = progress.trials_done
        self._meter.show(
            progress.folds_settled, progress.n_folds, _search_text(progress), progress.eta_seconds
        )

    def on_training(self, progress: BacktestProgress) -> None:
        """Take in what the final training tells."""
        _show_training(self._meter, progress, "best model, ")


@contextmanager
def searching(output: Output, n_trials: int) -> Iterator[SearchMeter]:
    """Show a search: trials, folds, time left, and the best skill over the last value so far."""
    with open_meter(output.stderr, "Searching") as meter:
        yield SearchMeter(meter, n_trials)


def _search_text(progress: SearchProgress) -> str:
    parts = [
        f"trial {progress.trials_done} of {progress.n_trials}",
        f"fold {progress.folds_settled} of {progress.n_folds}",
    ]
    if progress.best_value is not None:
        parts.append(f"best {percent(1 - progress.best_value, 2, sign=True)}")
    return " · ".join(parts)


def _show_training(meter: Meter, progress: BacktestProgress, prefix: str = "") -> None:
    epoch = progress.epoch
    done = (progress.fit - 1) * epoch.epochs + epoch.epoch
    fits = f" · fit {progress.fit} of {progress.fits}" if progress.fits > 1 else ""
    text = f"{prefix}epoch {epoch.epoch} of at most {count(epoch.epochs, 'epoch').split()[0]}{fits}"
    meter.show(done, progress.fits * epoch.epochs, text)
