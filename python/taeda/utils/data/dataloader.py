"""DataLoader: batches of a dataset, in the order of a sampler, fetched here or by workers."""

import itertools
import warnings
import weakref
from typing import Generic, TypeVar

import taeda

from ._utils.collate import default_collate, default_convert
from ._utils.fetch import RowFetcher, make_fetcher
from ._utils.worker import BEGIN, END, Failure, get_worker_info, start_workers
from .dataset import IterableDataset
from .sampler import BatchSampler, RandomSampler, SequentialSampler, fresh_seed

__all__ = ["DataLoader", "default_collate", "default_convert", "get_worker_info"]

T_co = TypeVar("T_co", covariant=True)


class _DatasetKind:
    Map = 0
    Iterable = 1


class _Forever:
    """The sampler of iterable datasets: nothing to say, without end."""

    def __iter__(self):
        return itertools.repeat(None)


def _reject(condition, text):
    if condition:
        raise ValueError(text)


class DataLoader(Generic[T_co]):
    """An iterable over the batches of ``dataset``.

    Args:
        dataset: anything with ``__getitem__`` and ``__len__``, or an IterableDataset.
        batch_size: samples in a batch; None for single samples.
        shuffle: a new random order in every pass.
        sampler: an iterable of indices instead of ``shuffle``.
        batch_sampler: an iterable of lists of indices instead of ``batch_size``, ``shuffle``,
            ``sampler`` and ``drop_last``.
        num_workers: threads that fetch ahead; 0 fetches in the loop. Batches come in the same order
            whatever the number. Each worker has a shallow copy of the dataset and its own default
            generator, seeded with base seed + worker; ``random`` and NumPy's global generator are
            shared by all threads, so draw from ``taeda`` or from a generator of the dataset.
        collate_fn: makes a batch of a list of samples; ``default_collate`` if None.
        pin_memory: puts batches into page-locked memory where there is an accelerator.
        drop_last: leaves out a last batch that is not full.
        timeout: seconds to wait for a worker's batch; 0 waits without limit.
        worker_init_fn: called with the worker's number in each worker, before it fetches.
        multiprocessing_context: checked and kept; workers are threads and need none.
        generator: draws the base seed and the order; the global generator if None.
        prefetch_factor: batches fetched ahead by each worker (2 if None).
        persistent_workers: keeps the workers from one pass to the next.
        pin_memory_device: kept.
        in_order: False takes whichever worker's batch is ready first.

    An exception in a worker reaches the loop as it is, with the worker's traceback.
    """

    _fixed = (
        "batch_size",
        "batch_sampler",
        "sampler",
        "drop_last",
        "dataset",
        "persistent_workers",
    )
    _initialized = False

    def __init__(
        self,
        dataset,
        batch_size=1,
        shuffle=None,
        sampler=None,
        batch_sampler=None,
        num_workers=0,
        collate_fn=None,
        pin_memory=False,
        drop_last=False,
        timeout=0,
        worker_init_fn=None,
        multiprocessing_context=None,
        generator=None,
        *,
        prefetch_factor=None,
        persistent_workers=False,
        pin_memory_device="",
        in_order=True,
    ):
        _reject(
            num_workers < 0,
            "num_workers option should be non-negative; use num_workers=0 to disable"
            " multiprocessing.",
        )
        _reject(timeout < 0, "timeout option should be non-negative")
        _reject(
            num_workers == 0 and prefetch_factor is not None,
            "prefetch_factor option could only be specified in multiprocessing."
            "let num_workers > 0 to enable multiprocessing, otherwise set prefetch_factor to None.",
        )
        _reject(
            prefetch_factor is not None and prefetch_factor < 0,
            "prefetch_factor option should be non-negative",
        )
        _reject(
            persistent_workers and num_workers == 0,
            "persistent_workers option needs num_workers > 0",
        )
        self.dataset = dataset
        self.num_workers = num_workers
        self.prefetch_factor = 2 if num_workers > 0 and prefetch_factor is None else prefetch_factor
        self.pin_memory = pin_memory
        self.pin_memory_device = pin_memory_device
        self.timeout = timeout
        self.worker_init_fn = worker_init_fn
        self.multiprocessing_context = multiprocessing_context
        self.in_order = in_order

        if isinstance(dataset, IterableDataset):
            self._dataset_kind = _DatasetKind.Iterable
            refused = (
                "DataLoader with IterableDataset: expected unspecified {0} option, but got {0}={1}"
            )
            _reject(shuffle not in (False, None), refused.format("shuffle", shuffle))
            _reject(sampler is not None, refused.format("sampler", sampler))
            _reject(batch_sampler is not None, refused.format("batch_sampler", batch_sampler))
        else:
            self._dataset_kind = _DatasetKind.Map
            shuffle = bool(shuffle)
        _reject(
            sampler is not None and shuffle, "sampler option is mutually exclusive with shuffle"
        )
        if batch_sampler is not None:
            _reject(
                batch_size != 1 or shuffle or sampler is not None or drop_last,
                "batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and"
                " drop_last",
            )
            batch_size = None
            drop_last = False
        else:
            _reject(
                batch_size is None and drop_last,
                "batch_size=None option disables auto-batching and is mutually exclusive with"
                " drop_last",
            )
        if sampler is None:
            if self._dataset_kind == _DatasetKind.Iterable:
                sampler = _Forever()
            elif shuffle:
                sampler = RandomSampler(dataset, generator=generator)
            else:
                sampler = SequentialSampler(dataset)
        if batch_size is not None and batch_sampler is None:
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)

        self.batch_size = batch_size
        self.drop_last = drop_last
        self.sampler = sampler
        self.batch_sampler = batch_sampler
        self.generator = generator
        if collate_fn is None:
            collate_fn = default_collate if self._auto_collation else default_convert
        self.collate_fn = collate_fn
        self.persistent_workers = persistent_workers
        self._reported_length = None  # of an iterable dataset, once somebody has asked for it
        self._iterator = None
        self._initialized = True

    @property
    def multiprocessing_context(self):
        return self._context

    @multiprocessing_context.setter
    def multiprocessing_context(self, context):
        if context is not None:
            import multiprocessing.context  # slow to load, and seldom needed

            _reject(
                self.num_workers == 0,
                "multiprocessing_context can only be used with multi-process loading"
                f" (num_workers > 0), but got num_workers={self.num_workers}",
            )
            if isinstance(context, str):
                methods = multiprocessing.get_all_start_methods()
                _reject(
                    context not in methods,
                    "multiprocessing_context option should specify a valid start method in"
                    f" {methods!r}, but got multiprocessing_context={context!r}",
                )
                context = multiprocessing.get_context(context)
            if not isinstance(context, multiprocessing.context.BaseContext):
                raise TypeError(
                    "multiprocessing_context option should be a valid context object or a string"
                    f" specifying the start method, but got multiprocessing_context={context}"
                )
        self._context = context

    def __setattr__(self, name, value):
        if self._initialized and name in self._fixed:
            raise ValueError(
                f"{name} attribute should not be set after {type(self).__name__} is initialized"
            )
        super().__setattr__(name, value)

    @property
    def _auto_collation(self):
        return self.batch_sampler is not None

    @property
    def _index_sampler(self):
        return self.batch_sampler if self._auto_collation else self.sampler

    def _get_iterator(self):
        kind = (
            _MultiProcessingDataLoaderIter if self.num_workers > 0 else _SingleProcessDataLoaderIter
        )
        return kind(self)

    def __iter__(self):
        if not self.persistent_workers:
            return self._get_iterator()
        if self._iterator is None:
            self._iterator = self._get_iterator()
        else:
            self._iterator.restart()
        return self._iterator

    def __len__(self):
        if self._dataset_kind != _DatasetKind.Iterable:
            return len(self._index_sampler)
        length = self._reported_length = len(self.dataset)
        if self.batch_size is None:
            return length
        full, rest = divmod(length, self.batch_size)
        return full if self.drop_last else full + bool(rest)

    def __getstate__(self):
        return {**self.__dict__, "_iterator": None}  # running workers stay where they are


def _pinned(batch):
    """``batch`` with its tensors in page-locked memory."""
    if isinstance(batch, taeda.Tensor) or hasattr(batch, "pin_memory"):
        return batch.pin_memory()
    if isinstance(batch, dict):
        return type(batch)({key: _pinned(value) for key, value in batch.items()})
    if isinstance(batch, tuple) and hasattr(batch, "_fields"):
        return type(batch)(*map(_pinned, batch))
    if isinstance(batch, (list, tuple)):
        return type(batch)(map(_pinned, batch))
    return batch


class _BaseDataLoaderIter:
    """One pass over a DataLoader. The base seed is drawn here, the order at the first batch."""

    def __init__(self, loader):
        self._loader = loader
        self._iterable = loader._dataset_kind == _DatasetKind.Iterable
        self._index_sampler = loader._index_sampler
        self._sampler_iter = iter(self._index_sampler)
        self._base_seed = fresh_seed(loader.generator)
        self._num_yielded = 0
        self._pin = bool(loader.pin_memory) and taeda.cuda.is_available()
        if loader.pin_memory and not self._pin:
            warnings.warn(
                "'pin_memory' argument is set as true but no accelerator is found, then device"
                " pinned memory won't be used.",
                stacklevel=5,
            )

    def _fetcher_arguments(self):
        loader = self._loader
        return self._iterable, loader._auto_collation, loader.collate_fn, loader.drop_last

    def __iter__(self):
        return self

    def __next__(self):
        batch = self._next_batch()
        self._num_yielded += 1
        if self._pin:
            batch = _pinned(batch)
        if self._iterable:
            self._check_length()
        return batch

    def __len__(self):
        return len(self._index_sampler)

    def __getstate__(self):
        raise NotImplementedError("{} cannot be pickled", type(self).__name__)

    def _check_length(self):
        """Warns where an iterable dataset gives more than its ``__len__`` has promised."""
        loader = self._loader
        if loader._reported_length is None or self._num_yielded <= len(loader):
            return
        warnings.warn(
            f"Length of IterableDataset {loader.dataset} was reported to be {len(loader)}(when"
            f" accessing len(dataloader)), but {self._num_yielded} samples have been fetched. ",
            stacklevel=3,
        )


class _SingleProcessDataLoaderIter(_BaseDataLoaderIter):
    """Fetches each batch when it is asked for."""

    def __init__(self, loader):
        super().__init__(loader)
        if loader.timeout != 0:
            raise AssertionError("a timeout needs workers: set num_workers > 0")
        self._fetch = make_fetcher(loader.dataset, *self._fetcher_arguments())
        blocks = None
        if isinstance(self._fetch, RowFetcher):
            blocks = _whole_batches(loader, self._fetch)
        self._batches = blocks or map(self._fetch, self._sampler_iter)
        self._next_batch = self._batches.__next__


def _whole_batches(loader, fetcher):
    """Batches of a TensorDataset from blocks of indices, or None for samplers of another kind."""
    batch_sampler, dataset = loader.batch_sampler, loader.dataset
    sampler = getattr(batch_sampler, "sampler", None)
    if type(batch_sampler) is not BatchSampler or getattr(sampler, "data_source", 0) is not dataset:
        return None
    if type(sampler) is RandomSampler:
        blocks = _cut(sampler._blocks(), batch_sampler.batch_size, batch_sampler.drop_last)
        return map(fetcher.gather, blocks)
    if type(sampler) is SequentialSampler:
        return _rows_in_order(fetcher, len(dataset), batch_sampler)
    return None


def _rows_in_order(fetcher, length, batch_sampler):
    size = batch_sampler.batch_size
    stop = length - length % size if batch_sampler.drop_last else length
    rows = fetcher.rows
    if rows is not None:
        for at in range(0, stop, size):
            yield fetcher.take(rows[at : min(at + size, stop)])
        return
    for at in range(0, stop, size):
        yield fetcher.take(taeda.arange(at, min(at + size, stop)))


def _cut(blocks, size, drop_last):
    """Index tensors of ``size`` from ``blocks`` of any length, which are drawn when needed."""
    at, block = 0, taeda.empty((0,), dtype=taeda.int64)
    while True:
        have = block.numel() - at
        while have < size and (more := next(blocks, None)) is not None:
            block = taeda.cat([block[at:], more]) if have else more
            at, have = 0, block.numel()
        if have == 0 or (drop_last and have < size):
            return
        yield block[at : at + size]
        at += size
        if at > block.numel():
            at = block.numel()


class _MultiProcessingDataLoaderIter(_BaseDataLoaderIter):
    """Hands the batches round to worker threads and takes them back in order."""

    def __init__(self, loader):
        super().__init__(loader)
        if loader.prefetch_factor <= 0:
            raise AssertionError("prefetch_factor must be greater than 0 where there are workers")
        self._timeout = loader.timeout
        self._num_workers = loader.num_workers
        self._limit = loader.prefetch_factor * loader.num_workers
        self._sent = 0
        seeds = [self._base_seed + i for i in range(loader.num_workers)]
        self._channel = start_workers(
            loader.dataset, seeds, self._fetcher_arguments(), loader.worker_init_fn
        )
        self._stop = weakref.finalize(self, self._channel.stop)
        self._begin()

    def _begin(self):
        """State of a new pass. Numbers go on counting, so that late results are told apart."""
        self._expected = self._sent
        self._waiting = {}  # task number -> worker
        self._active = [True] * self._num_workers
        self._turn = 0
        self._exhausted = False
        for _ in range(self._limit):
            self._assign()

    def restart(self):
        """A new pass with the same workers; what the last one left behind is dropped."""
        self._sampler_iter = iter(self._index_sampler)
        self._num_yielded = 0
        while self._waiting:
            number, _ = self._channel.take(None, self._timeout)
            self._waiting.pop(number, None)
        for tasks in self._channel.tasks:
            tasks.put(BEGIN)
        self._begin()

    def _assign(self):
        """Gives the next indices to the next worker that still has samples."""
        if self._exhausted or not any(self._active):
            return
        try:
            indices = next(self._sampler_iter)
        except StopIteration:
            self._exhausted = True
            return
        while not self._active[self._turn]:
            self._turn = (self._turn + 1) % self._num_workers
        self._waiting[self._sent] = self._turn
        self._channel.tasks[self._turn].put((self._sent, indices))
        self._turn = (self._turn + 1) % self._num_workers
        self._sent += 1

    def _next_batch(self):
        while self._waiting:
            wanted = self._expected if self._loader.in_order else None
            number, result = self._channel.take(wanted, self._timeout)
            worker = self._waiting.pop(number)
            self._expected += 1
            if result is END and self._iterable:
                self._active[worker] = False
            self._assign()
            if isinstance(result, Failure):
                try:
                    raise result.error
                finally:
                    del result  # the error's traceback holds this frame
            if result is END and not self._iterable:
                raise StopIteration
            if result is not END:
                return result
        if not self._loader.persistent_workers:
            self._stop()
        raise StopIteration
