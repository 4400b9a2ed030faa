"""From the indices of a batch to the batch."""

import taeda

from ..dataset import Subset, TensorDataset
from .collate import default_collate


class MapFetcher:
    """Samples of a map-style dataset by index."""

    def __init__(self, dataset, auto_collation, collate_fn, drop_last):
        self.dataset = dataset
        self.auto_collation = auto_collation
        self.collate_fn = collate_fn

    def __call__(self, indices):
        dataset = self.dataset
        if not self.auto_collation:
            return self.collate_fn(dataset[indices])
        fetch_all = getattr(dataset, "__getitems__", None)
        if fetch_all:
            return self.collate_fn(fetch_all(indices))
        return self.collate_fn([dataset[index] for index in indices])


class IterableFetcher:
    """The next samples of an iterable dataset; StopIteration when it has no more."""

    def __init__(self, dataset, auto_collation, collate_fn, drop_last):
        self.auto_collation = auto_collation
        self.collate_fn = collate_fn
        self.drop_last = drop_last
        self.samples = iter(dataset)
        self.ended = False

    def __call__(self, indices):
        if self.ended:
            raise StopIteration
        if not self.auto_collation:
            return self.collate_fn(next(self.samples))
        batch = []
        for _ in indices:
            try:
                batch.append(next(self.samples))
            except StopIteration:
                self.ended = True
                break
        if not batch or (self.drop_last and len(batch) < len(indices)):
            raise StopIteration
        return self.collate_fn(batch)


class RowFetcher(MapFetcher):
    """Batches of a TensorDataset, or of a Subset of one, gathered tensor by tensor."""

    def __init__(self, dataset, rows, *rest):
        super().__init__(dataset, *rest)
        self.tensors = (dataset if rows is None else dataset.dataset).tensors
        self.rows = rows  # Subset: the dataset's row of each of its samples

    def __call__(self, indices):
        index = _index_tensor(indices)
        if index is None:
            return super().__call__(indices)
        if self.rows is not None:
            index = self.rows[index]
        return [tensor[index] for tensor in self.tensors]

    def gather(self, index):
        """``index``: int64 ``[B]``, 0 <= index < len(dataset); a fresh ``[B, ..]`` per tensor."""
        return self.take(index if self.rows is None else self.rows.index_select(0, index))

    def take(self, rows):
        """The same for rows of the tensors."""
        return [tensor.index_select(0, rows) for tensor in self.tensors]


def _index_tensor(indices):
    """Plain integers as int64 ``[n]``, or None."""
    if type(indices) is not list or set(map(type, indices)) != {int}:
        return None
    return taeda.tensor(indices, dtype=taeda.int64)


def _plain(tensor):
    """A tensor for which stacking rows and gathering rows are the same thing."""
    return type(tensor) is taeda.Tensor and tensor.device.type == "cpu" and not tensor.requires_grad


def _row_fetcher(dataset, *rest):
    """A RowFetcher where it gives what the general way gives, else None."""
    rows, base = None, dataset
    if type(dataset) is Subset:
        base = dataset.dataset
    if type(base) is not TensorDataset or not base.tensors or not all(map(_plain, base.tensors)):
        return None
    if base is not dataset:
        rows = _index_tensor(dataset.indices)
        length = len(base)
        if rows is None or not rows.numel() or rows.min() < -length or rows.max() >= length:
            return None
        rows = taeda.where(rows < 0, rows + length, rows)
    return RowFetcher(dataset, rows, *rest)


def make_fetcher(dataset, iterable, auto_collation, collate_fn, drop_last):
    """The callable from a batch of indices (or one index) to the batch."""
    if iterable:
        return IterableFetcher(dataset, auto_collation, collate_fn, drop_last)
    fetcher = None
    if auto_collation and collate_fn is default_collate:
        fetcher = _row_fetcher(dataset, auto_collation, collate_fn, drop_last)
    return fetcher or MapFetcher(dataset, auto_collation, collate_fn, drop_last)
