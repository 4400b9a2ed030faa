"""Which implementation scaled_dot_product_attention uses. On a CPU there is one."""

import contextlib
import enum

__all__ = ["SDPBackend", "sdpa_kernel", "WARN_FOR_UNFUSED_KERNELS"]

WARN_FOR_UNFUSED_KERNELS = False


class SDPBackend(enum.IntEnum):
    """The implementations."""

    ERROR = -1
    MATH = 0
    FLASH_ATTENTION = 1
    EFFICIENT_ATTENTION = 2
    CUDNN_ATTENTION = 3
    OVERRIDEABLE = 4

    def __str__(self):
        return f"SDPBackend.{self.name}"


_allowed = [tuple(b for b in SDPBackend if b is not SDPBackend.ERROR)]


@contextlib.contextmanager
def sdpa_kernel(backends, set_priority=False):
    """Within it, attention uses one of these backends. On a CPU all give the same."""
    if not isinstance(backends, (list, SDPBackend)):
        raise AssertionError(
            "Backend must be an instance of SDPBackend or a list of SDPBackend instances"
        )
    backends = [backends] if isinstance(backends, SDPBackend) else list(backends)
    if not all(isinstance(b, SDPBackend) for b in backends):
        raise AssertionError("All backends must be instances of SDPBackend")
    _allowed.append(tuple(dict.fromkeys(backends)))
    try:
        yield {}
    finally:
        _allowed.pop()


def _cur_sdpa_kernel_backends(with_priority=False):
    return list(_allowed[-1])
