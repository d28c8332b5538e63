"""Who may send tasks: whoever holds the certificates, since Dask runs all that it is sent."""

# distributed is annotated in parts.
# mypy: disallow-untyped-calls=False

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mlwidgets.cluster.private import private_folder, write_private
from mlwidgets.errors import ClusterUnavailable

if TYPE_CHECKING:
    from distributed import Security

CREDENTIAL_FILES = {
    "ca.pem": "tls_ca_file",
    "cert.pem": "tls_client_cert",
    "key.pem": "tls_client_key",
}
_ROLES = ("client", "scheduler", "worker")


def create_credentials(folder: Path) -> Security:
    """Make credentials for all parts of one cluster, valid for a year, and keep them in a folder.

    Raises:
        ClusterUnavailable: the folder cannot be made or is not private.
    """
    from distributed import Security

    private_folder(folder, "MLWIDGETS_TLS")
    security: Security = Security.temporary()
    for name, part in CREDENTIAL_FILES.items():
        write_private(folder / name, getattr(security, part))
    return security


def missing_credentials(folder: Path) -> list[str]:
    """The files that a folder of credentials lacks."""
    return [name for name in CREDENTIAL_FILES if not (folder / name).is_file()]


def read_credentials(folder: Path) -> Security:
    """The credentials in a folder.

    Raises:
        ClusterUnavailable: files are missing, cannot be read or are no certificates.
    """
    missing = missing_credentials(folder)
    if missing:
        raise ClusterUnavailable(
            f"The certificates of the cluster are not there: {str(folder)!r} lacks "
            f"{', '.join(missing)}. Copy them from the machine of the scheduler ('mlwidgets "
            "scheduler' says where they are), or name their folder with MLWIDGETS_TLS.",
            folder=str(folder), missing=missing,
        )  # fmt: skip
    security = _security(folder)
    try:
        security.get_connection_args("client")
    except OSError as error:  # ssl.SSLError is one
        raise ClusterUnavailable(
            f"The certificates in {str(folder)!r} cannot be used: {error}. Copy them anew from "
            "the machine of the scheduler.",
            folder=str(folder),
        ) from error
    return security


def _security(folder: Path) -> Security:
    from distributed import Security

    ca, cert, key = (str(folder / name) for name in CREDENTIAL_FILES)
    certs = {f"tls_{role}_cert": cert for role in _ROLES}
    keys = {f"tls_{role}_key": key for role in _ROLES}
    return Security(require_encryption=True, tls_ca_file=ca, **certs, **keys)
