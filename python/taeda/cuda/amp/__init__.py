"""Mixed precision on CUDA devices, as it was once spelt: torch.amp with the device given."""

import functools as _functools

from ... import amp as _amp
from ...amp import custom_bwd as _custom_bwd, custom_fwd as _custom_fwd

__all__ = ["GradScaler", "autocast", "custom_bwd", "custom_fwd"]


class autocast(_amp.autocast):
    """torch.amp.autocast("cuda", ...)."""

    def __init__(self, enabled=True, dtype=None, cache_enabled=True):
        super().__init__("cuda", dtype, enabled, cache_enabled)


class GradScaler(_amp.GradScaler):
    """torch.amp.GradScaler("cuda", ...)."""

    def __init__(self, *args, **kwargs):
        super().__init__("cuda", *args, **kwargs)


custom_fwd = _functools.partial(_custom_fwd, device_type="cuda")
custom_bwd = _functools.partial(_custom_bwd, device_type="cuda")
