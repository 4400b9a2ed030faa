"""Python's multiprocessing under PyTorch's name.

Tensors travel between processes as copies, by pickle: they share no memory.
"""

import multiprocessing as _multiprocessing
from multiprocessing import *  # noqa: F403

__all__ = [
    *_multiprocessing.__all__,
    "get_all_sharing_strategies",
    "get_sharing_strategy",
    "set_sharing_strategy",
    "spawn",
    "start_processes",
]


def get_all_sharing_strategies():
    """The names set_sharing_strategy takes."""
    return {"file_descriptor", "file_system"}


def get_sharing_strategy():
    """How tensors would share memory between processes."""
    return _strategy[0]


_strategy = ["file_descriptor"]


def set_sharing_strategy(new_strategy):
    """Accepted: tensors are copied."""
    if new_strategy not in get_all_sharing_strategies():
        raise AssertionError(f"invalid sharing strategy {new_strategy}")
    _strategy[0] = new_strategy


class ProcessRaisedException(Exception):
    """A process that spawn started raised an exception."""


def _run(fn, i, args, errors):
    try:
        fn(i, *args)
    except KeyboardInterrupt:
        pass
    except Exception:
        import sys
        import traceback

        errors.put((i, traceback.format_exc()))
        sys.exit(1)


def start_processes(
    fn, args=(), nprocs=1, join=True, daemon=False, start_method="spawn", numa_options=None
):
    """spawn with another way to start processes: "spawn", "fork" or "forkserver"."""
    return spawn(fn, args, nprocs, join, daemon, start_method)


def spawn(fn, args=(), nprocs=1, join=True, daemon=False, start_method="spawn"):
    """Runs fn(i, *args) for i = 0 .. nprocs - 1 in processes of their own.

    Errors:
        ProcessRaisedException: one of them raised; the others are stopped.
    """
    context = _multiprocessing.get_context(start_method)
    errors = context.SimpleQueue()
    processes = [
        context.Process(target=_run, args=(fn, i, args, errors), daemon=daemon)
        for i in range(nprocs)
    ]
    for p in processes:
        p.start()
    if not join:
        return processes
    for p in processes:
        p.join()
        if p.exitcode:
            for other in processes:
                other.terminate()
            if not errors.empty():
                i, text = errors.get()
                raise ProcessRaisedException(
                    f"\n\n-- Process {i} terminated with the following error:\n{text}"
                )
            raise ProcessRaisedException(f"process {p.pid} ended with exit code {p.exitcode}")
    return None
