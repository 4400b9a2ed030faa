"""Functions of neural networks, under PyTorch's names and argument names."""

import math

from .. import _C
from .._C._nn import *  # noqa: F403
from ._attention import *  # noqa: F403
from ._losses import *  # noqa: F403
from ._op import op as _op
from ._pooling import *  # noqa: F403
from ._resample import *  # noqa: F403
from ._unpooling import *  # noqa: F403

for _name in """conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d conv_tbc
    linear bilinear prelu pixel_shuffle pixel_unshuffle channel_shuffle avg_pool1d hardshrink
    adaptive_avg_pool1d adaptive_max_pool1d pdist relu_ selu_ celu_ rrelu_ threshold_
    scaled_dot_product_attention logsigmoid softplus softshrink gelu""".split():
    if hasattr(_C, _name):
        globals().setdefault(_name, getattr(_C, _name))

_alpha_dropout = _op("alpha_dropout")
_bags_of_rows = _op("_bags_of_rows")
_batch_norm = _op("batch_norm")
_col2im = _op("col2im")
_dropout = _op("dropout")
_embedding = _op("embedding")
_embedding_renorm = _op("embedding_renorm")
_feature_alpha_dropout = _op("feature_alpha_dropout")
_feature_dropout = _op("feature_dropout")
_glu = _op("glu")
_group_norm = _op("group_norm")
_im2col = _op("im2col")
_layer_norm = _op("layer_norm")
_pad = _op("pad")
_relu = _op("relu")
_rrelu = _op("rrelu")
_rms_norm = _op("rms_norm")


def _inplace_or_new(name, input, inplace, *args):
    if inplace:
        return _op(name + "_")(input, *args)
    return _op(name)(input, *args)


# ---- activations ----


def relu(input, inplace=False):
    """max(input, 0)."""
    return input.relu_() if inplace else _relu(input)


def relu6(input, inplace=False):
    """input limited to [0, 6]."""
    return _inplace_or_new("relu6", input, inplace)


def leaky_relu(input, negative_slope=0.01, inplace=False):
    """input where positive, negative_slope * input elsewhere."""
    return _inplace_or_new("leaky_relu", input, inplace, negative_slope)


def elu(input, alpha=1.0, inplace=False):
    """input where positive, alpha * (exp(input) - 1) elsewhere."""
    return _inplace_or_new("elu", input, inplace, alpha)


def selu(input, inplace=False):
    """ELU scaled so that mean 0 and variance 1 are a fixed point."""
    return _inplace_or_new("selu", input, inplace)


def celu(input, alpha=1.0, inplace=False):
    """max(0, input) + min(0, alpha * (exp(input / alpha) - 1))."""
    return _inplace_or_new("celu", input, inplace, alpha)


def silu(input, inplace=False):
    """input * sigmoid(input)."""
    return _inplace_or_new("silu", input, inplace)


def mish(input, inplace=False):
    """input * tanh(softplus(input))."""
    return _inplace_or_new("mish", input, inplace)


def hardtanh(input, min_val=-1.0, max_val=1.0, inplace=False):
    """input limited to [min_val, max_val]."""
    if min_val > max_val:
        raise ValueError("min_val cannot be greater than max_val")
    return _inplace_or_new("hardtanh", input, inplace, min_val, max_val)


def hardsigmoid(input, inplace=False):
    """relu6(input + 3) / 6."""
    return _inplace_or_new("hardsigmoid", input, inplace)


def hardswish(input, inplace=False):
    """input * relu6(input + 3) / 6."""
    return _inplace_or_new("hardswish", input, inplace)


def rrelu(input, lower=1.0 / 8, upper=1.0 / 3, training=False, inplace=False):
    """input where positive, else input times a slope from [lower, upper), random in training."""
    out = _rrelu(input, lower, upper, training)
    return input.copy_(out) if inplace else out


def rrelu_(input, lower=1.0 / 8, upper=1.0 / 3, training=False):
    """rrelu() in place."""
    return rrelu(input, lower, upper, training, inplace=True)


def threshold(input, threshold, value, inplace=False):
    """input where it is above threshold, value elsewhere."""
    return _inplace_or_new("threshold", input, inplace, threshold, value)


def sigmoid(input):
    """1 / (1 + exp(-input))."""
    return input.sigmoid()


def tanh(input):
    """The hyperbolic tangent."""
    return input.tanh()


def tanhshrink(input):
    """input - tanh(input)."""
    return input - input.tanh()


def softsign(input):
    """input / (1 + abs(input))."""
    return input / (1 + input.abs())


def glu(input, dim=-1):
    """The first half along dim times sigmoid of the second."""
    if input.dim() == 0:
        raise RuntimeError("glu does not support scalars because halving size must be even")
    return _glu(input, dim)


def _softmax_dim(name, ndim, stacklevel):
    chosen = 0 if ndim in (0, 1, 3) else 1
    _C._hint(
        f"{name} without dim",
        f"Implicit dimension choice for {name} has been deprecated. Change the call to include "
        f"dim=X as an argument (here dim={chosen}).",
    )
    return chosen


def softmax(input, dim=None, _stacklevel=3, dtype=None):
    """exp(input) over its sum along dim."""
    if dim is None:
        dim = _softmax_dim("softmax", input.dim(), _stacklevel)
    return input.softmax(dim) if dtype is None else input.softmax(dim, dtype=dtype)


def softmin(input, dim=None, _stacklevel=3, dtype=None):
    """softmax of -input."""
    if dim is None:
        dim = _softmax_dim("softmin", input.dim(), _stacklevel)
    return (-input).softmax(dim) if dtype is None else (-input).softmax(dim, dtype=dtype)


def log_softmax(input, dim=None, _stacklevel=3, dtype=None):
    """The logarithm of softmax."""
    if dim is None:
        dim = _softmax_dim("log_softmax", input.dim(), _stacklevel)
    return input.log_softmax(dim) if dtype is None else input.log_softmax(dim, dtype=dtype)


def gumbel_softmax(logits, tau=1, hard=False, eps=1e-10, dim=-1):
    """A sample of the Gumbel softmax distribution (Jang et al. 2016); hard: one-hot forwards."""
    from .. import empty_like, zeros_like

    gumbels = -empty_like(logits).exponential_().log()
    soft = ((logits + gumbels) / tau).softmax(dim)
    if not hard:
        return soft
    index = soft.max(dim, keepdim=True)[1]
    one_hot = zeros_like(logits).scatter_(dim, index, 1.0)
    return one_hot - soft.detach() + soft


# ---- dropout ----


def _check_p(p):
    if p < 0.0 or p > 1.0:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")


def dropout(input, p=0.5, training=True, inplace=False):
    """In training, elements become 0 with probability p and the others are divided by 1 - p."""
    _check_p(p)
    out = _dropout(input, p, training)
    return input.copy_(out) if inplace and training else out


def alpha_dropout(input, p=0.5, training=False, inplace=False):
    """Dropout that keeps mean and variance after SELU."""
    _check_p(p)
    out = _alpha_dropout(input, p, training)
    return input.copy_(out) if inplace and training else out


def feature_alpha_dropout(input, p=0.5, training=False, inplace=False):
    """alpha_dropout of whole channels of (N, C, *)."""
    _check_p(p)
    out = _feature_alpha_dropout(input, p, training)
    return input.copy_(out) if inplace and training else out


def _channel_dropout(input, p, training, inplace, batched):
    _check_p(p)
    x = input if batched else input.unsqueeze(0)
    out = _feature_dropout(x, p, training)
    out = out if batched else out.squeeze(0)
    return input.copy_(out) if inplace and training else out


def dropout1d(input, p=0.5, training=True, inplace=False):
    """Dropout of whole channels of (N, C, L) or (C, L)."""
    _check_p(p)
    if input.dim() not in (2, 3):
        raise RuntimeError(
            f"dropout1d: Expected 2D or 3D input, but received a {input.dim()}D input. Note that "
            "dropout1d "
            "exists to provide channel-wise dropout on inputs with 1 spatial dimension, a channel "
            "dimension, and an optional batch dimension (i.e. 2D or 3D inputs)."
        )
    return _channel_dropout(input, p, training, inplace, input.dim() == 3)


def dropout2d(input, p=0.5, training=True, inplace=False):
    """Dropout of whole channels of (N, C, H, W)."""
    return _channel_dropout(input, p, training, inplace, True)


def dropout3d(input, p=0.5, training=True, inplace=False):
    """Dropout of whole channels of (N, C, D, H, W) or (C, D, H, W)."""
    return _channel_dropout(input, p, training, inplace, input.dim() != 4)


# ---- normalisation ----


def _check_values_per_channel(size):
    values = size[0]
    for n in size[2:]:
        values *= n
    if values == 1:
        raise ValueError(
            f"Expected more than 1 value per channel when training, got input size {size}"
        )


def batch_norm(
    input,
    running_mean,
    running_var,
    weight=None,
    bias=None,
    training=False,
    momentum=0.1,
    eps=1e-05,
):
    """(input - mean) / sqrt(var + eps) * weight + bias for each channel (axis 1)."""
    if training:
        _check_values_per_channel(input.size())
    return _batch_norm(
        input,
        weight=weight,
        bias=bias,
        running_mean=running_mean,
        running_var=running_var,
        training=training,
        momentum=momentum,
        eps=eps,
    )


def layer_norm(input, normalized_shape, weight=None, bias=None, eps=1e-05):
    """Normalises over the last axes, of sizes normalized_shape."""
    return _layer_norm(input, normalized_shape=normalized_shape, weight=weight, bias=bias, eps=eps)


def rms_norm(input, normalized_shape, weight=None, eps=None):
    """Divides by the root mean square over the last axes, of sizes normalized_shape."""
    return _rms_norm(input, normalized_shape=normalized_shape, weight=weight, eps=eps)


def group_norm(input, num_groups, weight=None, bias=None, eps=1e-05):
    """Normalises over groups of channels."""
    if input.dim() < 2:
        raise RuntimeError(
            f"Expected at least 2 dimensions for input tensor but received {input.dim()}"
        )
    size = input.size()
    _check_values_per_channel([size[0] * size[1] // num_groups, num_groups, *list(size[2:])])
    return _group_norm(input, num_groups=num_groups, weight=weight, bias=bias, eps=eps)


def instance_norm(
    input,
    running_mean=None,
    running_var=None,
    weight=None,
    bias=None,
    use_input_stats=True,
    momentum=0.1,
    eps=1e-05,
):
    """Normalises each channel of each sample over its spatial axes."""
    size = input.size()
    if use_input_stats and math.prod(size[2:]) == 1:
        raise ValueError(
            f"Expected more than 1 spatial element when training, got input size {size}"
        )
    n, c = size[0], size[1]
    flat = input.reshape(1, n * c, *size[2:])
    mean = None if running_mean is None else running_mean.repeat(n)
    var = None if running_var is None else running_var.repeat(n)
    out = _batch_norm(
        flat,
        weight=None if weight is None else weight.repeat(n),
        bias=None if bias is None else bias.repeat(n),
        running_mean=mean,
        running_var=var,
        training=use_input_stats,
        momentum=momentum,
        eps=eps,
    )
    if use_input_stats and mean is not None:
        from ..autograd import no_grad

        with no_grad():
            running_mean.copy_(mean.view(n, c).mean(0))
            running_var.copy_(var.view(n, c).mean(0))
    return out.reshape(size)


def local_response_norm(input, size, alpha=0.0001, beta=0.75, k=1.0):
    """input / (k + alpha * mean of squares over `size` neighbouring channels)^beta."""
    dim = input.dim()
    if dim < 3:
        raise ValueError(f"Expected 3D or higher dimensionality input (got {dim} dimensions)")
    if input.numel() == 0:
        return input
    div = input.mul(input)
    if dim == 3:
        div = div.unsqueeze(1)
        div = pad(div, (0, 0, size // 2, (size - 1) // 2))
        div = avg_pool2d(div, (size, 1), stride=1).squeeze(1)  # noqa: F405
    else:
        sizes = input.size()
        div = div.view(sizes[0], 1, sizes[1], sizes[2], -1)
        div = pad(div, (0, 0, 0, 0, size // 2, (size - 1) // 2))
        div = avg_pool3d(div, (size, 1, 1), stride=1).squeeze(1)  # noqa: F405
        div = div.view(sizes)
    return input / div.mul(alpha).add(k).pow(beta)


def normalize(input, p=2.0, dim=1, eps=1e-12, out=None):
    """input / max(norm of order p along dim, eps)."""
    result = input / input.norm(p, dim, keepdim=True).clamp_min(eps).expand_as(input)
    return result if out is None else out.copy_(result)


# ---- tables ----


def embedding(
    input,
    weight,
    padding_idx=None,
    max_norm=None,
    norm_type=2.0,
    scale_grad_by_freq=False,
    sparse=False,
):
    """Rows of weight (num_embeddings, embedding_dim) by index.

    max_norm: rows that are read are first scaled down to that norm, in weight itself.
    scale_grad_by_freq: a row's gradient is divided by the number of its uses. sparse: the gradient
    is dense, and a warning says so.
    """
    if padding_idx is not None:
        rows = weight.size(0)
        if not -rows <= padding_idx < rows:
            raise AssertionError("Padding_idx must be within num_embeddings")
        if padding_idx < 0:
            padding_idx += rows
    else:
        padding_idx = -1
    if max_norm is not None:
        from ..autograd import no_grad

        with no_grad():
            weight.copy_(_embedding_renorm(weight, input, max_norm, norm_type))
    return _embedding(
        weight,
        input,
        padding_idx=padding_idx,
        scale_grad_by_freq=scale_grad_by_freq,
        sparse=sparse,
    )


def embedding_bag(
    input,
    weight,
    offsets=None,
    max_norm=None,
    norm_type=2,
    scale_grad_by_freq=False,
    mode="mean",
    sparse=False,
    per_sample_weights=None,
    include_last_offset=False,
    padding_idx=None,
):
    """The sum, mean or maximum of the rows of weight in each bag of indices."""
    if max_norm is not None:
        from ..autograd import no_grad

        with no_grad():
            weight.copy_(_embedding_renorm(weight, input.reshape(-1), max_norm, norm_type))
    if padding_idx is None:
        padding_idx = -1
    elif padding_idx < 0:
        padding_idx += weight.size(0)
    return _bags_of_rows(
        weight,
        input,
        offsets,
        per_sample_weights,
        mode=mode,
        scale_grad_by_freq=scale_grad_by_freq,
        sparse=sparse,
        include_last_offset=include_last_offset,
        padding_idx=padding_idx,
    )


def unfold(input, kernel_size, dilation=1, padding=0, stride=1):
    """The windows of images (N, C, H, W) as columns (N, C * kernel elements, windows)."""
    return _im2col(input, kernel_size, dilation, padding, stride)


def fold(input, output_size, kernel_size, dilation=1, padding=0, stride=1):
    """Images of columns: each element is the sum of its places in them."""
    return _col2im(input, output_size, kernel_size, dilation, padding, stride)


def one_hot(tensor, num_classes=-1):
    """Classes (*) of int64 as rows of 0 and 1: (*, num_classes)."""
    from .. import int64, zeros

    if tensor.dtype != int64:
        raise RuntimeError("one_hot is only applicable to index tensor of type LongTensor.")
    if tensor.numel() == 0:
        if num_classes <= 0:
            raise RuntimeError("Can not infer total number of classes from empty tensor.")
        return zeros(*tensor.shape, num_classes, dtype=int64)
    known = not tensor.is_meta
    if known and tensor.min() < 0:
        raise RuntimeError("Class values must be non-negative.")
    if num_classes == -1:
        num_classes = int(tensor.max()) + 1
    elif known and tensor.max() >= num_classes:
        raise RuntimeError("Class values must be smaller than num_classes.")
    out = zeros(*tensor.shape, num_classes, dtype=int64, device=tensor.device)
    return out.scatter_(-1, tensor.unsqueeze(-1), 1)


# ---- padding ----


def pad(input, pad, mode="constant", value=None):
    """More elements at the ends of the last axes.

    pad: (left, right) of the last axis, then of the others before it.
    mode: "constant" (value), "reflect", "replicate" or "circular".
    """
    return _pad(input, pad, mode, value)
