"""Only the owner may send tasks to a cluster, because Dask runs all that it is sent."""

import asyncio
import os
import ssl
import stat
from pathlib import Path

import pytest
from distributed.comm.core import connect

from mlwidgets.cluster import open_cluster, running_cluster
from mlwidgets.cluster.credentials import create_credentials, read_credentials
from mlwidgets.cluster.reaching import knock
from mlwidgets.errors import ClusterUnavailable, SpecError


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_every_file_of_the_cluster_is_its_owners_alone(client):
    folder = Path(os.environ["MLWIDGETS_CLUSTER_DIR"])
    keys = folder / running_cluster().id
    assert {mode(folder), mode(keys)} == {0o700}
    files = [file for place in (folder, keys) for file in place.iterdir() if file.is_file()]
    assert {"key.pem", "address.json", "host.log"} <= {file.name for file in files}
    assert {mode(file) for file in files} == {0o600}


def test_whoever_has_other_certificates_is_refused(client, tmp_path):
    others = create_credentials(tmp_path / "others")
    with pytest.raises(ClusterUnavailable, match=r"to these certificates: .*SSL"):
        knock(running_cluster().address, others)


def test_whoever_has_no_certificates_is_refused(client):
    address = running_cluster().address

    async def talk(address, **arguments):
        comm = await connect(address, timeout=2, **arguments)
        await comm.close()

    anybody = ssl.create_default_context()
    anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
    with pytest.raises(OSError):
        asyncio.run(talk(address, ssl_context=anybody))
    with pytest.raises(OSError):
        asyncio.run(talk(address.replace("tls://", "tcp://")))


def test_workers_too_refuse_whoever_has_other_certificates(client, tmp_path):
    others = create_credentials(tmp_path / "others")
    for worker in client.nthreads():
        with pytest.raises(ClusterUnavailable):
            knock(worker, others)


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX permissions")
def test_a_folder_that_others_can_enter_is_refused(own_cluster):
    own_cluster.mkdir()
    own_cluster.chmod(0o755)
    with pytest.raises(ClusterUnavailable, match=f"chmod 700 {own_cluster}"), open_cluster():
        pass
    assert list(own_cluster.iterdir()) == []


@pytest.mark.skipif(os.name != "posix" or os.geteuid(), reason="only root can give folders away")
def test_a_folder_that_belongs_to_somebody_else_is_refused(own_cluster):
    own_cluster.mkdir(mode=0o700)
    os.chown(own_cluster, 12345, 12345)
    with pytest.raises(ClusterUnavailable, match="belongs to user 12345"), open_cluster():
        pass


@pytest.mark.parametrize("name", ["scheduler", "MLWIDGETS_SCHEDULER"])
def test_a_scheduler_without_tls_is_refused(name, monkeypatch):
    address = "tcp://127.0.0.1:8786"
    if name.isupper():
        monkeypatch.setenv(name, address)
    with (
        pytest.raises(
            SpecError, match=r"'tcp://127\.0\.0\.1:8786' is refused.*'mlwidgets scheduler'"
        ),
        open_cluster(scheduler=None if name.isupper() else address),
    ):
        pass


def test_a_scheduler_elsewhere_is_not_joined_without_its_certificates(home):
    with (
        pytest.raises(
            ClusterUnavailable, match=r"lacks ca\.pem, cert\.pem, key\.pem.*MLWIDGETS_TLS"
        ),
        open_cluster(scheduler="tls://127.0.0.1:8786"),
    ):
        pass


def test_certificates_that_are_none_are_refused(tmp_path):
    create_credentials(tmp_path / "tls")
    (tmp_path / "tls" / "cert.pem").write_text("no certificate")
    with pytest.raises(ClusterUnavailable, match="cannot be used"):
        read_credentials(tmp_path / "tls")
