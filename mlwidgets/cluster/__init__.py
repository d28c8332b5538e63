"""Where long work is computed: one Dask cluster a machine, or a scheduler by address."""

from mlwidgets.cluster.connection import close_clusters, open_cluster, worker_threads

__all__ = ["close_clusters", "open_cluster", "worker_threads"]
