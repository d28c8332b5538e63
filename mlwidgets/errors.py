"""The errors that mlwidgets raises.

    MlwidgetsError
    ├── CandleError            candles break the contract
    ├── NotEnoughCandles       fewer candles than the work needs
    ├── SpecError              a spec, config, range or date that makes no sense
    ├── MarketError            the exchange or the market data files
    │   ├── UnknownSymbol
    │   ├── UnknownTimeframe
    │   ├── UnknownExchange
    │   ├── ExchangeUnavailable   no network, or the exchange stays down after retries
    │   └── BadMarketData         the exchange or file sent what cannot be used
    ├── StorageError           disk or database refused: read-only, full, not reachable
    │   └── SchemaTooNew          a later version of mlwidgets wrote the database
    ├── TrainingError          training cannot go on
    │   └── TrainingDiverged      the loss is not finite
    ├── ClusterUnavailable     the Dask scheduler or its workers are out of reach
    ├── JobError               a job cannot do what is asked
    │   ├── JobNotFound           no such job in the database
    │   ├── JobStateError         a cancel of a finished job, a resume of a running one
    │   ├── JobLost               another coordinator took the job over
    │   └── JobFailed             the job that was waited for failed
    ├── ModelError             a model cannot be used as asked
    │   ├── ModelMismatch         candles of another symbol, timeframe or horizon
    │   ├── ModelNotFound         no such model in the registry
    │   └── ModelFileError        a truncated, edited or foreign model file
    └── Cancelled              the caller asked to stop

Third-party exceptions are translated once, where mlwidgets calls the third party.
"""

from __future__ import annotations

from typing import Any


class MlwidgetsError(Exception):
    """Root of every error that mlwidgets raises on purpose.

    Args:
        message: what was wrong, with the value, and what to do.
        details: the same facts for programs; JSON-serialisable.
    """

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class CandleError(MlwidgetsError):
    """Candles break the contract; the message names the first bad rows."""


class NotEnoughCandles(MlwidgetsError):
    """There are fewer candles than the work needs."""


class SpecError(MlwidgetsError):
    """A spec, config, search range or date makes no sense."""


class MarketError(MlwidgetsError):
    """The exchange or the market data files cannot serve the request."""


class UnknownSymbol(MarketError):
    """The exchange lists no such symbol."""


class UnknownTimeframe(MarketError):
    """mlwidgets or the exchange knows no such timeframe."""


class UnknownExchange(MarketError):
    """ccxt knows no exchange by this id."""


class ExchangeUnavailable(MarketError):
    """The exchange cannot be reached, or stays down after retries."""


class BadMarketData(MarketError):
    """The exchange or a file sent something that cannot be used."""


class StorageError(MlwidgetsError):
    """The disk or the database refused: read-only, full, not writable or not reachable."""


class SchemaTooNew(StorageError):
    """A later version of mlwidgets has written the database."""


class TrainingError(MlwidgetsError):
    """Training cannot go on."""


class TrainingDiverged(TrainingError):
    """The loss stopped being finite."""


class ClusterUnavailable(MlwidgetsError):
    """The Dask scheduler or its workers cannot be reached."""


class JobError(MlwidgetsError):
    """A job cannot do what is asked."""


class JobNotFound(JobError):
    """The database holds no such job."""


class JobStateError(JobError):
    """The job's state does not permit what is asked."""


class JobLost(JobError):
    """Another coordinator took the job over; this one must stop."""


class JobFailed(JobError):
    """The job that was waited for failed."""


class ModelError(MlwidgetsError):
    """A model cannot be used as asked."""


class ModelMismatch(ModelError):
    """The candles are of another symbol, timeframe or horizon than the model's."""


class ModelNotFound(ModelError):
    """The registry holds no such model."""


class ModelFileError(ModelError):
    """A model file is truncated, edited or foreign."""


class Cancelled(MlwidgetsError):
    """The caller asked to stop; nothing was kept."""
