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

def airy_ai(input: Tensor) -> Tensor:
    """The Airy function Ai."""
def bessel_j0(input: Tensor) -> Tensor:
    """The Bessel function of the first kind, order 0."""
def bessel_j1(input: Tensor) -> Tensor:
    """The Bessel function of the first kind, order 1."""
def bessel_y0(input: Tensor) -> Tensor:
    """The Bessel function of the second kind, order 0."""
def bessel_y1(input: Tensor) -> Tensor:
    """The Bessel function of the second kind, order 1."""
def chebyshev_polynomial_t(input: Tensor | Number, n: Tensor | Number) -> Tensor:
    """The Chebyshev polynomial of the first kind, of degree n."""
def chebyshev_polynomial_u(input: Tensor | Number, n: Tensor | Number) -> Tensor:
    """The Chebyshev polynomial of the second kind, of degree n."""
def chebyshev_polynomial_v(input: Tensor | Number, n: Tensor | Number) -> Tensor:
    """The Chebyshev polynomial of the third kind, of degree n."""
def chebyshev_polynomial_w(input: Tensor | Number, n: Tensor | Number) -> Tensor:
    """The Chebyshev polynomial of the fourth kind, of degree n."""
def digamma(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The derivative of lgamma."""
def entr(input: Tensor) -> Tensor:
    """-input log(input); 0 at 0 and minus infinity below."""
def erfcx(input: Tensor) -> Tensor:
    """exp(input^2) erfc(input)."""
def erfinv(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse of erf, on (-1, 1)."""
def hermite_polynomial_h(input: Tensor | Number, n: Tensor | Number) -> Tensor:
    """The physicist's Hermite polynomial of degree n."""
def hermite_polynomial_he(input: Tensor | Number, n: Tensor | Number) -> Tensor:
    """The probabilist's Hermite polynomial of degree n."""
def i0(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The modified Bessel function of the first kind, order 0."""
def i0e(input: Tensor) -> Tensor:
    """exp(-|input|) i0(input)."""
def i1(input: Tensor) -> Tensor:
    """The modified Bessel function of the first kind, order 1."""
def i1e(input: Tensor) -> Tensor:
    """exp(-|input|) i1(input)."""
def laguerre_polynomial_l(input: Tensor | Number, n: Tensor | Number) -> Tensor:
    """The Laguerre polynomial of degree n."""
def legendre_polynomial_p(input: Tensor | Number, n: Tensor | Number) -> Tensor:
    """The Legendre polynomial of degree n."""
def log_ndtr(input: Tensor) -> Tensor:
    """The logarithm of the normal distribution function."""
def logit(input: Tensor, eps: _float | None = None, *, out: Tensor | None = None) -> Tensor:
    """log(input / (1 - input)); with eps input is limited to [eps, 1 - eps] first."""
def modified_bessel_i0(input: Tensor) -> Tensor:
    """The modified Bessel function of the first kind, order 0."""
def modified_bessel_i1(input: Tensor) -> Tensor:
    """The modified Bessel function of the first kind, order 1."""
def modified_bessel_k0(input: Tensor) -> Tensor:
    """The modified Bessel function of the second kind, order 0."""
def modified_bessel_k1(input: Tensor) -> Tensor:
    """The modified Bessel function of the second kind, order 1."""
def ndtr(input: Tensor) -> Tensor:
    """The normal distribution function."""
def ndtri(input: Tensor) -> Tensor:
    """The quantile of the normal distribution with area input below it."""
def scaled_modified_bessel_k0(input: Tensor) -> Tensor:
    """exp(input) times the modified Bessel function of the second kind, order 0."""
def scaled_modified_bessel_k1(input: Tensor) -> Tensor:
    """exp(input) times the modified Bessel function of the second kind, order 1."""
def shifted_chebyshev_polynomial_t(input: Tensor | Number, n: Tensor | Number) -> Tensor:
    """The Chebyshev polynomial of the first kind at 2 input - 1."""
def shifted_chebyshev_polynomial_u(input: Tensor | Number, n: Tensor | Number) -> Tensor:
    """The Chebyshev polynomial of the second kind at 2 input - 1."""
def shifted_chebyshev_polynomial_v(input: Tensor | Number, n: Tensor | Number) -> Tensor:
    """The Chebyshev polynomial of the third kind at 2 input - 1."""
def shifted_chebyshev_polynomial_w(input: Tensor | Number, n: Tensor | Number) -> Tensor:
    """The Chebyshev polynomial of the fourth kind at 2 input - 1."""
def sinc(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """sin(pi input) / (pi input); 1 at 0."""
def spherical_bessel_j0(input: Tensor) -> Tensor:
    """sin(input) / input."""
def xlog1py(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """input * log1p(other); 0 where input is 0 and other is a number."""
def xlogy(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """input * log(other); 0 where input is 0 and other is a number."""
def zeta(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """The Hurwitz zeta function: the sum of (k + other) ** -input over k = 0, 1, .."""
