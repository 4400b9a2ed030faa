"""Which implementation of attention runs. There is one here, so that the choice has no effect."""

from contextlib import contextmanager
from enum import IntEnum

__all__ = ["SDPBackend", "sdpa_kernel"]


class SDPBackend(IntEnum):
    """Implementations of scaled_dot_product_attention by name."""

    ERROR = -1
    MATH = 0
    FLASH_ATTENTION = 1
    EFFICIENT_ATTENTION = 2
    CUDNN_ATTENTION = 3
    OVERRIDEABLE = 4

    def __repr__(self):
        return f"<SDPBackend.{self.name}: {self.value}>"

    __str__ = lambda self: f"SDPBackend.{self.name}"  # noqa: E731


@contextmanager
def sdpa_kernel(backends, set_priority=False):
    """Within it the choice is limited to these backends; the results are the same for each."""
    for b in backends if isinstance(backends, (list, tuple)) else [backends]:
        if not isinstance(b, SDPBackend):
            raise AssertionError(
                "Backend must be an instance of SDPBackend or a list of SDPBackend instances"
            )
    yield
