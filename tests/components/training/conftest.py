"""An offline home whose jobs nobody works on but the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mlwidgets.components.choice import Choice
from mlwidgets.components.texts import language
from mlwidgets.components.training.state import TrainState
from mlwidgets.dashboards.sources import Sources
from mlwidgets.forecast.spec import ModelConfig
from mlwidgets.jobs.leases import JobLease
from mlwidgets.jobs.records import JobRecord
from mlwidgets.jobs.requests import JobRequest, TrainRequest
from mlwidgets.settings import get_settings

TRAIN = TrainRequest(symbol="BTCUSDT", model_type="LSTM", n_trials=20, n_folds=3)

Tell = Callable[..., None]


class Queueing(Sources):
    """Writes jobs down and hands them to no cluster: the test does the work."""

    def submit(self, request: JobRequest) -> JobRecord:
        return self.jobs.create(request)

    def resume(self, job_id: str, n_trials: int | None = None) -> JobRecord:
        return self.jobs.requeue(job_id, n_trials=n_trials)


@pytest.fixture
def sources(home: Path, monkeypatch: pytest.MonkeyPatch) -> Queueing:
    monkeypatch.setenv("MLWIDGETS_OFFLINE", "1")
    return Queueing(get_settings())


@pytest.fixture
def state(sources: Queueing) -> TrainState:
    return TrainState(Choice(), sources)


@pytest.fixture
def begin(sources: Queueing) -> Callable[..., JobLease]:
    """Begins a job, as a coordinator does."""

    def claim(request: TrainRequest = TRAIN) -> JobLease:
        return sources.jobs.claim(sources.jobs.create(request).id, "here")

    return claim


@pytest.fixture
def tell() -> Tell:
    """Tells of a finished trial, as a coordinator does."""

    def trial(lease: JobLease, number: int, loss: float | None, **more: object) -> None:
        config = ModelConfig(hidden_size=8 + number % 40, learning_rate=1e-3 * (1 + number % 9))
        facts = {"state": "COMPLETE", "seconds": 2.0 + number, "reason": "", **more}
        lease.event("trial", "A trial.", number=number, value=loss, config=config.to_json(),
                    **facts)  # fmt: skip

    return trial


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    language.code = "en"
    yield
    language.code = "en"
