# Made by tests/stubs/make.py from the built extension: run it again instead of editing.
import builtins as _b
from collections.abc import Callable as Callable, Iterator as Iterator, Sequence as Sequence
from typing import Any as Any, NamedTuple as NamedTuple, TypeAlias as TypeAlias, overload as overload

_int: TypeAlias = _b.int
_float: TypeAlias = _b.float
_bool: TypeAlias = _b.bool
_str: TypeAlias = _b.str
_complex: TypeAlias = _b.complex
_bytes: TypeAlias = _b.bytes
_type: TypeAlias = _b.type
from . import Generator, Number, Tensor, _device, _dtype, _layout, _memory_format
from . import __fractional_max_pool2d_result, __fractional_max_pool3d_result, _adaptive_max_pool1d_with_indices_result, _adaptive_max_pool2d_with_indices_result, _adaptive_max_pool3d_with_indices_result, _aminmax_result, _ctc_forward_result, _cummax_result, _cummin_result, _frexp_result, _grid_sampler_backward_result, _kthvalue_result, _linalg_cholesky_ex_result, _linalg_eigh_result, _linalg_inv_ex_result, _linalg_qr_result, _linalg_slogdet_result, _linalg_svd_result, _max_pool1d_with_indices_result, _max_pool2d_with_indices_result, _max_pool3d_with_indices_result, _max_pool_result, _max_result, _median_result, _min_result, _mode_result, _nanmedian_result, _native_layer_norm_result, _normalize_channels_grad_result, _normalize_channels_result, _normalize_groups_grad_result, _normalize_groups_result, _normalize_rows_grad_result, _normalize_rows_result, _sort_result, _std_mean_result, _topk_result, _unique_consecutive_result, _unique_result, _var_mean_result

def adaptive_avg_pool1d(input: Tensor, output_size: _int | Sequence[_int], *, out: Tensor | None = None) -> Tensor:
    """The means of output_size windows that cover the last axis."""
def adaptive_avg_pool2d(input: Tensor, output_size: _int | Sequence[_int]) -> Tensor:
    """The means of output_size windows that cover the last two axes; -2 keeps a size."""
def adaptive_avg_pool3d(input: Tensor, output_size: _int | Sequence[_int]) -> Tensor:
    """The means of output_size windows that cover the last three axes; -2 keeps a size."""
def adaptive_max_pool1d(input: Tensor, output_size: _int | Sequence[_int]) -> Tensor:
    """The largest elements of output_size windows that cover the last axis."""
def adaptive_max_pool1d_with_indices(input: Tensor, output_size: _int | Sequence[_int]) -> _adaptive_max_pool1d_with_indices_result:
    """adaptive_max_pool1d and where along the axis each element was found."""
def adaptive_max_pool2d(input: Tensor, output_size: _int | Sequence[_int]) -> Tensor:
    """The largest elements of output_size windows that cover the last two axes."""
def adaptive_max_pool2d_with_indices(input: Tensor, output_size: _int | Sequence[_int]) -> _adaptive_max_pool2d_with_indices_result:
    """adaptive_max_pool2d and where in the flat plane each element was found."""
def adaptive_max_pool3d(input: Tensor, output_size: _int | Sequence[_int]) -> Tensor:
    """The largest elements of output_size windows that cover the last three axes."""
def adaptive_max_pool3d_with_indices(input: Tensor, output_size: _int | Sequence[_int]) -> _adaptive_max_pool3d_with_indices_result:
    """adaptive_max_pool3d and where in the flat volume each element was found."""
def affine_grid(theta: Tensor, size: _int | Sequence[_int], align_corners: _bool | None = None) -> Tensor:
    """The grid that grid_sample reads an image of shape size (N, C, H, W) by under the maps theta (N, 2, 3), or (N, C, D, H, W) under (N, 3, 4): theta (x, y, 1)."""
def avg_pool1d(input: Tensor, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, ceil_mode: _bool = False, count_include_pad: _bool = True, *, out: Tensor | None = None) -> Tensor:
    """The mean of windows of the last axis."""
def avg_pool2d(input: Tensor, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, ceil_mode: _bool = False, count_include_pad: _bool = True, divisor_override: _int | None = None) -> Tensor:
    """The mean of windows of the last two axes."""
def avg_pool3d(input: Tensor, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, ceil_mode: _bool = False, count_include_pad: _bool = True, divisor_override: _int | None = None) -> Tensor:
    """The mean of windows of the last three axes."""
def batch_norm(input: Tensor, running_mean: Tensor | None = None, running_var: Tensor | None = None, weight: Tensor | None = None, bias: Tensor | None = None, training: _bool = False, momentum: _float = 0.1, eps: _float = 1e-05) -> Tensor:
    """Normalises each channel of input [n, c, ...]: in training by the batch's own mean and biased variance, which move the running ones by momentum (the variance unbiased); else by the running ones."""
def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | None = None, *, out: Tensor | None = None) -> Tensor:
    """The sum of input1[..., i] weight[o, i, j] input2[..., j] over i and j, plus bias[o]."""
def binary_cross_entropy(input: Tensor, target: Tensor, weight: Tensor | None = None, reduction: _str = 'mean') -> Tensor:
    """-weight * (target * log(input) + (1 - target) * log(1 - input)), the logarithms not below -100."""
def binary_cross_entropy_with_logits(input: Tensor, target: Tensor, weight: Tensor | None = None, pos_weight: Tensor | None = None, reduction: _str = 'mean') -> Tensor:
    """binary_cross_entropy of sigmoid(input), without overflow; pos_weight multiplies the part of target."""
def celu(input: Tensor, alpha: _float = 1.0, *, out: Tensor | None = None) -> Tensor:
    """max(0, input) + min(0, alpha * (exp(input / alpha) - 1))."""
celu_: Any
def channel_shuffle(input: Tensor, groups: _int, *, out: Tensor | None = None) -> Tensor:
    """The channels of (N, C, *), taken in turn from each group."""
def col2im(input: Tensor, output_size: _int | Sequence[_int], kernel_size: _int | Sequence[_int], dilation: _int | Sequence[_int] = 1, padding: _int | Sequence[_int] = 0, stride: _int | Sequence[_int] = 1) -> Tensor:
    """Images (N, C, *output_size), each element the sum of its places in the columns of im2col; or both without N."""
@overload
def conv1d(input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: _int | Sequence[_int] = 1, padding: _int | Sequence[_int] = 0, dilation: _int | Sequence[_int] = 1, groups: _int = 1, *, out: Tensor | None = None) -> Tensor:
    """Convolves input [n, c, l] or [c, l] with weight [out, c / groups, k]."""
@overload
def conv1d(input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: _int | Sequence[_int] = 1, padding: _str = 'valid', dilation: _int | Sequence[_int] = 1, groups: _int = 1, *, out: Tensor | None = None) -> Tensor:
    """conv1d with padding 'valid': none; or 'same': the output has the input's length."""
@overload
def conv2d(input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: _int | Sequence[_int] = 1, padding: _int | Sequence[_int] = 0, dilation: _int | Sequence[_int] = 1, groups: _int = 1, *, out: Tensor | None = None) -> Tensor:
    """Convolves input [n, c, h, w] or [c, h, w] with weight [out, c / groups, kh, kw]."""
@overload
def conv2d(input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: _int | Sequence[_int] = 1, padding: _str = 'valid', dilation: _int | Sequence[_int] = 1, groups: _int = 1, *, out: Tensor | None = None) -> Tensor:
    """conv2d with padding 'valid': none; or 'same': the output has the input's size."""
@overload
def conv3d(input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: _int | Sequence[_int] = 1, padding: _int | Sequence[_int] = 0, dilation: _int | Sequence[_int] = 1, groups: _int = 1, *, out: Tensor | None = None) -> Tensor:
    """Convolves input [n, c, d, h, w] or [c, d, h, w] with weight [out, c / groups, kd, kh, kw]."""
@overload
def conv3d(input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: _int | Sequence[_int] = 1, padding: _str = 'valid', dilation: _int | Sequence[_int] = 1, groups: _int = 1, *, out: Tensor | None = None) -> Tensor:
    """conv3d with padding 'valid': none; or 'same': the output has the input's size."""
def conv_transpose1d(input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: _int | Sequence[_int] = 1, padding: _int | Sequence[_int] = 0, output_padding: _int | Sequence[_int] = 0, groups: _int = 1, dilation: _int | Sequence[_int] = 1, *, out: Tensor | None = None) -> Tensor:
    """The gradient of conv1d as a layer: weight [c, out / groups, k]."""
def conv_transpose2d(input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: _int | Sequence[_int] = 1, padding: _int | Sequence[_int] = 0, output_padding: _int | Sequence[_int] = 0, groups: _int = 1, dilation: _int | Sequence[_int] = 1, *, out: Tensor | None = None) -> Tensor:
    """The gradient of conv2d as a layer: weight [c, out / groups, kh, kw]."""
def conv_transpose3d(input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: _int | Sequence[_int] = 1, padding: _int | Sequence[_int] = 0, output_padding: _int | Sequence[_int] = 0, groups: _int = 1, dilation: _int | Sequence[_int] = 1, *, out: Tensor | None = None) -> Tensor:
    """The gradient of conv3d as a layer: weight [c, out / groups, kd, kh, kw]."""
def cosine_embedding_loss(input1: Tensor, input2: Tensor, target: Tensor, margin: _float = 0.0, reduction: _str = 'mean', *, out: Tensor | None = None) -> Tensor:
    """1 - cosine where target is 1, max(0, cosine - margin) where it is -1. Inputs (N, D) with target (N), or (D) with ()."""
def cosine_similarity(x1: Tensor, x2: Tensor, dim: _int = 1, eps: _float = 1e-08, *, out: Tensor | None = None) -> Tensor:
    """The scalar product along dim over the product of the norms, each not below eps."""
def cross_entropy(input: Tensor, target: Tensor, weight: Tensor | None = None, ignore_index: _int = -100, reduction: _str = 'mean', label_smoothing: _float = 0.0) -> Tensor:
    """nll_loss of log_softmax(input) over the classes. input: scores (C), (N, C) or (N, C, *); target: classes, or probabilities of input's size. label_smoothing mixes the target with the uniform distribution (Szegedy et al. 2016)."""
def ctc_loss(log_probs: Tensor, targets: Tensor, input_lengths: Tensor, target_lengths: Tensor, blank: _int = 0, reduction: _str = 'mean', zero_infinity: _bool = False) -> Tensor:
    """-log of the probability of each target. log_probs: (T, N, C) or (T, C), logarithms of probabilities; targets: (N, S) or all behind each other, without blanks; lengths: (N) or (). The mean divides each loss by its target's length first. zero_infinity: a target that does not fit counts nothing."""
def elu(input: Tensor, alpha: _float = 1.0) -> Tensor:
    """input where positive, alpha * (exp(input) - 1) elsewhere (Clevert et al. 2016)."""
elu_: Any
def gaussian_nll_loss(input: Tensor, target: Tensor, var: Tensor, full: _bool = False, eps: _float = 1e-06, reduction: _str = 'mean') -> Tensor:
    """(log(var) + (input - target) ** 2 / var) / 2 with var not below eps; full adds log(2 pi) / 2. var: of input's size, or with one axis of size 1, or without the last."""
def gelu(input: Tensor, *, approximate: _str = 'none') -> Tensor:
    """input * Phi(input), Phi being the normal distribution's; or its approximation by tanh (Hendrycks and Gimpel 2016)."""
def glu(input: Tensor, dim: _int = -1) -> Tensor:
    """The first half along dim times sigmoid of the second (Dauphin et al. 2017)."""
def grid_sample(input: Tensor, grid: Tensor, mode: _str = 'bilinear', padding_mode: _str = 'zeros', align_corners: _bool | None = None) -> Tensor:
    """input (N, C, H, W) read at grid (N, H', W', 2) of (x, y), or (N, C, D, H, W) at (N, D', H', W', 3) of (x, y, z): -1 and 1 are the ends of an axis, with align_corners the centres of its end elements. padding_mode: what lies outside."""
def group_norm(input: Tensor, num_groups: _int, weight: Tensor | None = None, bias: Tensor | None = None, eps: _float = 1e-05, *, out: Tensor | None = None) -> Tensor:
    """Normalises num_groups groups of channels of each sample of input [n, c, ...]; weight and bias are one for each channel."""
def hardshrink(input: Tensor, lambd: _float = 0.5, *, out: Tensor | None = None) -> Tensor:
    """input outside [-lambd, lambd]; 0 within."""
def hardsigmoid(input: Tensor) -> Tensor:
    """relu6(input + 3) / 6."""
hardsigmoid_: Any
def hardswish(input: Tensor) -> Tensor:
    """input * relu6(input + 3) / 6 (Howard et al. 2019)."""
hardswish_: Any
def hardtanh(input: Tensor, min_val: _float = -1.0, max_val: _float = 1.0) -> Tensor:
    """input limited to [min_val, max_val]."""
hardtanh_: Any
def hinge_embedding_loss(input: Tensor, target: Tensor, margin: _float = 1.0, reduction: _str = 'mean', *, out: Tensor | None = None) -> Tensor:
    """input where target is 1, max(0, margin - input) where it is -1, else both."""
def huber_loss(input: Tensor, target: Tensor, reduction: _str = 'mean', delta: _float = 1.0) -> Tensor:
    """d ** 2 / 2 where d = |input - target| is at most delta, else delta * (d - delta / 2) (Huber 1964)."""
def im2col(input: Tensor, kernel_size: _int | Sequence[_int], dilation: _int | Sequence[_int] = 1, padding: _int | Sequence[_int] = 0, stride: _int | Sequence[_int] = 1) -> Tensor:
    """The windows of images (N, C, H, W) as columns (N, C * kernel elements, windows), or both without N."""
def instance_norm(input: Tensor, running_mean: Tensor | None = None, running_var: Tensor | None = None, weight: Tensor | None = None, bias: Tensor | None = None, use_input_stats: _bool = True, momentum: _float = 0.1, eps: _float = 1e-05) -> Tensor:
    """batch_norm of each sample alone."""
def interpolate(input: Tensor, size: _int | Sequence[_int] | None = None, scale_factor: Sequence[_float] = (), mode: _str = 'nearest', align_corners: _bool | None = None, recompute_scale_factor: _bool | None = None, antialias: _bool = False) -> Tensor:
    """The input (N, C, *) at another spatial size, or scaled. mode: nearest, nearest-exact, linear (1 axis), bilinear and bicubic (2), trilinear (3), area or lanczos. align_corners: the corner elements keep their places. antialias: a wider filter where the result is smaller."""
def kl_div(input: Tensor, target: Tensor, reduction: _str = 'mean', log_target: _bool = False) -> Tensor:
    """target * (log(target) - input); with log_target, exp(target) * (target - input). "batchmean" divides the sum by the first size."""
def l1_loss(input: Tensor, target: Tensor, reduction: _str = 'mean') -> Tensor:
    """|input - target|."""
def layer_norm(input: Tensor, normalized_shape: _int | Sequence[_int], weight: Tensor | None = None, bias: Tensor | None = None, eps: _float = 1e-05, *, out: Tensor | None = None) -> Tensor:
    """Normalises over the last axes, of sizes normalized_shape; weight and bias have that shape."""
def leaky_relu(input: Tensor, negative_slope: _float = 0.01) -> Tensor:
    """input where positive, negative_slope * input elsewhere."""
leaky_relu_: Any
def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """input @ weight.T + bias over the last axis: input [..., in], weight [out, in], bias [out]."""
def linear_cross_entropy(input: Tensor, linear_weight: Tensor, target: Tensor, linear_bias: Tensor | None = None, weight: Tensor | None = None, reduction: _str = 'mean', ignore_index: _int | None = None, label_smoothing: _float = 0.0) -> Tensor:
    """cross_entropy of linear(input, linear_weight, linear_bias). input: (N, F) or (F); linear_weight: (C, F), or (C, d1, .., F) for scores (N, C, d1, ..); linear_bias: linear_weight's sizes without F. ignore_index: only beside classes."""
def local_response_norm(input: Tensor, size: _int, alpha: _float = 0.0001, beta: _float = 0.75, k: _float = 1.0) -> Tensor:
    """input / (k + alpha * mean of the squares of `size` neighbouring channels) ^ beta (Krizhevsky et al. 2012)."""
def logsigmoid(input: Tensor) -> Tensor:
    """log(1 / (1 + exp(-input))), without overflow."""
logsigmoid_: Any
def lp_pool1d(input: Tensor, norm_type: Number, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, ceil_mode: _bool = False) -> Tensor:
    """The norms of order norm_type of windows of the last axis."""
def lp_pool2d(input: Tensor, norm_type: Number, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, ceil_mode: _bool = False) -> Tensor:
    """The norms of order norm_type of windows of the last two axes."""
def lp_pool3d(input: Tensor, norm_type: Number, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, ceil_mode: _bool = False) -> Tensor:
    """The norms of order norm_type of windows of the last three axes."""
def margin_ranking_loss(input1: Tensor, input2: Tensor, target: Tensor, margin: _float = 0.0, reduction: _str = 'mean', *, out: Tensor | None = None) -> Tensor:
    """max(0, margin - target * (input1 - input2)): target 1 wants input1 larger."""
def max_pool1d(input: Tensor, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, dilation: _int | Sequence[_int] = 1, ceil_mode: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """The largest element of windows of the last axis; padding never wins."""
def max_pool1d_with_indices(input: Tensor, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, dilation: _int | Sequence[_int] = 1, ceil_mode: _bool = False, *, out: Sequence[Tensor] | None = None) -> _max_pool1d_with_indices_result:
    """max_pool1d and where along the axis each element was found."""
def max_pool2d(input: Tensor, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, dilation: _int | Sequence[_int] = 1, ceil_mode: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """The largest element of windows of the last two axes; padding never wins."""
def max_pool2d_with_indices(input: Tensor, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, dilation: _int | Sequence[_int] = 1, ceil_mode: _bool = False) -> _max_pool2d_with_indices_result:
    """max_pool2d and where in the flat plane each element was found."""
def max_pool3d(input: Tensor, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, dilation: _int | Sequence[_int] = 1, ceil_mode: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """The largest element of windows of the last three axes; padding never wins."""
def max_pool3d_with_indices(input: Tensor, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, dilation: _int | Sequence[_int] = 1, ceil_mode: _bool = False) -> _max_pool3d_with_indices_result:
    """max_pool3d and where in the flat volume each element was found."""
def max_unpool1d(input: Tensor, indices: Tensor, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, output_size: _int | Sequence[_int] | None = None) -> Tensor:
    """Zeros with input's elements where max_pool1d took them from."""
def max_unpool2d(input: Tensor, indices: Tensor, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, output_size: _int | Sequence[_int] | None = None) -> Tensor:
    """Zeros with input's elements where max_pool2d took them from."""
def max_unpool3d(input: Tensor, indices: Tensor, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, output_size: _int | Sequence[_int] | None = None) -> Tensor:
    """Zeros with input's elements where max_pool3d took them from."""
def mish(input: Tensor) -> Tensor:
    """input * tanh(softplus(input)) (Misra 2019)."""
mish_: Any
def mse_loss(input: Tensor, target: Tensor, reduction: _str = 'mean') -> Tensor:
    """(input - target) ** 2."""
def multi_margin_loss(input: Tensor, target: Tensor, weight: Tensor | None = None, p: _int = 1, margin: _float = 1.0, reduction: _str = 'mean') -> Tensor:
    """The mean over the wrong classes i of weight[target] * max(0, margin - input[target] + input[i]) ** p. input: (N, C) or (C); p: 1 or 2."""
def multilabel_margin_loss(input: Tensor, target: Tensor, reduction: _str = 'mean') -> Tensor:
    """The sum over right classes j and wrong ones i of max(0, 1 - input[j] + input[i]) / C. input: (N, C) or (C); target, of the same size: the right classes, then -1."""
def multilabel_soft_margin_loss(input: Tensor, target: Tensor, weight: Tensor | None = None, reduction: _str = 'mean') -> Tensor:
    """The mean over the last axis of weight * binary_cross_entropy_with_logits."""
def nll_loss(input: Tensor, target: Tensor, weight: Tensor | None = None, ignore_index: _int = -100, reduction: _str = 'mean') -> Tensor:
    """-weight[target] * input[target]. input: log-probabilities (C), (N, C) or (N, C, *); target: classes (), (N) or (N, *), int64 or uint8; weight: (C). The mean is weighted. Targets equal to ignore_index count nothing."""
def one_hot(input: Tensor, num_classes: _int = -1) -> Tensor:
    """Classes (*) of int64 as rows of 0 and 1: (*, num_classes); -1: one more than the largest class."""
def pad(input: Tensor, pad: _int | Sequence[_int], mode: _str = 'constant', value: Number | None = None) -> Tensor:
    """constant_pad_nd, or the elements mirrored at the edge (reflect), the edge's repeated (replicate), or those of the other end (circular). The last three are for axes behind the channels."""
def pairwise_distance(x1: Tensor, x2: Tensor, p: _float = 2.0, eps: _float = 1e-06, keepdim: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """The p-norm of x1 - x2 + eps along the last axis."""
def pdist(input: Tensor, p: _float = 2.0, *, out: Tensor | None = None) -> Tensor:
    """The norms of order p of the differences of all pairs of rows of input (n, k), each pair once: (n (n - 1) / 2)."""
def pixel_shuffle(input: Tensor, upscale_factor: _int, *, out: Tensor | None = None) -> Tensor:
    """(*, C r^2, H, W) to (*, C, H r, W r), r = upscale_factor."""
def pixel_unshuffle(input: Tensor, downscale_factor: _int, *, out: Tensor | None = None) -> Tensor:
    """(*, C, H r, W r) to (*, C r^2, H, W), r = downscale_factor."""
def poisson_nll_loss(input: Tensor, target: Tensor, log_input: _bool = True, full: _bool = False, eps: _float = 1e-08, reduction: _str = 'mean', *, out: Tensor | None = None) -> Tensor:
    """exp(input) - target * input, or input - target * log(input + eps) without log_input; full adds Stirling's approximation of log(target!) where target > 1."""
def prelu(input: Tensor, weight: Tensor, *, out: Tensor | None = None) -> Tensor:
    """input where positive, weight * input elsewhere; weight: one number, or one for each element of axis 1 (He et al. 2015)."""
def relu6(input: Tensor) -> Tensor:
    """input limited to [0, 6]."""
relu6_: Any
def rms_norm(input: Tensor, normalized_shape: _int | Sequence[_int], weight: Tensor | None = None, eps: _float | None = None, *, out: Tensor | None = None) -> Tensor:
    """input / sqrt(mean(input^2) + eps) * weight over the last axes, of sizes normalized_shape; eps is the dtype's if not given (Zhang and Sennrich 2019)."""
def scaled_dot_product_attention(query: Tensor, key: Tensor, value: Tensor, attn_mask: Tensor | None = None, dropout_p: _float = 0.0, is_causal: _bool = False, *, scale: _float | None = None, enable_gqa: _bool = False) -> Tensor:
    """softmax(query key^T * scale + mask) value over the last two axes: query (*, L, E), key (*, S, E), value (*, S, V) give (*, L, V). attn_mask: True where attention is allowed, or what is added to the scores. is_causal: no attention to later positions. scale: 1 / sqrt(E) unless given. enable_gqa: several query heads (axis -3) share a key and value head."""
def selu(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """scale * elu(input, alpha) with the constants of Klambauer et al. 2017."""
selu_: Any
def silu(input: Tensor) -> Tensor:
    """input * sigmoid(input)."""
silu_: Any
def smooth_l1_loss(input: Tensor, target: Tensor, reduction: _str = 'mean', beta: _float = 1.0) -> Tensor:
    """d ** 2 / (2 beta) where d = |input - target| is below beta, else d - beta / 2 (Girshick 2015)."""
def soft_margin_loss(input: Tensor, target: Tensor, reduction: _str = 'mean') -> Tensor:
    """log(1 + exp(-target * input))."""
def softplus(input: Tensor, beta: _float = 1.0, threshold: _float = 20.0) -> Tensor:
    """log(1 + exp(beta * input)) / beta; the identity where beta * input > threshold."""
softplus_: Any
def softshrink(input: Tensor, lambd: _float = 0.5) -> Tensor:
    """input moved towards 0 by lambd; 0 within [-lambd, lambd]."""
def softsign(input: Tensor) -> Tensor:
    """input / (1 + |input|)."""
softsign_: Any
def threshold(input: Tensor, threshold: Number, value: Number, *, out: Tensor | None = None) -> Tensor:
    """input where it is above threshold, value elsewhere."""
threshold_: Any
def triplet_margin_loss(anchor: Tensor, positive: Tensor, negative: Tensor, margin: _float = 1.0, p: _float = 2.0, eps: _float = 1e-06, swap: _bool = False, reduction: _str = 'mean', *, out: Tensor | None = None) -> Tensor:
    """max(0, margin + d(anchor, positive) - d(anchor, negative)), d being pairwise_distance; swap: the smaller of d(anchor, negative) and d(positive, negative) (Balntas et al. 2016)."""
