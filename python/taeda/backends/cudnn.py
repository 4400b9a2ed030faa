"""cuDNN: its switches may be set, and have no effect without it."""

from contextlib import contextmanager

enabled = True
benchmark = False
benchmark_limit = 10
deterministic = False
allow_tf32 = True


def is_available():
    """Whether there is cuDNN."""
    return False


def version():
    """The version of cuDNN, or None."""
    return None


@contextmanager
def flags(enabled=False, benchmark=False, benchmark_limit=10, deterministic=False, allow_tf32=True):
    """A context with these switches."""
    given = dict(locals())
    module = globals()
    before = {name: module[name] for name in given}
    module.update(given)
    try:
        yield
    finally:
        module.update(before)
