"""Whether the server lives, and whether what it needs does."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version

from mlwidgets.cluster import running_cluster
from mlwidgets.errors import MlwidgetsError
from mlwidgets.forecast.spec import Value
from mlwidgets.server.api.errors import NotReady
from mlwidgets.server.api.operation import Operation
from mlwidgets.server.api.services import Services


class Health(Value):
    """The server answers."""

    status: str
    version: str


class Readiness(Value):
    """Everything that a request may need is within reach."""

    status: str
    models: str
    database: str
    cluster: str


def health(services: Services) -> Health:
    """Say that the server lives; looks at nothing else."""
    return Health(status="alive", version=version("mlwidgets"))


def ready(services: Services) -> Readiness:
    """Look at the models folder and the database; the cluster starts when it is needed."""
    checks: dict[str, Callable[[], object]] = {
        "models": services.registry.fingerprint,
        "database": lambda: services.jobs.list(limit=1),
    }
    wrong = {name: problem for name, check in checks.items() if (problem := _problem(check))}
    if wrong:
        told = "; ".join(f"{name}: {problem}" for name, problem in wrong.items())
        raise NotReady(f"The server is not ready. {told}", **wrong)
    return Readiness(status="ready", models="ok", database="ok", cluster=_cluster(services))


def _problem(check: Callable[[], object]) -> str | None:
    try:
        check()
    except MlwidgetsError as error:
        return error.message
    return None


def _cluster(services: Services) -> str:
    if services.settings.scheduler is not None:
        return "elsewhere"
    return "running" if running_cluster() is not None else "starts with the first job"


OPERATIONS = (
    Operation("GET", "/health", "getHealth", "Say that the server lives.", health, Health),
    Operation(
        "GET", "/ready", "getReadiness",
        "Say whether the models folder and the database can be used.",
        ready, Readiness, errors=(NotReady,),
    ),
)  # fmt: skip
