"""A candidate's weights, metadata and predictions as bytes."""

from __future__ import annotations

from typing import NamedTuple

from mlwidgets.evaluation.report import BacktestReport
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.jobs.frames import encode_frame
from mlwidgets.registry.files import encode_pair, encode_weights_of

UNSAVED = "0.0.0"
"""The version of a model that nobody has saved."""


class CandidateFiles(NamedTuple):
    """The columns of a candidate's files; weights and metadata are those of a model's files."""

    weights: bytes
    meta: bytes
    predictions: bytes


def encode_files(report: BacktestReport) -> tuple[ModelMeta, CandidateFiles]:
    """The files of a backtest's model, and its metadata with the SHA-256 of the weights.

    Raises:
        ModelError: the model holds what a model file cannot.
    """
    artifact = report.model.to_artifact()
    weights = encode_weights_of(artifact)
    meta, data = encode_pair(artifact, weights, UNSAVED)
    return meta, CandidateFiles(weights, data, encode_frame(report.predictions))
