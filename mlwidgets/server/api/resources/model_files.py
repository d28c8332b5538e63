"""A model's two files: downloaded, and brought in from elsewhere."""

from __future__ import annotations

from mlwidgets.errors import ModelFileError, ModelNotFound
from mlwidgets.forecast.artifact import ModelMeta
from mlwidgets.server.api.inputs import VersionPath
from mlwidgets.server.api.operation import JSON, File, Form, Operation
from mlwidgets.server.api.services import Services

UPLOAD_BYTES = 32 * 1024**2
"""Bytes of an upload; a model of the default size takes 200 kB, one of width 512 takes 13 MB."""

_FORM = Form({"weights": "The weights file.", "meta": "Its .meta.json."}, limit=UPLOAD_BYTES)


def download_weights(services: Services, path: VersionPath) -> File:
    """The weights file of a version."""
    return _file(services, path, 0)


def download_meta(services: Services, path: VersionPath) -> File:
    """The metadata file of a version."""
    return _file(services, path, 1)


def upload(services: Services, body: dict[str, bytes]) -> ModelMeta:
    """Save a pair of files as the slot's next version, if it is whole and makes a model."""
    return services.registry.import_pair(body["weights"], body["meta"])


def _file(services: Services, path: VersionPath, position: int) -> File:
    pair = services.registry.export_pair(path.symbol, path.model_type, path.version)
    name, data = [*pair.items()][position]
    return File(name, JSON, data)


OPERATIONS = (
    Operation(
        "POST", "/models/upload", "uploadModel",
        "Save a pair of model files from elsewhere as the next version, which is production then.",
        upload, ModelMeta, body=_FORM, errors=(ModelFileError,), lane="saving",
    ),
    Operation(
        "GET", "/models/{symbol}/{modelType}/{version}/weights", "downloadWeights",
        "Download a version's weights file, byte for byte.",
        download_weights, files=(JSON,), path_model=VersionPath,
        errors=(ModelNotFound, ModelFileError),
    ),
    Operation(
        "GET", "/models/{symbol}/{modelType}/{version}/meta", "downloadMeta",
        "Download a version's metadata file, byte for byte.",
        download_meta, files=(JSON,), path_model=VersionPath,
        errors=(ModelNotFound, ModelFileError),
    ),
)  # fmt: skip
