"""Process groups: not there yet, so that programs which ask first run in one process."""

__all__ = ["is_available", "is_initialized", "is_torchelastic_launched"]


def is_available():
    """Whether there are process groups: no."""
    return False


def is_initialized():
    """Whether the default process group exists."""
    return False


def is_torchelastic_launched():
    """Whether a launcher started this process."""
    return False
