"""cuDNN: its switches may be set, and have no effect without it."""

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
