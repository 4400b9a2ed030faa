"""torch.profiler under an older name."""

from ..profiler import record_function
from ..profiler.profiler import EventList, profile as _profile

__all__ = ["EventList", "profile", "record_function"]


class profile(_profile):
    """Measures the ranges within it that record_function names.

    Args:
        enabled: False: it measures nothing.
        use_cuda, record_shapes and others: accepted.
    """

    def __init__(self, enabled=True, **kwargs):
        super().__init__()
        self.enabled = enabled

    def __enter__(self):
        return super().__enter__() if self.enabled else self

    def __exit__(self, *error):
        if self.enabled:
            super().__exit__(*error)

    def table(self, *args, **kwargs):
        """The table of key_averages()."""
        return self.key_averages().table(*args, **kwargs)

    def total_average(self):
        """The sum of all times, microseconds."""
        return self.key_averages().total_average()
