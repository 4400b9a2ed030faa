"""The sampler that gives each process of a distributed run its own part of a dataset."""

import math

import taeda

from .sampler import Sampler


def _from_process_group(what, call):
    group = getattr(taeda, "distributed", None)
    if group is None or not group.is_available():
        raise RuntimeError("Requires distributed package to be available")
    return getattr(group, call)()


class DistributedSampler(Sampler[int]):
    """Every ``num_replicas``-th index from ``rank`` on, of an order all processes agree on.

    The order is a permutation seeded with ``seed + epoch`` (``set_epoch`` before each epoch), or
    0..n-1 without ``shuffle``. It is padded from its own start to a multiple of ``num_replicas``,
    or cut to one with ``drop_last``.
    """

    def __init__(
        self, dataset, num_replicas=None, rank=None, shuffle=True, seed=0, drop_last=False
    ):
        if num_replicas is None:
            num_replicas = _from_process_group("num_replicas", "get_world_size")
        if rank is None:
            rank = _from_process_group("rank", "get_rank")
        if rank >= num_replicas or rank < 0:
            raise ValueError(
                f"Invalid rank {rank}, rank should be in the interval [0, {num_replicas - 1}]"
            )
        self.dataset = dataset
        self.num_replicas = num_replicas
        self.rank = rank
        self.epoch = 0
        self.drop_last = drop_last
        n = len(dataset)
        self.num_samples = n // num_replicas if drop_last else math.ceil(n / num_replicas)
        self.total_size = self.num_samples * num_replicas
        self.shuffle = shuffle
        self.seed = seed

    def __iter__(self):
        n = len(self.dataset)
        if self.shuffle:
            generator = taeda.Generator()
            generator.manual_seed(self.seed + self.epoch)
            order = taeda.randperm(n, generator=generator).tolist()
        else:
            order = list(range(n))
        if len(order) < self.total_size:
            repeats = math.ceil(self.total_size / max(n, 1))
            order = order * repeats
        order = order[: self.total_size]
        return iter(order[self.rank : self.total_size : self.num_replicas])

    def __len__(self):
        return self.num_samples

    def set_epoch(self, epoch):
        """Every epoch number gives another order; without this call all epochs are alike."""
        self.epoch = epoch
