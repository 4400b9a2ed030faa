"""Parts of the loader: collating, fetching, workers."""

from . import collate, fetch, worker

__all__ = ["collate", "fetch", "worker"]
