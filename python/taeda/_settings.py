"""Switches that programs set: results here are the same for every setting."""

from . import _C

__all__ = [
    "are_deterministic_algorithms_enabled",
    "clear_autocast_cache",
    "get_autocast_cpu_dtype",
    "get_autocast_dtype",
    "get_autocast_gpu_dtype",
    "get_deterministic_debug_mode",
    "get_float32_matmul_precision",
    "get_num_interop_threads",
    "is_autocast_cache_enabled",
    "is_autocast_cpu_enabled",
    "is_autocast_enabled",
    "is_deterministic_algorithms_warn_only_enabled",
    "set_autocast_dtype",
    "set_autocast_enabled",
    "set_deterministic_debug_mode",
    "set_float32_matmul_precision",
    "set_flush_denormal",
    "set_num_interop_threads",
    "use_deterministic_algorithms",
]

_values = {"deterministic": False, "warn_only": False, "matmul": "highest", "interop": 1}


def use_deterministic_algorithms(mode, *, warn_only=False):
    """Notes the wish. Every op is deterministic, for any number of threads."""
    _values.update(deterministic=bool(mode), warn_only=bool(warn_only))


def are_deterministic_algorithms_enabled():
    """What use_deterministic_algorithms was last told."""
    return _values["deterministic"]


def is_deterministic_algorithms_warn_only_enabled():
    """What use_deterministic_algorithms was last told of warn_only."""
    return _values["warn_only"]


def set_deterministic_debug_mode(debug_mode):
    """use_deterministic_algorithms by a word: "default", "warn", "error", or 0, 1, 2."""
    modes = {"default": 0, "warn": 1, "error": 2}
    mode = modes.get(debug_mode, debug_mode)
    if mode not in (0, 1, 2):
        raise RuntimeError(
            "invalid value of debug_mode, expected `default`, `warn`, or `error`, but got "
            f"{debug_mode}"
        )
    use_deterministic_algorithms(mode > 0, warn_only=mode == 1)


def get_deterministic_debug_mode():
    """0, 1 or 2: see set_deterministic_debug_mode."""
    return _values["deterministic"] * (1 if _values["warn_only"] else 2)


def set_float32_matmul_precision(precision):
    """Notes the wish: "highest", "high" or "medium". Products of float32 are always full."""
    if precision not in ("highest", "high", "medium"):
        raise RuntimeError(f"{precision} is not one of 'highest', 'high' or 'medium'")
    _values["matmul"] = precision


def get_float32_matmul_precision():
    """What set_float32_matmul_precision was last told."""
    return _values["matmul"]


def set_num_interop_threads(num):
    """Accepted: one op runs at a time."""
    if not isinstance(num, int) or num < 1:
        raise RuntimeError("set_num_interop_threads expects a positive integer")
    _values["interop"] = num


def get_num_interop_threads():
    """What set_num_interop_threads was last told."""
    return _values["interop"]


def set_flush_denormal(mode):
    """Returns False: denormal numbers are kept."""
    return False


def is_autocast_enabled(device_type=None):
    """Whether autocast is on for this thread, on a type of device; by default a GPU."""
    return device_type == "cpu" and _C._autocast_state()[0]


def is_autocast_cpu_enabled():
    """Whether autocast is on for this thread, on the CPU."""
    return _C._autocast_state()[0]


def set_autocast_enabled(device_type, enabled):
    """Turns autocast on or off for this thread, on a type of device."""
    if device_type == "cpu":
        _C._set_autocast_state(bool(enabled), _C._autocast_state()[1])


def get_autocast_dtype(device_type):
    """The narrower dtype that autocast chooses on a type of device."""
    return _C._autocast_state()[1] if device_type == "cpu" else _C.float16


def set_autocast_dtype(device_type, dtype):
    """Sets the narrower dtype that autocast chooses on a type of device."""
    if device_type == "cpu":
        _C._set_autocast_state(_C._autocast_state()[0], dtype)


def get_autocast_cpu_dtype():
    """The narrower dtype that autocast chooses on the CPU."""
    return _C._autocast_state()[1]


def get_autocast_gpu_dtype():
    """The narrower dtype that autocast chooses on a GPU."""
    return _C.float16


def is_autocast_cache_enabled():
    """Whether conversions are kept for reuse: they are not."""
    return False


def clear_autocast_cache():
    """Forgets kept conversions: there are none."""
