"""Normalisation of each channel of each sample over its spatial axes (Ulyanov et al. 2016)."""

from .. import functional as F, init
from ..parameter import Parameter
from ._bases import _NormBase

__all__ = ["InstanceNorm1d", "InstanceNorm2d", "InstanceNorm3d"]


class _InstanceNorm(_NormBase):
    _without_batch = 0

    def __init__(
        self,
        num_features,
        eps=1e-5,
        momentum=0.1,
        affine=False,
        track_running_stats=False,
        device=None,
        dtype=None,
        *,
        bias=True,
    ):
        super().__init__()
        from ... import empty, int64, ones, tensor, zeros

        factory = {"device": device, "dtype": dtype}
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self.affine, self.track_running_stats = affine, track_running_stats
        for name, wanted in (("weight", affine), ("bias", affine and bias)):
            value = Parameter(empty(num_features, **factory)) if wanted else None
            self.register_parameter(name, value)
        track = track_running_stats
        self.register_buffer("running_mean", zeros(num_features, **factory) if track else None)
        self.register_buffer("running_var", ones(num_features, **factory) if track else None)
        self.register_buffer(
            "num_batches_tracked", tensor(0, dtype=int64, device=device) if track else None
        )
        self.reset_parameters()

    def reset_running_stats(self):
        """Mean 0, variance 1, no batches."""
        if self.track_running_stats:
            self.running_mean.zero_()
            self.running_var.fill_(1)
            self.num_batches_tracked.zero_()

    def reset_parameters(self):
        """Gives the parameters new initial values."""
        self.reset_running_stats()
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)

    def forward(self, input):
        plain = self._without_batch
        if input.dim() not in (plain, plain + 1):
            raise ValueError(f"expected {plain}D or {plain + 1}D input (got {input.dim()}D input)")
        if input.size(input.dim() - plain) != self.num_features:
            if self.affine:
                raise ValueError(
                    f"expected input's size at dim={input.dim() - plain} to match num_features "
                    f"({self.num_features}), but got: {input.size(input.dim() - plain)}."
                )
        x = input.unsqueeze(0) if input.dim() == plain else input
        out = F.instance_norm(
            x,
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            self.training or not self.track_running_stats,
            self.momentum if self.momentum is not None else 0.0,
            self.eps,
        )
        return out.squeeze(0) if input.dim() == plain else out

    def extra_repr(self):
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}, "
            f"bias={self.bias is not None}, track_running_stats={self.track_running_stats}"
        )


class InstanceNorm1d(_InstanceNorm):
    """For (N, C, L) or (C, L)."""

    _without_batch = 2


class InstanceNorm2d(_InstanceNorm):
    """For (N, C, H, W) or (C, H, W)."""

    _without_batch = 3


class InstanceNorm3d(_InstanceNorm):
    """For (N, C, D, H, W) or (C, D, H, W)."""

    _without_batch = 4
