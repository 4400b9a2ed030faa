"""The accelerator of this machine: there is none."""

__all__ = ["current_accelerator", "device_count", "is_available"]


def is_available():
    """Whether there is an accelerator."""
    return False


def device_count():
    """The number of accelerators."""
    return 0


def current_accelerator(check_available=False):
    """The accelerator's device: None without one."""
    return None


def current_device_index():
    """The index of the current device."""
    raise RuntimeError("No accelerator is available: torch.accelerator.is_available() is False")
