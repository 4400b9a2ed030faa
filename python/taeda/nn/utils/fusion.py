"""A batch normalisation in eval mode is an affine map: it goes into the layer before it."""

import copy

from ..parameter import Parameter


def _scale(bn_rm, bn_rv, bn_eps, bn_w, bn_b):
    """The factor and the offset of each channel."""
    from ... import ones_like, zeros_like

    bn_w = ones_like(bn_rm) if bn_w is None else bn_w
    bn_b = zeros_like(bn_rm) if bn_b is None else bn_b
    factor = bn_w * (bn_rv + bn_eps).rsqrt()
    return factor, bn_b - bn_rm * factor


def fuse_conv_bn_weights(conv_w, conv_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b, transpose=False):
    """Weight and bias of the convolution that does what both did."""
    factor, offset = _scale(bn_rm, bn_rv, bn_eps, bn_w, bn_b)
    shape = [1, -1] if transpose else [-1, 1]
    w = conv_w * factor.reshape(shape + [1] * (conv_w.dim() - 2))
    b = offset if conv_b is None else conv_b * factor + offset
    return (
        Parameter(w.to(conv_w.dtype), conv_w.requires_grad),
        Parameter(b.to(conv_w.dtype), conv_w.requires_grad),
    )


def fuse_conv_bn_eval(conv, bn, transpose=False):
    """A copy of conv that also does what bn does; both in eval mode."""
    if conv.training or bn.training:
        raise AssertionError("Fusion only for eval!")
    if bn.running_mean is None or bn.running_var is None:
        raise AssertionError("bn must have running statistics")
    fused = copy.deepcopy(conv)
    fused.weight, fused.bias = fuse_conv_bn_weights(
        fused.weight,
        fused.bias,
        bn.running_mean,
        bn.running_var,
        bn.eps,
        bn.weight,
        bn.bias,
        transpose,
    )
    return fused


def fuse_linear_bn_weights(linear_w, linear_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b):
    """Weight and bias of the linear layer that does what both did."""
    factor, offset = _scale(bn_rm, bn_rv, bn_eps, bn_w, bn_b)
    w = linear_w * factor.unsqueeze(-1)
    b = offset if linear_b is None else linear_b * factor + offset
    return (
        Parameter(w.to(linear_w.dtype), linear_w.requires_grad),
        Parameter(b.to(linear_w.dtype), linear_w.requires_grad),
    )


def fuse_linear_bn_eval(linear, bn):
    """A copy of linear that also does what bn does; both in eval mode."""
    if linear.training or bn.training:
        raise AssertionError("Fusion only for eval!")
    if linear.out_features != bn.num_features and bn.num_features != 1:
        raise AssertionError(
            "To fuse, linear.out_features == bn.num_features or bn.num_features == 1"
        )
    fused = copy.deepcopy(linear)
    fused.weight, fused.bias = fuse_linear_bn_weights(
        fused.weight, fused.bias, bn.running_mean, bn.running_var, bn.eps, bn.weight, bn.bias
    )
    return fused
