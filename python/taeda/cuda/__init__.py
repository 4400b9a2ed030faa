"""CUDA devices: this build has none, so that programs which ask first run on the CPU."""

from contextlib import contextmanager as _contextmanager

from .._tensor_types import cuda_types as _cuda_types

__all__ = [
    "current_device",
    "device",
    "device_count",
    "empty_cache",
    "is_available",
    "is_bf16_supported",
    "is_initialized",
    "manual_seed",
    "manual_seed_all",
    "synchronize",
]

globals().update(_cuda_types)


def is_available():
    """Whether there is a CUDA device to compute on."""
    return False


def is_initialized():
    """Whether a CUDA device is in use."""
    return False


def is_bf16_supported(including_emulation=True):
    """Whether the current device computes in bfloat16."""
    return False


def device_count():
    """The number of CUDA devices."""
    return 0


def _refuse(*args, **kwargs):
    raise AssertionError("Torch not compiled with CUDA enabled")


def current_device():
    """The index of the current device."""
    _refuse()


def synchronize(device=None):
    """Waits for what the device has been given to do."""
    _refuse()


def set_device(device):
    """Makes this the current device."""
    _refuse()


def get_device_name(device=None):
    """The name of the device."""
    _refuse()


def get_device_capability(device=None):
    """The compute capability of the device: major, minor."""
    _refuse()


def get_device_properties(device=None):
    """Facts about the device."""
    _refuse()


def empty_cache():
    """Gives memory kept for reuse back to the device; nothing without one."""


def manual_seed(seed):
    """Seeds the generator of the current device; nothing without one."""


def manual_seed_all(seed):
    """Seeds the generators of all devices; nothing without one."""


def memory_allocated(device=None):
    """The bytes of tensors on the device."""
    return 0


def max_memory_allocated(device=None):
    """The greatest number of bytes that tensors on the device took."""
    return 0


def memory_reserved(device=None):
    """The bytes kept on the device."""
    return 0


def max_memory_reserved(device=None):
    """The greatest number of bytes kept on the device."""
    return 0


def reset_peak_memory_stats(device=None):
    """Starts measuring the greatest numbers anew."""


@_contextmanager
def device(device):
    """Within it this is the current device; nothing for None or a negative index."""
    if device is not None and not (isinstance(device, int) and device < 0):
        _refuse()
    yield


class _Absent:
    def __init__(self, *args, **kwargs):
        _refuse()


class Stream(_Absent):
    """A queue of work on a device."""


class Event(_Absent):
    """A mark in a stream."""


class OutOfMemoryError(RuntimeError):
    """The device's memory is used up."""


def get_rng_state(device="cuda"):
    """The state of the device's generator."""
    _refuse()


def set_rng_state(new_state, device="cuda"):
    """Sets the state of the device's generator."""
    _refuse()


def get_rng_state_all():
    """The states of all devices' generators: none."""
    return []


def set_rng_state_all(new_states):
    """Sets the states of all devices' generators."""
    if new_states:
        _refuse()


def mem_get_info(device=None):
    """The device's free and whole memory."""
    _refuse()


def current_stream(device=None):
    """The device's current stream."""
    _refuse()


def default_stream(device=None):
    """The device's default stream."""
    _refuse()


@_contextmanager
def stream(stream):
    """Within it this is the current stream; nothing for None."""
    if stream is not None:
        _refuse()
    yield


def memory_summary(device=None, abbreviated=False):
    """A report on the device's memory."""
    _refuse()


def memory_stats(device=None):
    """Numbers about the device's memory: none."""
    return {}


def ipc_collect():
    """Gives memory of ended processes back; nothing without a device."""


def is_current_stream_capturing():
    """Whether a CUDA graph is being captured: no."""
    return False


def __getattr__(name):
    """Loads amp at its first use."""
    if name == "amp":
        from importlib import import_module

        return import_module(f"{__name__}.amp")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
