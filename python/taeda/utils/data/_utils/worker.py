"""Worker threads: they fetch batches ahead of the loop that uses them.

Batch ``k`` always goes to the same worker, which has its own dataset object, its own default
generator and its own order of tasks: what a worker draws does not depend on the others' speed.
"""

import copy
import queue
import threading
import time

import taeda

from ..dataset import Dataset
from .fetch import make_fetcher

_local = threading.local()
_JOIN_SECONDS = 5.0


class WorkerInfo:
    """What a worker knows of itself: ``id``, ``num_workers``, ``seed`` and its ``dataset``."""

    def __init__(self, **fields):
        self.__dict__.update(fields)

    def __setattr__(self, name, value):
        raise RuntimeError(f"Cannot assign attributes to {type(self).__name__} objects")

    def __repr__(self):
        return f"WorkerInfo({', '.join(f'{k}={v!r}' for k, v in self.__dict__.items())})"


def get_worker_info():
    """The WorkerInfo of the calling worker; None outside of a worker."""
    return getattr(_local, "info", None)


def private_copy(dataset, done=None):
    """The dataset object for one worker.

    Datasets are copied one level deep, and so are the datasets they are made of: attributes set by
    one worker (an opened file, a position, a random state) stay its own, the data is shared. What
    is no Dataset, or refuses to be copied, is shared.
    """
    done = {} if done is None else done
    if id(dataset) in done:
        return done[id(dataset)]
    if isinstance(dataset, Dataset):
        try:
            twin = copy.copy(dataset)
        except Exception:
            return dataset
        done[id(dataset)] = twin
        for name, value in getattr(twin, "__dict__", {}).items():
            twin.__dict__[name] = private_copy(value, done)
        return twin
    if type(dataset) in (list, tuple) and dataset and isinstance(dataset[0], Dataset):
        return type(dataset)([private_copy(part, done) for part in dataset])
    if type(dataset) is dict and isinstance(next(iter(dataset.values()), None), Dataset):
        return {key: private_copy(part, done) for key, part in dataset.items()}
    return dataset


class Failure:
    """An exception on its way from a worker to the loop, which raises it as it is."""

    def __init__(self, error, worker):
        self.error = error
        if hasattr(error, "add_note"):  # Python 3.11
            error.add_note(f"raised in DataLoader worker {worker}")


END = object()  # result: this worker's iterable dataset has no more samples
BEGIN = object()  # task: start a new pass over the dataset


class Channel:
    """Tasks to workers, results back. Workers know this object and not the iterator they serve."""

    def __init__(self, num_workers):
        self.tasks = [queue.SimpleQueue() for _ in range(num_workers)]
        self.ready = threading.Condition()
        self.results = {}
        self.stopped = False
        self.threads = []

    def put(self, number, result):
        with self.ready:
            self.results[number] = result
            self.ready.notify_all()

    def take(self, number, timeout):
        """The (number, result) of task ``number``, or of any task if ``number`` is None."""
        deadline = time.monotonic() + timeout if timeout > 0 else None
        with self.ready:
            while not (self.results if number is None else number in self.results):
                left = None if deadline is None else deadline - time.monotonic()
                if left is not None and left <= 0:
                    raise RuntimeError(f"DataLoader timed out after {timeout} seconds")
                self.ready.wait(left)
            if number is None:
                number = min(self.results)
            return number, self.results.pop(number)

    def stop(self):
        """Ends the workers after the sample at hand. Safe to call twice and from any thread."""
        self.stopped = True
        for tasks in self.tasks:
            tasks.put(None)
        deadline = time.monotonic() + _JOIN_SECONDS
        for thread in self.threads:
            if thread is not threading.current_thread():
                thread.join(max(deadline - time.monotonic(), 0))


def run_worker(channel, info, fetcher_arguments, init_fn):
    """The life of a worker thread. Task: (number, indices), BEGIN, or None to end."""
    _local.info = info
    tasks = channel.tasks[info.id]
    fetcher = failure = None
    try:
        taeda.random._seed_this_thread(info.seed)
        if init_fn is not None:
            init_fn(info.id)
    except BaseException as error:
        failure = Failure(error, info.id)
    while (task := tasks.get()) is not None and not channel.stopped:
        if task is BEGIN:
            fetcher = None
            continue
        number, indices = task
        try:
            if failure is None and fetcher is None:
                fetcher = make_fetcher(info.dataset, *fetcher_arguments)
            result = failure or fetcher(indices)
        except StopIteration:
            result = END
        except BaseException as error:
            result = Failure(error, info.id)
        channel.put(number, result)
        # Results and errors must not outlive their use because this frame waits for the next task.
        del task, number, indices, result


def start_workers(dataset, seeds, fetcher_arguments, init_fn):
    """A Channel with one running thread for each of ``seeds``."""
    channel = Channel(len(seeds))
    for i, seed in enumerate(seeds):
        info = WorkerInfo(id=i, num_workers=len(seeds), seed=seed, dataset=private_copy(dataset))
        thread = threading.Thread(
            target=run_worker,
            args=(channel, info, fetcher_arguments, init_fn),
            name=f"DataLoader worker {i}",
            daemon=True,
        )
        channel.threads.append(thread)
        thread.start()
    return channel
