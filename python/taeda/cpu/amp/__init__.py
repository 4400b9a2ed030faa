"""Mixed precision on the CPU, as it was once spelt: torch.amp with the device given."""

from ... import amp as _amp

__all__ = ["GradScaler", "autocast"]


class autocast(_amp.autocast):
    """torch.amp.autocast("cpu", ...)."""

    def __init__(self, enabled=True, dtype=None, cache_enabled=True):
        super().__init__("cpu", dtype, enabled, cache_enabled)


class GradScaler(_amp.GradScaler):
    """torch.amp.GradScaler("cpu", ...)."""

    def __init__(self, *args, **kwargs):
        super().__init__("cpu", *args, **kwargs)
