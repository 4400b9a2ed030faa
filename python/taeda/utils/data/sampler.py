"""Samplers: the order in which a DataLoader asks for samples."""

import itertools
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

import taeda

T_co = TypeVar("T_co", covariant=True)


def fresh_seed(generator=None):
    """An int64 drawn by one ``random_()``: two words of the engine."""
    return int(taeda.empty((), dtype=taeda.int64).random_(generator=generator).item())


def _check_num_samples(value):
    if not isinstance(value, int) or value <= 0:
        raise ValueError(
            f"num_samples should be a positive integer value, but got num_samples={value}"
        )


class Sampler(Generic[T_co]):
    """An iterable of indices, or of lists of indices if given as ``batch_sampler``.

    Subclasses define ``__iter__``, and ``__len__`` where the length is known.
    """

    def __iter__(self) -> Iterator[T_co]:
        raise NotImplementedError


class SequentialSampler(Sampler[int]):
    """0, 1, .., ``len(data_source) - 1``."""

    def __init__(self, data_source):
        self.data_source = data_source

    def __iter__(self):
        return iter(range(len(self.data_source)))

    def __len__(self):
        return len(self.data_source)


class RandomSampler(Sampler[int]):
    """A random order, drawn anew in every pass.

    Without ``replacement`` it is a permutation, continued by further ones if ``num_samples``
    exceeds the length. Without ``generator`` each pass seeds a generator of its own from the global
    one, so that a pass always costs the global generator one 64-bit draw.
    """

    def __init__(self, data_source, replacement=False, num_samples=None, generator=None):
        self.data_source = data_source
        self.replacement = replacement
        self._num_samples = num_samples
        self.generator = generator
        if not isinstance(replacement, bool):
            raise TypeError(
                f"replacement should be a boolean value, but got replacement={replacement}"
            )
        _check_num_samples(self.num_samples)

    @property
    def num_samples(self):
        return len(self.data_source) if self._num_samples is None else self._num_samples

    def _blocks(self):
        """The order as int64 tensors, each drawn when it is asked for; the last may be empty."""
        n = len(self.data_source)
        generator = self.generator
        if generator is None:
            generator = taeda.Generator()
            generator.manual_seed(fresh_seed())
        if self.replacement:
            for left in range(self.num_samples, 0, -32):
                yield taeda.randint(n, (min(left, 32),), dtype=taeda.int64, generator=generator)
        else:
            for _ in range(self.num_samples // n):
                yield taeda.randperm(n, generator=generator)
            # Drawn even if nothing of it is used: the stream of `generator` depends on it.
            yield taeda.randperm(n, generator=generator)[: self.num_samples % n]

    def __iter__(self):
        for block in self._blocks():
            yield from block.tolist()

    def __len__(self):
        return self.num_samples


class SubsetRandomSampler(Sampler[int]):
    """The given ``indices`` in a random order, without replacement."""

    def __init__(self, indices, generator=None):
        self.indices = indices
        self.generator = generator

    def __iter__(self):
        for i in taeda.randperm(len(self.indices), generator=self.generator).tolist():
            yield self.indices[i]

    def __len__(self):
        return len(self.indices)


class WeightedRandomSampler(Sampler[int]):
    """``num_samples`` indices, each drawn with a probability proportional to its weight."""

    def __init__(self, weights, num_samples, replacement=True, generator=None):
        if isinstance(num_samples, bool):
            raise ValueError(
                f"num_samples should be a positive integer value, but got num_samples={num_samples}"
            )
        _check_num_samples(num_samples)
        if not isinstance(replacement, bool):
            raise ValueError(
                f"replacement should be a boolean value, but got replacement={replacement}"
            )
        self.weights = taeda.as_tensor(weights, dtype=taeda.float64)
        if self.weights.dim() != 1:
            raise ValueError(
                "weights should be a 1d sequence but given weights have shape "
                f"{tuple(self.weights.shape)}"
            )
        self.num_samples = num_samples
        self.replacement = replacement
        self.generator = generator

    def __iter__(self):
        drawn = taeda.multinomial(
            self.weights, self.num_samples, self.replacement, generator=self.generator
        )
        yield from iter(drawn.tolist())

    def __len__(self):
        return self.num_samples


class BatchSampler(Sampler[list]):
    """Lists of ``batch_size`` consecutive indices of ``sampler``; the last one may be shorter."""

    def __init__(self, sampler: Iterable, batch_size: int, drop_last: bool):
        if not isinstance(batch_size, int) or isinstance(batch_size, bool) or batch_size <= 0:
            raise ValueError(
                f"batch_size should be a positive integer value, but got batch_size={batch_size}"
            )
        if not isinstance(drop_last, bool):
            raise ValueError(f"drop_last should be a boolean value, but got drop_last={drop_last}")
        self.sampler = sampler
        self.batch_size = batch_size
        self.drop_last = drop_last

    def __iter__(self):
        indices = iter(self.sampler)
        while batch := list(itertools.islice(indices, self.batch_size)):
            if self.drop_last and len(batch) < self.batch_size:
                return
            yield batch

    def __len__(self):
        full, rest = divmod(len(self.sampler), self.batch_size)
        return full if self.drop_last else full + bool(rest)
