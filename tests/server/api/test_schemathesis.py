"""Requests made up from the document: no crash, and every answer as described."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import pandas as pd
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from mlwidgets.evaluation.report import BacktestReport
from mlwidgets.jobs.candidates import Candidate
from mlwidgets.jobs.requests import EvaluateRequest, SimulatedCandles
from mlwidgets.server.api import Services
from mlwidgets.server.api.openapi import openapi
from mlwidgets.server.api.operations import OPERATIONS
from mlwidgets.server.api.rate import Rate
from mlwidgets.settings import Settings

EXAMPLES = 12
"""Requests for each operation."""

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
)

STARTERS = ["startJob", "resumeJob"]
"""What would put a cluster to work on made-up jobs; here no cluster can be had."""


SESSION = requests.Session()
"""One connection for all."""


class Served(Protocol):
    """The running server (see conftest)."""

    origin: str
    token: str
    services: Services


schema = schemathesis.openapi.from_dict(openapi(OPERATIONS))

starters = schemathesis.openapi.from_dict(openapi(OPERATIONS)).include(operation_id=STARTERS)
# Every boundary of every field of a job would make some 2,000 requests; this takes a sample.
starters.config.phases.coverage.enabled = False


@pytest.fixture
def inhabited(
    served: Served,
    report: BacktestReport,
    keep: Callable[..., Candidate],
    stored_candles: pd.DataFrame,
) -> Served:
    """The running server, with a model, a candidate, candles and a job that has ended."""
    served.services.registry.save(report.model)
    keep()
    jobs = served.services.jobs
    request = EvaluateRequest(symbol="SIMUSDT", model_type="LSTM", candles=SimulatedCandles())
    jobs.request_cancel(jobs.create(request).id)
    return served


@pytest.fixture
def without_cluster(served: Served, home: Path) -> Served:
    """The running server with a scheduler elsewhere, which cannot reach its database."""
    served.services.settings = Settings(home=home, scheduler="tls://scheduler.invalid:9")
    served.services.job_starts = Rate(10_000)
    return served


EACH = settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, database=None,
    phases=(Phase.explicit, Phase.generate), suppress_health_check=[*HealthCheck],
)  # fmt: skip


@schema.exclude(operation_id=STARTERS).parametrize()
@EACH
def test_every_answer_is_as_described(case: Case, inhabited: Served) -> None:
    check(case, inhabited)


@starters.parametrize()
@settings(EACH, max_examples=100)
def test_every_answer_to_a_job_is_as_described(case: Case, without_cluster: Served) -> None:
    check(case, without_cluster)


def check(case: Case, served: Served) -> None:
    answer = case.call(
        base_url=served.origin, headers={"Authorization": f"token {served.token}"}, session=SESSION
    )
    case.validate_response(answer, checks=CHECKS)
