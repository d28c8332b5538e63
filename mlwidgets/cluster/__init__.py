"""Where long work is computed: one Dask cluster a machine and user, or a scheduler by address.

Importing this costs next to nothing; Dask is loaded when a cluster is opened.
"""

from mlwidgets.cluster.address_file import ClusterInfo, running_cluster
from mlwidgets.cluster.connection import close_clusters, open_cluster
from mlwidgets.cluster.ending import leave_cluster, stop_cluster
from mlwidgets.cluster.labels import cluster_label, label_at, label_is_dead
from mlwidgets.cluster.resources import coordinator_resources, fold_resources
from mlwidgets.cluster.staff import require_workers, worker_threads
from mlwidgets.cluster.tasks import tell, unwanted

__all__ = [
    "ClusterInfo",
    "close_clusters",
    "cluster_label",
    "coordinator_resources",
    "fold_resources",
    "label_at",
    "label_is_dead",
    "leave_cluster",
    "open_cluster",
    "require_workers",
    "running_cluster",
    "stop_cluster",
    "tell",
    "unwanted",
    "worker_threads",
]
