"""Intel's GPUs: this build knows none."""

__all__ = ["device_count", "empty_cache", "is_available", "manual_seed"]


def is_available():
    """Whether there is such a GPU."""
    return False


def device_count():
    """The number of such GPUs."""
    return 0


def empty_cache():
    """Gives memory kept for reuse back to the device; nothing without one."""


def manual_seed(seed):
    """Seeds the device's generator; nothing without one."""
