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
_dtype: TypeAlias = "dtype"
_device: TypeAlias = "device"
_layout: TypeAlias = "layout"
_memory_format: TypeAlias = "memory_format"
Number: TypeAlias = _b.int | _b.float | _b.bool | _b.complex

from . import _io as _io, _layers as _layers, _nn as _nn, _optim as _optim, _special as _special

class memory_format: ...
class layout: ...

class __fractional_max_pool2d_result(NamedTuple):
    output: Tensor
    indices: Tensor

class __fractional_max_pool3d_result(NamedTuple):
    output: Tensor
    indices: Tensor

class _adaptive_max_pool1d_with_indices_result(NamedTuple):
    output: Tensor
    indices: Tensor

class _adaptive_max_pool2d_with_indices_result(NamedTuple):
    output: Tensor
    indices: Tensor

class _adaptive_max_pool3d_with_indices_result(NamedTuple):
    output: Tensor
    indices: Tensor

class _aminmax_result(NamedTuple):
    min: Tensor
    max: Tensor

class _ctc_forward_result(NamedTuple):
    neg_log_likelihood: Tensor
    log_alpha: Tensor

class _cummax_result(NamedTuple):
    values: Tensor
    indices: Tensor

class _cummin_result(NamedTuple):
    values: Tensor
    indices: Tensor

class _frexp_result(NamedTuple):
    mantissa: Tensor
    exponent: Tensor

class _grid_sampler_backward_result(NamedTuple):
    input: Tensor
    grid: Tensor

class _kthvalue_result(NamedTuple):
    values: Tensor
    indices: Tensor

class _linalg_cholesky_ex_result(NamedTuple):
    L: Tensor
    info: Tensor

class _linalg_eigh_result(NamedTuple):
    eigenvalues: Tensor
    eigenvectors: Tensor

class _linalg_inv_ex_result(NamedTuple):
    inverse: Tensor
    info: Tensor

class _linalg_qr_result(NamedTuple):
    Q: Tensor
    R: Tensor

class _linalg_slogdet_result(NamedTuple):
    sign: Tensor
    logabsdet: Tensor

class _linalg_svd_result(NamedTuple):
    U: Tensor
    S: Tensor
    Vh: Tensor

class _max_result(NamedTuple):
    values: Tensor
    indices: Tensor

class _max_pool_result(NamedTuple):
    output: Tensor
    indices: Tensor

class _max_pool1d_with_indices_result(NamedTuple):
    output: Tensor
    indices: Tensor

class _max_pool2d_with_indices_result(NamedTuple):
    output: Tensor
    indices: Tensor

class _max_pool3d_with_indices_result(NamedTuple):
    output: Tensor
    indices: Tensor

class _median_result(NamedTuple):
    values: Tensor
    indices: Tensor

class _min_result(NamedTuple):
    values: Tensor
    indices: Tensor

class _mode_result(NamedTuple):
    values: Tensor
    indices: Tensor

class _nanmedian_result(NamedTuple):
    values: Tensor
    indices: Tensor

class _native_layer_norm_result(NamedTuple):
    output: Tensor
    mean: Tensor
    rstd: Tensor

class _normalize_channels_result(NamedTuple):
    output: Tensor
    mean: Tensor
    var: Tensor

class _normalize_channels_grad_result(NamedTuple):
    input: Tensor
    weight: Tensor
    bias: Tensor

class _normalize_groups_result(NamedTuple):
    output: Tensor
    mean: Tensor
    rstd: Tensor

class _normalize_groups_grad_result(NamedTuple):
    input: Tensor
    weight: Tensor
    bias: Tensor

class _normalize_rows_result(NamedTuple):
    output: Tensor
    mean: Tensor
    rstd: Tensor

class _normalize_rows_grad_result(NamedTuple):
    input: Tensor
    weight: Tensor
    bias: Tensor

class _sort_result(NamedTuple):
    values: Tensor
    indices: Tensor

class _std_mean_result(NamedTuple):
    std: Tensor
    mean: Tensor

class _topk_result(NamedTuple):
    values: Tensor
    indices: Tensor

class _unique_result(NamedTuple):
    output: Tensor
    inverse_indices: Tensor
    counts: Tensor

class _unique_consecutive_result(NamedTuple):
    output: Tensor
    inverse_indices: Tensor
    counts: Tensor

class _var_mean_result(NamedTuple):
    var: Tensor
    mean: Tensor

class FunctionCtx:
    def __init__(self, *args: Any, **kwargs: Any) -> None: ...
    def mark_dirty(self, *args: Any) -> None: ...
    def mark_non_differentiable(self, *args: Any) -> None: ...
    def name(self) -> None: ...
    @property
    def needs_input_grad(self) -> Any: ...
    def save_for_backward(self, *args: Any) -> None:
        """Keeps tensors for backward, where they are saved_tensors."""
    def save_for_forward(self, *args: Any) -> None: ...
    @property
    def saved_tensors(self) -> Any: ...
    @property
    def saved_variables(self) -> Any: ...
    def set_materialize_grads(self, value: _bool) -> None: ...
    @property
    def to_save(self) -> Any: ...

class Generator:
    """A stream of random numbers: MT19937, with PyTorch's numbers for one seed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None: ...
    def clone_state(self) -> Generator:
        """A generator of its own in the same state."""
    @property
    def device(self) -> _device: ...
    def get_offset(self) -> None: ...
    def get_state(self) -> Tensor:
        """The whole state, as a uint8 tensor of 5056 elements."""
    def graphsafe_get_state(self) -> None: ...
    def graphsafe_set_state(self, state: Any) -> None: ...
    def initial_seed(self) -> _int:
        """The seed it started from."""
    def manual_seed(self, seed: Any) -> Generator:
        """Starts again from this seed, of 64 bits. Returns the generator."""
    def seed(self) -> _int:
        """Starts again from a number of the system's; returns it."""
    def set_offset(self, offset: Any) -> None: ...
    def set_state(self, new_state: Any) -> Generator:
        """Goes on from a state that get_state() gave."""

class Size(tuple[_int, ...]):
    def numel(self) -> _int: ...
class Tensor:
    """Numbers of one dtype in a grid of any rank, on one device.

Made by torch.tensor(data), torch.zeros(2, 3) and the other factories; Tensor(2, 3) is an
unset one of that size, Tensor([1, 2]) a copy of the numbers, both of the default dtype.
shape, dtype and device say what it is; requires_grad whether ops record their gradients,
which backward() adds into the grad of the leaves. Methods ending in _ change it in place."""

    @property
    def H(self) -> Tensor: ...
    @property
    def T(self) -> Tensor:
        """All axes reversed."""
    @property
    def _base(self) -> Tensor | None: ...
    _grad: Tensor | None
    @property
    def _version(self) -> _int:
        """How many in-place changes there were."""
    @property
    def creator(self) -> _bool:
        """The old name of grad_fn."""
    data: Tensor
    @property
    def device(self) -> _device:
        """Where it lies."""
    @property
    def dtype(self) -> _dtype:
        """The element type."""
    grad: Tensor | None
    @property
    def grad_dtype(self) -> _bool:
        """What dtype .grad must have."""
    @property
    def grad_fn(self) -> Any:
        """The node that made this tensor, or None for a leaf."""
    @property
    def imag(self) -> Tensor: ...
    @property
    def is_cpu(self) -> _bool: ...
    @property
    def is_cuda(self) -> _bool: ...
    @property
    def is_leaf(self) -> _bool:
        """Whether no recorded op made it."""
    @property
    def is_meta(self) -> _bool: ...
    @property
    def is_quantized(self) -> _bool: ...
    @property
    def is_sparse(self) -> _bool: ...
    @property
    def itemsize(self) -> _int: ...
    @property
    def layout(self) -> _layout: ...
    @property
    def mH(self) -> Tensor: ...
    @property
    def mT(self) -> Tensor:
        """The last two axes swapped."""
    @property
    def name(self) -> None: ...
    @property
    def nbytes(self) -> _int: ...
    @property
    def ndim(self) -> _int:
        """The number of axes."""
    @property
    def output_nr(self) -> _int: ...
    @property
    def real(self) -> Tensor: ...
    requires_grad: bool
    @property
    def retains_grad(self) -> _bool: ...
    @property
    def shape(self) -> Size:
        """The sizes, as torch.Size."""
    @property
    def volatile(self) -> _bool:
        """False: use no_grad instead."""
    @overload
    def size(self, dim: None = None) -> Size: ...
    @overload
    def size(self, dim: _int) -> _int: ...
    @overload
    def stride(self, dim: None = None) -> tuple[_int, ...]: ...
    @overload
    def stride(self, dim: _int) -> _int: ...
    def backward(
        self,
        gradient: Tensor | None = None,
        retain_graph: _bool | None = None,
        create_graph: _bool = False,
        inputs: Tensor | Sequence[Tensor] | None = None,
    ) -> None: ...
    def to(self, *args: Any, device: Any = None, dtype: Any = None, other: Tensor | None = None,
           non_blocking: _bool = False, copy: _bool = False,
           memory_format: _memory_format | None = None) -> Tensor: ...
    def numpy(self, *, force: _bool = False) -> Any: ...
    def item(self) -> Any: ...
    def tolist(self) -> Any: ...
    @overload
    def type(self, dtype: None = None, non_blocking: _bool = False) -> _str: ...
    @overload
    def type(self, dtype: Any, non_blocking: _bool = False) -> Tensor: ...
    def register_hook(self, hook: Callable[[Tensor], Tensor | None]) -> _HookHandle: ...
    def register_post_accumulate_grad_hook(
        self, hook: Callable[[Tensor], None]
    ) -> _HookHandle: ...
    def __getitem__(self, key: Any, /) -> Tensor: ...
    def __setitem__(self, key: Any, value: Any, /) -> None: ...
    def __iter__(self) -> Iterator[Tensor]: ...
    def __len__(self) -> _int: ...
    def __bool__(self) -> _bool: ...
    def __int__(self) -> _int: ...
    def __float__(self) -> _float: ...
    def __complex__(self) -> _complex: ...
    def __index__(self) -> _int: ...
    def __contains__(self, item: Any, /) -> _bool: ...
    def __hash__(self) -> _int: ...
    def __format__(self, spec: _str) -> _str: ...
    def __new__(cls, *args: Any, device: Any = None) -> Tensor: ...
    def __array__(self, dtype: Any = None, *, copy: Any = None) -> Any: ...
    def unique(self, sorted: _bool = True, return_inverse: _bool = False, return_counts: _bool = False, dim: _int | None = None) -> Any: ...
    def unique_consecutive(self, return_inverse: _bool = False, return_counts: _bool = False, dim: _int | None = None) -> Any: ...
    def nonzero(self, *, as_tuple: _bool = False) -> Any: ...
    def allclose(self, other: Tensor, rtol: _float = 1e-05, atol: _float = 1e-08, equal_nan: _bool = False) -> _bool: ...
    def is_nonzero(self) -> _bool: ...
    def __add__(self, other: Any, /) -> Tensor: ...
    def __radd__(self, other: Any, /) -> Tensor: ...
    def __iadd__(self, other: Any, /) -> Tensor: ...
    def __sub__(self, other: Any, /) -> Tensor: ...
    def __rsub__(self, other: Any, /) -> Tensor: ...
    def __isub__(self, other: Any, /) -> Tensor: ...
    def __mul__(self, other: Any, /) -> Tensor: ...
    def __rmul__(self, other: Any, /) -> Tensor: ...
    def __imul__(self, other: Any, /) -> Tensor: ...
    def __truediv__(self, other: Any, /) -> Tensor: ...
    def __rtruediv__(self, other: Any, /) -> Tensor: ...
    def __itruediv__(self, other: Any, /) -> Tensor: ...
    def __floordiv__(self, other: Any, /) -> Tensor: ...
    def __rfloordiv__(self, other: Any, /) -> Tensor: ...
    def __ifloordiv__(self, other: Any, /) -> Tensor: ...
    def __mod__(self, other: Any, /) -> Tensor: ...
    def __rmod__(self, other: Any, /) -> Tensor: ...
    def __imod__(self, other: Any, /) -> Tensor: ...
    def __pow__(self, other: Any, /) -> Tensor: ...
    def __rpow__(self, other: Any, /) -> Tensor: ...
    def __ipow__(self, other: Any, /) -> Tensor: ...
    def __matmul__(self, other: Any, /) -> Tensor: ...
    def __rmatmul__(self, other: Any, /) -> Tensor: ...
    def __and__(self, other: Any, /) -> Tensor: ...
    def __rand__(self, other: Any, /) -> Tensor: ...
    def __iand__(self, other: Any, /) -> Tensor: ...
    def __or__(self, other: Any, /) -> Tensor: ...
    def __ror__(self, other: Any, /) -> Tensor: ...
    def __ior__(self, other: Any, /) -> Tensor: ...
    def __xor__(self, other: Any, /) -> Tensor: ...
    def __rxor__(self, other: Any, /) -> Tensor: ...
    def __ixor__(self, other: Any, /) -> Tensor: ...
    def __lshift__(self, other: Any, /) -> Tensor: ...
    def __rlshift__(self, other: Any, /) -> Tensor: ...
    def __rshift__(self, other: Any, /) -> Tensor: ...
    def __rrshift__(self, other: Any, /) -> Tensor: ...
    def __eq__(self, other: Any, /) -> Tensor: ...  # type: ignore[override]
    def __ne__(self, other: Any, /) -> Tensor: ...  # type: ignore[override]
    def __lt__(self, other: Any, /) -> Tensor: ...
    def __le__(self, other: Any, /) -> Tensor: ...
    def __gt__(self, other: Any, /) -> Tensor: ...
    def __ge__(self, other: Any, /) -> Tensor: ...
    def __neg__(self) -> Tensor: ...
    def __pos__(self) -> Tensor: ...
    def __abs__(self) -> Tensor: ...
    def __invert__(self) -> Tensor: ...
    def __dlpack__(self, *, stream: Any = -1, max_version: Any | None = None, dl_device: Any | None = None, copy: Any | None = None) -> Any:
        """The memory as a DLPack capsule, shared."""
    def __dlpack_device__(self) -> tuple[_int, _int]: ...
    def abs(self) -> Tensor:
        """The absolute value; of a complex number its modulus, a real number."""
    def abs_(self) -> Tensor:
        """The absolute value; of a complex number its modulus, a real number."""
    def absolute(self) -> Tensor:
        """The absolute value; of a complex number its modulus, a real number."""
    def absolute_(self) -> Tensor:
        """The absolute value; of a complex number its modulus, a real number."""
    def acos(self) -> Tensor:
        """The inverse cosine, in radians."""
    def acos_(self) -> Tensor:
        """The inverse cosine, in radians."""
    def acosh(self) -> Tensor:
        """The inverse hyperbolic cosine."""
    def acosh_(self) -> Tensor:
        """The inverse hyperbolic cosine."""
    def add(self, other: Tensor | Number, *, alpha: Number = 1) -> Tensor:
        """input + alpha * other."""
    def add_(self, other: Tensor | Number, *, alpha: Number = 1) -> Tensor:
        """input + alpha * other."""
    def addbmm(self, batch1: Tensor, batch2: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
        """beta * input + alpha * the sum of the products of the matrices in batch1 and batch2."""
    def addbmm_(self, batch1: Tensor, batch2: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
        """beta * input + alpha * the sum of the products of the matrices in batch1 and batch2."""
    def addcdiv(self, tensor1: Tensor, tensor2: Tensor, *, value: Number = 1) -> Tensor:
        """input + value * tensor1 / tensor2, of floats only."""
    def addcdiv_(self, tensor1: Tensor, tensor2: Tensor, *, value: Number = 1) -> Tensor:
        """input + value * tensor1 / tensor2, of floats only."""
    def addcmul(self, tensor1: Tensor, tensor2: Tensor, *, value: Number = 1) -> Tensor:
        """input + value * tensor1 * tensor2."""
    def addcmul_(self, tensor1: Tensor, tensor2: Tensor, *, value: Number = 1) -> Tensor:
        """input + value * tensor1 * tensor2."""
    def addmm(self, mat1: Tensor, mat2: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
        """beta * input + alpha * (mat1 @ mat2)."""
    def addmm_(self, mat1: Tensor, mat2: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
        """beta * input + alpha * (mat1 @ mat2)."""
    def addmv(self, mat: Tensor, vec: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
        """beta * input + alpha * (mat @ vec)."""
    def addmv_(self, mat: Tensor, vec: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
        """beta * input + alpha * (mat @ vec)."""
    def addr(self, vec1: Tensor, vec2: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
        """beta * input + alpha * outer(vec1, vec2)."""
    def addr_(self, vec1: Tensor, vec2: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
        """beta * input + alpha * outer(vec1, vec2)."""
    @overload
    def all(self) -> Tensor:
        """Whether no element is zero; uint8 for uint8, else bool."""
    @overload
    def all(self, dim: _int | Sequence[_int] | None, keepdim: _bool = False) -> Tensor:
        """Whether no element is zero, over the axes in dim."""
    def amax(self, dim: _int | Sequence[_int] = (), keepdim: _bool = False) -> Tensor:
        """The largest element over the axes in dim, or over all. Equal ones share the gradient."""
    def amin(self, dim: _int | Sequence[_int] = (), keepdim: _bool = False) -> Tensor:
        """The smallest element over the axes in dim, or over all. Equal ones share the gradient."""
    def aminmax(self, *, dim: _int | None = None, keepdim: _bool = False) -> _aminmax_result:
        """The smallest and largest elements along dim, or of all."""
    def angle(self) -> Tensor:
        """The angle of a complex number, in (-pi, pi]; of a real one 0, or pi where negative."""
    @overload
    def any(self) -> Tensor:
        """Whether an element is not zero; uint8 for uint8, else bool."""
    @overload
    def any(self, dim: _int | Sequence[_int] | None, keepdim: _bool = False) -> Tensor:
        """Whether an element is not zero, over the axes in dim."""
    def apply_(self, callable: Any) -> Any:
        """Replaces each element by callable(element): slow, for tensors on the CPU."""
    def arccos(self) -> Tensor:
        """The inverse cosine, in radians."""
    def arccos_(self) -> Tensor:
        """The inverse cosine, in radians."""
    def arccosh(self) -> Tensor:
        """The inverse hyperbolic cosine."""
    def arccosh_(self) -> Tensor:
        """The inverse hyperbolic cosine."""
    def arcsin(self) -> Tensor:
        """The inverse sine, in radians."""
    def arcsin_(self) -> Tensor:
        """The inverse sine, in radians."""
    def arcsinh(self) -> Tensor:
        """The inverse hyperbolic sine."""
    def arcsinh_(self) -> Tensor:
        """The inverse hyperbolic sine."""
    def arctan(self) -> Tensor:
        """The inverse tangent, in radians."""
    def arctan2(self, other: Tensor) -> Tensor:
        """The angle of the point (other, input), in (-pi, pi]."""
    def arctan2_(self, other: Tensor) -> Tensor:
        """The angle of the point (other, input), in (-pi, pi]."""
    def arctan_(self) -> Tensor:
        """The inverse tangent, in radians."""
    def arctanh(self) -> Tensor:
        """The inverse hyperbolic tangent."""
    def arctanh_(self) -> Tensor:
        """The inverse hyperbolic tangent."""
    def argmax(self, dim: _int | None = None, keepdim: _bool = False) -> Tensor:
        """The index of the first largest element along dim, or among all in row-major order; int64."""
    def argmin(self, dim: _int | None = None, keepdim: _bool = False) -> Tensor:
        """The index of the first smallest element along dim, or among all in row-major order; int64."""
    def argsort(self, dim: _int = -1, descending: _bool = False, *, stable: _bool = False) -> Tensor:
        """The indices that sort input along dim."""
    def argwhere(self) -> Tensor:
        """Where input is not zero: a row of indices for each element."""
    def as_strided(self, size: _int | Sequence[_int], stride: _int | Sequence[_int], storage_offset: _int | None = None) -> Tensor:
        """Any sizes, strides and offset on the input's memory."""
    def as_strided_(self, size: _int | Sequence[_int], stride: _int | Sequence[_int], storage_offset: _int | None = None) -> Tensor:
        """Any sizes, strides and offset on the input's memory."""
    def as_strided_scatter(self, src: Tensor, size: _int | Sequence[_int], stride: _int | Sequence[_int], storage_offset: _int | None = None) -> Tensor:
        """A copy of input whose as_strided view is src."""
    def as_subclass(self, cls: Any) -> Any:
        """The same elements and history as an object of a subclass of Tensor."""
    def asin(self) -> Tensor:
        """The inverse sine, in radians."""
    def asin_(self) -> Tensor:
        """The inverse sine, in radians."""
    def asinh(self) -> Tensor:
        """The inverse hyperbolic sine."""
    def asinh_(self) -> Tensor:
        """The inverse hyperbolic sine."""
    def atan(self) -> Tensor:
        """The inverse tangent, in radians."""
    def atan2(self, other: Tensor) -> Tensor:
        """The angle of the point (other, input), in (-pi, pi]."""
    def atan2_(self, other: Tensor) -> Tensor:
        """The angle of the point (other, input), in (-pi, pi]."""
    def atan_(self) -> Tensor:
        """The inverse tangent, in radians."""
    def atanh(self) -> Tensor:
        """The inverse hyperbolic tangent."""
    def atanh_(self) -> Tensor:
        """The inverse hyperbolic tangent."""
    def baddbmm(self, batch1: Tensor, batch2: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
        """beta * input + alpha * bmm(batch1, batch2)."""
    def baddbmm_(self, batch1: Tensor, batch2: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
        """beta * input + alpha * bmm(batch1, batch2)."""
    def bernoulli(self, p: _float | None = None, *, generator: Generator | None = None) -> Tensor:
        """1 with the probability that input has in its place, or with probability p if that is given; else 0. Of input's dtype."""
    @overload
    def bernoulli_(self, p: Tensor, *, generator: Generator | None = None) -> Tensor:
        """Every element becomes 1 with the probability that p, broadcast, has in its place, else 0."""
    @overload
    def bernoulli_(self, p: _float = 0.5, *, generator: Generator | None = None) -> Tensor:
        """Every element becomes 1 with probability p, else 0."""
    def bfloat16(self, memory_format: Any | None = None) -> Tensor: ...
    def bincount(self, weights: Tensor | None = None, minlength: _int = 0) -> Tensor:
        """How often each number 0, 1, .. occurs in the vector input, or the sums of its weights."""
    def binomial(self, prob: Tensor, generator: Generator | None = None) -> Tensor:
        """Numbers of successes in count trials, each of probability prob; of one shape."""
    def bitwise_and(self, other: Tensor | Number) -> Tensor:
        """input & other, bit by bit."""
    def bitwise_and_(self, other: Tensor | Number) -> Tensor:
        """input & other, bit by bit."""
    def bitwise_left_shift(self, other: Tensor | Number) -> Tensor:
        """input * 2 ** other, in the integer type of input."""
    def bitwise_left_shift_(self, other: Tensor | Number) -> Tensor:
        """input * 2 ** other, in the integer type of input."""
    def bitwise_not(self) -> Tensor:
        """Every bit inverted; of bools, not."""
    def bitwise_not_(self) -> Tensor:
        """Every bit inverted; of bools, not."""
    def bitwise_or(self, other: Tensor | Number) -> Tensor:
        """input | other, bit by bit."""
    def bitwise_or_(self, other: Tensor | Number) -> Tensor:
        """input | other, bit by bit."""
    def bitwise_right_shift(self, other: Tensor | Number) -> Tensor:
        """input shifted right by other bits, the sign kept."""
    def bitwise_right_shift_(self, other: Tensor | Number) -> Tensor:
        """input shifted right by other bits, the sign kept."""
    def bitwise_xor(self, other: Tensor | Number) -> Tensor:
        """input ^ other, bit by bit."""
    def bitwise_xor_(self, other: Tensor | Number) -> Tensor:
        """input ^ other, bit by bit."""
    def bmm(self, mat2: Tensor) -> Tensor:
        """The products of the matrices in [b, n, k] and [b, k, m]."""
    def bool(self, memory_format: Any | None = None) -> Tensor: ...
    def broadcast_to(self, size: _int | Sequence[_int]) -> Tensor:
        """input expanded to size."""
    def byte(self, memory_format: Any | None = None) -> Tensor: ...
    def cat(self, dim: _int = 0) -> Tensor:
        """The tensors one after another along dim."""
    def cauchy_(self, median: _float = 0.0, sigma: _float = 1.0, *, generator: Generator | None = None) -> Tensor:
        """Every element becomes a number of density sigma / (pi * (sigma ** 2 + (x - median) ** 2))."""
    def cdouble(self, memory_format: Any | None = None) -> Tensor: ...
    def ceil(self) -> Tensor:
        """The smallest integer not below input."""
    def ceil_(self) -> Tensor:
        """The smallest integer not below input."""
    def cfloat(self, memory_format: Any | None = None) -> Tensor: ...
    def char(self, memory_format: Any | None = None) -> Tensor: ...
    def cholesky(self, upper: Any = False) -> Any:
        """The triangular factor of symmetric positive definite matrices."""
    def cholesky_inverse(self, upper: Any = False) -> Any:
        """The inverse of A, where L is its lower, or upper, Cholesky factor."""
    def cholesky_solve(self, L: Any, upper: Any = False) -> Any:
        """x of A x = B, where L is the lower, or the upper, Cholesky factor of A."""
    def chunk(self, chunks: _int, dim: _int = 0) -> tuple[Tensor, ...]:
        """At most `chunks` pieces of equal size along dim."""
    @overload
    def clamp(self, min: Number | None = None, max: Number | None = None) -> Tensor:
        """input limited to [min, max]; either may be None. NaN stays NaN."""
    @overload
    def clamp(self, min: Tensor | None = None, max: Tensor | None = None) -> Tensor:
        """input limited elementwise to [min, max]; either may be None."""
    @overload
    def clamp_(self, min: Number | None = None, max: Number | None = None) -> Tensor:
        """input limited to [min, max]; either may be None. NaN stays NaN."""
    @overload
    def clamp_(self, min: Tensor | None = None, max: Tensor | None = None) -> Tensor:
        """input limited elementwise to [min, max]; either may be None."""
    def clamp_max(self, max: Tensor | Number) -> Tensor:
        """input, at most max."""
    def clamp_max_(self, max: Tensor | Number) -> Tensor:
        """input, at most max."""
    def clamp_min(self, min: Tensor | Number) -> Tensor:
        """input, at least min."""
    def clamp_min_(self, min: Tensor | Number) -> Tensor:
        """input, at least min."""
    @overload
    def clip(self, min: Number | None = None, max: Number | None = None) -> Tensor:
        """input limited to [min, max]; either may be None. NaN stays NaN."""
    @overload
    def clip(self, min: Tensor | None = None, max: Tensor | None = None) -> Tensor:
        """input limited elementwise to [min, max]; either may be None."""
    @overload
    def clip_(self, min: Number | None = None, max: Number | None = None) -> Tensor:
        """input limited to [min, max]; either may be None. NaN stays NaN."""
    @overload
    def clip_(self, min: Tensor | None = None, max: Tensor | None = None) -> Tensor:
        """input limited elementwise to [min, max]; either may be None."""
    def clone(self, *, memory_format: _str = 'preserve') -> Tensor:
        """A copy with memory of its own."""
    def combinations(self, r: _int = 2, with_replacement: _bool = False) -> Tensor:
        """All choices of r elements of a vector, as rows."""
    def concat(self, dim: _int = 0) -> Tensor:
        """The tensors one after another along dim."""
    def concatenate(self, dim: _int = 0) -> Tensor:
        """The tensors one after another along dim."""
    def conj(self) -> Tensor:
        """The complex conjugate; a real tensor is returned itself."""
    def conj_physical(self) -> Tensor:
        """The complex conjugate, computed at once."""
    def conj_physical_(self) -> Tensor:
        """The complex conjugate, computed at once."""
    def contiguous(self, *, memory_format: _str = 'contiguous') -> Tensor:
        """input itself if its elements lie in that order, else a copy."""
    def copy_(self, src: Tensor, non_blocking: _bool = False) -> Tensor:
        """Every element becomes that of src, which is broadcast and cast."""
    def copysign(self, other: Tensor | Number) -> Tensor:
        """|input| with the sign of other."""
    def copysign_(self, other: Tensor | Number) -> Tensor:
        """|input| with the sign of other."""
    def corrcoef(self) -> Tensor:
        """The correlation coefficients of variables in rows."""
    def cos(self) -> Tensor:
        """The cosine of input in radians."""
    def cos_(self) -> Tensor:
        """The cosine of input in radians."""
    def cosh(self) -> Tensor:
        """The hyperbolic cosine."""
    def cosh_(self) -> Tensor:
        """The hyperbolic cosine."""
    def count_nonzero(self, dim: _int | Sequence[_int] | None = None) -> Tensor:
        """How many elements are not zero, over the axes in dim; int64."""
    def cov(self, *, correction: _int = 1, fweights: Tensor | None = None, aweights: Tensor | None = None) -> Tensor:
        """The covariance matrix of variables in rows; columns may have integer frequencies and real weights."""
    def cpu(self, memory_format: Any | None = None) -> Tensor: ...
    def cross(self, other: Tensor, dim: _int | None = None) -> Tensor:
        """The cross products of vectors of 3 along dim; without dim the first axis of size 3."""
    def cuda(self, *args: Any, **kwargs) -> Tensor: ...
    def cummax(self, dim: _int) -> _cummax_result:
        """The largest element so far along dim and its index; the last of equal ones."""
    def cummin(self, dim: _int) -> _cummin_result:
        """The smallest element so far along dim and its index; the last of equal ones."""
    def cumprod(self, dim: _int, *, dtype: _dtype | None = None) -> Tensor:
        """out[i] = input[0] * .. * input[i] along dim. Bools and integers are multiplied in int64."""
    def cumprod_(self, dim: _int, *, dtype: _dtype | None = None) -> Tensor:
        """out[i] = input[0] * .. * input[i] along dim. Bools and integers are multiplied in int64."""
    def cumsum(self, dim: _int, *, dtype: _dtype | None = None) -> Tensor:
        """out[i] = input[0] + .. + input[i] along dim. Bools and integers are summed in int64."""
    def cumsum_(self, dim: _int, *, dtype: _dtype | None = None) -> Tensor:
        """out[i] = input[0] + .. + input[i] along dim. Bools and integers are summed in int64."""
    def data_ptr(self) -> _int: ...
    def deg2rad(self) -> Tensor:
        """Degrees to radians."""
    def deg2rad_(self) -> Tensor:
        """Degrees to radians."""
    def det(self) -> Any:
        """The determinants of square matrices."""
    def detach(self) -> Tensor:
        """The same elements outside the graph."""
    def detach_(self) -> Tensor: ...
    def diag(self, diagonal: _int = 0) -> Tensor:
        """A vector as the diagonal of a matrix of zeros; or a copy of a matrix's diagonal."""
    def diag_embed(self, offset: _int = 0, dim1: _int = -2, dim2: _int = -1) -> Tensor:
        """The last axis as diagonals of matrices of zeros, which lie in axes dim1 and dim2."""
    def diagflat(self, offset: _int = 0) -> Tensor:
        """The flattened input as the diagonal of a matrix of zeros."""
    def diagonal(self, offset: _int = 0, dim1: _int = 0, dim2: _int = 1) -> Tensor:
        """The diagonal of axes dim1 and dim2 as the last axis; offset moves it right, or down where negative."""
    def diagonal_scatter(self, src: Tensor, offset: _int = 0, dim1: _int = 0, dim2: _int = 1) -> Tensor:
        """A copy of input whose diagonal is src."""
    def diff(self, n: _int = 1, dim: _int = -1, prepend: Tensor | None = None, append: Tensor | None = None) -> Tensor:
        """The differences of neighbours along dim, n times; between prepend and append."""
    def digamma(self) -> Tensor:
        """The derivative of lgamma."""
    def digamma_(self) -> Tensor:
        """The derivative of lgamma."""
    def dim(self) -> _int: ...
    def dim_order(self, *, ambiguity_check: Any = False) -> tuple[_int, ...]:
        """The axes from the slowest in memory to the fastest.

        Args:
        ambiguity_check: whether to refuse (RuntimeError) where axes of size 1, or of equal
        strides, leave a choice.
        """
    def dist(self, other: Tensor, p: _float = 2.0) -> Tensor:
        """The norm of order p of input - other."""
    @overload
    def div(self, other: Tensor | Number) -> Tensor:
        """input / other; of integers the true quotient."""
    @overload
    def div(self, other: Tensor | Number, *, rounding_mode: _str) -> Tensor:
        """input / other, rounded: towards zero ('trunc'), down ('floor') or not at all (None)."""
    @overload
    def div_(self, other: Tensor | Number) -> Tensor:
        """input / other; of integers the true quotient."""
    @overload
    def div_(self, other: Tensor | Number, *, rounding_mode: _str) -> Tensor:
        """input / other, rounded: towards zero ('trunc'), down ('floor') or not at all (None)."""
    @overload
    def divide(self, other: Tensor | Number) -> Tensor:
        """input / other; of integers the true quotient."""
    @overload
    def divide(self, other: Tensor | Number, *, rounding_mode: _str) -> Tensor:
        """input / other, rounded: towards zero ('trunc'), down ('floor') or not at all (None)."""
    @overload
    def divide_(self, other: Tensor | Number) -> Tensor:
        """input / other; of integers the true quotient."""
    @overload
    def divide_(self, other: Tensor | Number, *, rounding_mode: _str) -> Tensor:
        """input / other, rounded: towards zero ('trunc'), down ('floor') or not at all (None)."""
    def dot(self, tensor: Tensor) -> Tensor:
        """The sum of the products of two vectors' elements."""
    def double(self, memory_format: Any | None = None) -> Tensor: ...
    def dsplit(self, indices_or_sections: Any) -> Any:
        """Pieces of a tensor along axis 2 (0 of a vector), as views: so many equal ones, or cut at indices."""
    def element_size(self) -> _int: ...
    def eq(self, other: Tensor | Number) -> Tensor:
        """Whether input == other."""
    def eq_(self, other: Tensor | Number) -> Tensor:
        """Whether input == other."""
    def equal(self, other: Tensor) -> _bool: ...
    def erf(self) -> Tensor:
        """The error function, 2/sqrt(pi) times the integral of exp(-t^2) from 0 to input."""
    def erf_(self) -> Tensor:
        """The error function, 2/sqrt(pi) times the integral of exp(-t^2) from 0 to input."""
    def erfc(self) -> Tensor:
        """1 - erf(input), exact for large input."""
    def erfc_(self) -> Tensor:
        """1 - erf(input), exact for large input."""
    def erfinv(self) -> Tensor:
        """The inverse of erf, on (-1, 1)."""
    def erfinv_(self) -> Tensor:
        """The inverse of erf, on (-1, 1)."""
    def exp(self) -> Tensor:
        """e to the power of input."""
    def exp2(self) -> Tensor:
        """2 to the power of input."""
    def exp2_(self) -> Tensor:
        """2 to the power of input."""
    def exp_(self) -> Tensor:
        """e to the power of input."""
    def expand(self, *size: _int | Sequence[_int]) -> Tensor:
        """Axes of size 1 repeated without a copy; -1 keeps a size."""
    def expand_as(self, other: Tensor) -> Tensor:
        """input.expand(other.size())."""
    def expm1(self) -> Tensor:
        """exp(input) - 1, exact near 0."""
    def expm1_(self) -> Tensor:
        """exp(input) - 1, exact near 0."""
    def exponential_(self, lambd: _float = 1.0, *, generator: Generator | None = None) -> Tensor:
        """Every element becomes a number of density lambd * exp(-lambd * x), x >= 0."""
    def fill_(self, value: Number) -> Tensor:
        """Every element becomes value."""
    def fill_diagonal_(self, fill_value: Number, wrap: _bool = False) -> Tensor:
        """The main diagonal becomes fill_value; repeated below it if wrap."""
    def fix(self) -> Tensor:
        """The integer part of input."""
    def fix_(self) -> Tensor:
        """The integer part of input."""
    def flatten(self, start_dim: _int = 0, end_dim: _int = -1) -> Tensor:
        """The axes start_dim to end_dim made one."""
    def flip(self, *dims: _int | Sequence[_int]) -> Tensor:
        """The elements in reverse order along the axes in dims."""
    def fliplr(self) -> Tensor:
        """flip of axis 1."""
    def flipud(self) -> Tensor:
        """flip of axis 0."""
    def float(self, memory_format: Any | None = None) -> Tensor: ...
    def float_power(self, exponent: Tensor | Number) -> Tensor:
        """input ** exponent in float64, or complex128."""
    def float_power_(self, exponent: Tensor | Number) -> Tensor:
        """input ** exponent in float64, or complex128."""
    def floor(self) -> Tensor:
        """The largest integer not above input."""
    def floor_(self) -> Tensor:
        """The largest integer not above input."""
    def floor_divide(self, other: Tensor | Number) -> Tensor:
        """The quotient rounded down."""
    def floor_divide_(self, other: Tensor | Number) -> Tensor:
        """The quotient rounded down."""
    def fmax(self, other: Tensor) -> Tensor:
        """The larger element; a NaN loses against a number."""
    def fmin(self, other: Tensor) -> Tensor:
        """The smaller element; a NaN loses against a number."""
    def fmod(self, other: Tensor | Number) -> Tensor:
        """input - other * trunc(input / other): the sign of input."""
    def fmod_(self, other: Tensor | Number) -> Tensor:
        """input - other * trunc(input / other): the sign of input."""
    def frac(self) -> Tensor:
        """input - trunc(input)."""
    def frac_(self) -> Tensor:
        """input - trunc(input)."""
    def frexp(self) -> _frexp_result:
        """mantissa in (-1, -0.5], 0 or [0.5, 1) and exponent with input = mantissa * 2 ** exponent."""
    def gather(self, dim: _int, index: Tensor, *, sparse_grad: _bool = False) -> Tensor:
        """out[i][j] = input[index[i][j]][j] for dim 0, and so on. sparse_grad: the gradient is dense, and a warning says so."""
    def gcd(self, other: Tensor) -> Tensor:
        """The greatest common divisor."""
    def gcd_(self, other: Tensor) -> Tensor:
        """The greatest common divisor."""
    def ge(self, other: Tensor | Number) -> Tensor:
        """Whether input >= other."""
    def ge_(self, other: Tensor | Number) -> Tensor:
        """Whether input >= other."""
    def geometric_(self, p: _float, *, generator: Generator | None = None) -> Tensor:
        """Every element becomes the number of trials up to the first success, each of probability p."""
    def ger(self, vec2: Tensor) -> Tensor:
        """The matrix input[i] * vec2[j] of two vectors."""
    def get_device(self) -> _int: ...
    def greater(self, other: Tensor | Number) -> Tensor:
        """Whether input > other."""
    def greater_(self, other: Tensor | Number) -> Tensor:
        """Whether input > other."""
    def greater_equal(self, other: Tensor | Number) -> Tensor:
        """Whether input >= other."""
    def greater_equal_(self, other: Tensor | Number) -> Tensor:
        """Whether input >= other."""
    def gt(self, other: Tensor | Number) -> Tensor:
        """Whether input > other."""
    def gt_(self, other: Tensor | Number) -> Tensor:
        """Whether input > other."""
    def half(self, memory_format: Any | None = None) -> Tensor: ...
    def hardshrink(self, lambd: _float = 0.5) -> Tensor:
        """input outside [-lambd, lambd]; 0 within."""
    def heaviside(self, values: Tensor) -> Tensor:
        """0 where input is negative, 1 where positive, values where 0."""
    def heaviside_(self, values: Tensor) -> Tensor:
        """0 where input is negative, 1 where positive, values where 0."""
    def histc(self, bins: _int = 100, min: _float = 0.0, max: _float = 0.0) -> Tensor:
        """How many elements lie in each of bins equal intervals from min to max; from the smallest to the largest element if those are equal."""
    def histogram(self, bins: Any, *, range: Any = None, weight: Any = None, density: Any = False, out: Any = None) -> Any:
        """Counts the elements of input between edges: the counts, and the edges.

        Args:
        bins: the number of intervals, or a tensor of their edges.
        range: the first and the last edge; without, those of the elements.
        """
    def hsplit(self, indices_or_sections: Any) -> Any:
        """Pieces of a tensor along axis 1 (0 of a vector), as views: so many equal ones, or cut at indices."""
    def hypot(self, other: Tensor) -> Tensor:
        """sqrt(input^2 + other^2), without overflow."""
    def hypot_(self, other: Tensor) -> Tensor:
        """sqrt(input^2 + other^2), without overflow."""
    def i0(self) -> Tensor:
        """The modified Bessel function of the first kind, order 0."""
    def i0_(self) -> Tensor:
        """The modified Bessel function of the first kind, order 0."""
    def igamma(self, other: Tensor) -> Tensor:
        """The regularised lower incomplete gamma function P(input, other)."""
    def igamma_(self, other: Tensor) -> Tensor:
        """The regularised lower incomplete gamma function P(input, other)."""
    def igammac(self, other: Tensor) -> Tensor:
        """The regularised upper incomplete gamma function Q(input, other)."""
    def igammac_(self, other: Tensor) -> Tensor:
        """The regularised upper incomplete gamma function Q(input, other)."""
    def index_add(self, dim: _int, index: Tensor, source: Tensor, *, alpha: Number = 1) -> Tensor:
        """out = input; the slice index[i] of out along dim gains alpha times slice i of source."""
    def index_add_(self, dim: _int, index: Tensor, source: Tensor, *, alpha: Number = 1) -> Tensor:
        """out = input; the slice index[i] of out along dim gains alpha times slice i of source."""
    def index_copy(self, dim: _int, index: Tensor, source: Tensor) -> Tensor:
        """out = input; the slice index[i] of out along dim becomes slice i of source."""
    def index_copy_(self, dim: _int, index: Tensor, source: Tensor) -> Tensor:
        """out = input; the slice index[i] of out along dim becomes slice i of source."""
    @overload
    def index_fill(self, dim: _int, index: Tensor, value: Number) -> Tensor:
        """out = input; the slices index[i] of out along dim become value."""
    @overload
    def index_fill(self, dim: _int, index: Tensor, value: Tensor) -> Tensor:
        """index_fill with a 0-dim tensor."""
    @overload
    def index_fill_(self, dim: _int, index: Tensor, value: Number) -> Tensor:
        """out = input; the slices index[i] of out along dim become value."""
    @overload
    def index_fill_(self, dim: _int, index: Tensor, value: Tensor) -> Tensor:
        """index_fill with a 0-dim tensor."""
    def index_put(self, indices: Any, values: Tensor, accumulate: _bool = False) -> Any:
        """values at the places that indices name: a tuple with a tensor, or None for a whole axis, for each axis. accumulate: places named several times sum up."""
    def index_put_(self, indices: Any, values: Tensor, accumulate: _bool = False) -> Any:
        """values at the places that indices name: a tuple with a tensor, or None for a whole axis, for each axis. accumulate: places named several times sum up."""
    def index_reduce(self, dim: _int, index: Tensor, source: Tensor, reduce: _str, *, include_self: _bool = True) -> Tensor:
        """The slices of source that index sends to one slice of input along dim, reduced; with that of input unless include_self is false."""
    def index_reduce_(self, dim: _int, index: Tensor, source: Tensor, reduce: _str, *, include_self: _bool = True) -> Tensor:
        """The slices of source that index sends to one slice of input along dim, reduced; with that of input unless include_self is false."""
    def index_select(self, dim: _int, index: Tensor) -> Tensor:
        """The slices of input along dim that the vector index names."""
    def inner(self, other: Tensor) -> Tensor:
        """Products summed over the last axis of both."""
    def int(self, memory_format: Any | None = None) -> Tensor: ...
    def inverse(self) -> Any:
        """The inverses of square matrices."""
    def is_complex(self) -> _bool: ...
    def is_conj(self) -> _bool: ...
    def is_contiguous(self, memory_format: Any | None = None) -> _bool: ...
    def is_floating_point(self) -> _bool: ...
    def is_inference(self) -> _bool: ...
    def is_neg(self) -> _bool: ...
    def is_pinned(self) -> _bool: ...
    def is_same_size(self, other: Tensor) -> _bool: ...
    def is_set_to(self, tensor: Tensor) -> _bool: ...
    def is_shared(self) -> _bool: ...
    def is_signed(self) -> _bool: ...
    def isclose(self, other: Tensor, rtol: _float = 1e-05, atol: _float = 1e-08, equal_nan: _bool = False) -> Tensor:
        """Whether |input - other| <= atol + rtol * |other|."""
    def isfinite(self) -> Tensor:
        """Whether an element is neither infinite nor NaN."""
    def isinf(self) -> Tensor:
        """Whether an element is infinite."""
    def isnan(self) -> Tensor:
        """Whether an element is not a number."""
    def isreal(self) -> Tensor:
        """Whether an element's imaginary part is zero."""
    def kron(self, other: Tensor) -> Tensor:
        """The Kronecker product."""
    def kthvalue(self, k: _int, dim: _int = -1, keepdim: _bool = False) -> _kthvalue_result:
        """The k-th smallest element along dim, counted from 1."""
    def lcm(self, other: Tensor) -> Tensor:
        """The least common multiple."""
    def lcm_(self, other: Tensor) -> Tensor:
        """The least common multiple."""
    def ldexp(self, other: Tensor) -> Tensor:
        """input * 2 ** other."""
    def ldexp_(self, other: Tensor) -> Tensor:
        """input * 2 ** other."""
    def le(self, other: Tensor | Number) -> Tensor:
        """Whether input <= other."""
    def le_(self, other: Tensor | Number) -> Tensor:
        """Whether input <= other."""
    def lerp(self, end: Tensor, weight: Tensor | Number) -> Tensor:
        """input + weight * (end - input)."""
    def lerp_(self, end: Tensor, weight: Tensor | Number) -> Tensor:
        """input + weight * (end - input)."""
    def less(self, other: Tensor | Number) -> Tensor:
        """Whether input < other."""
    def less_(self, other: Tensor | Number) -> Tensor:
        """Whether input < other."""
    def less_equal(self, other: Tensor | Number) -> Tensor:
        """Whether input <= other."""
    def less_equal_(self, other: Tensor | Number) -> Tensor:
        """Whether input <= other."""
    def lgamma(self) -> Tensor:
        """The logarithm of |gamma(input)|."""
    def lgamma_(self) -> Tensor:
        """The logarithm of |gamma(input)|."""
    def log(self) -> Tensor:
        """The natural logarithm."""
    def log10(self) -> Tensor:
        """The logarithm to base 10."""
    def log10_(self) -> Tensor:
        """The logarithm to base 10."""
    def log1p(self) -> Tensor:
        """log(1 + input), exact near 0."""
    def log1p_(self) -> Tensor:
        """log(1 + input), exact near 0."""
    def log2(self) -> Tensor:
        """The logarithm to base 2."""
    def log2_(self) -> Tensor:
        """The logarithm to base 2."""
    def log_(self) -> Tensor:
        """The natural logarithm."""
    def log_normal_(self, mean: _float = 1.0, std: _float = 2.0, *, generator: Generator | None = None) -> Tensor:
        """Every element becomes exp(x), x normal of this mean and standard deviation."""
    def log_softmax(self, dim: _int, dtype: _dtype | None = None) -> Tensor:
        """The logarithm of softmax: input - log(sum(exp(input)))."""
    def logaddexp(self, other: Tensor) -> Tensor:
        """log(exp(input) + exp(other)), without overflow."""
    def logaddexp2(self, other: Tensor) -> Tensor:
        """log2(2 ** input + 2 ** other), without overflow."""
    def logcumsumexp(self, dim: _int) -> Tensor:
        """The logarithm of cumsum(exp(input)), without overflow."""
    def logdet(self) -> Any:
        """The logarithms of determinants; NaN for negative ones."""
    def logical_and(self, other: Tensor) -> Tensor:
        """The logical logical_and of what is not zero."""
    def logical_and_(self, other: Tensor) -> Tensor:
        """The logical logical_and of what is not zero."""
    def logical_not(self) -> Tensor:
        """True where input is zero."""
    def logical_not_(self) -> Tensor:
        """True where input is zero."""
    def logical_or(self, other: Tensor) -> Tensor:
        """The logical logical_or of what is not zero."""
    def logical_or_(self, other: Tensor) -> Tensor:
        """The logical logical_or of what is not zero."""
    def logical_xor(self, other: Tensor) -> Tensor:
        """The logical logical_xor of what is not zero."""
    def logical_xor_(self, other: Tensor) -> Tensor:
        """The logical logical_xor of what is not zero."""
    def logit(self, eps: _float | None = None) -> Tensor:
        """log(input / (1 - input)); with eps input is limited to [eps, 1 - eps] first."""
    def logit_(self, eps: _float | None = None) -> Tensor:
        """log(input / (1 - input)); with eps input is limited to [eps, 1 - eps] first."""
    def logsumexp(self, dim: _int | Sequence[_int], keepdim: _bool = False) -> Tensor:
        """log(sum(exp(input))) over the axes in dim, without overflow."""
    def long(self, memory_format: Any | None = None) -> Tensor: ...
    def lt(self, other: Tensor | Number) -> Tensor:
        """Whether input < other."""
    def lt_(self, other: Tensor | Number) -> Tensor:
        """Whether input < other."""
    def map_(self, tensor: Any, callable: Any) -> Any:
        """Replaces each element by callable(element, the element of tensor at its place)."""
    def masked_fill(self, mask: Tensor, value: Tensor | Number) -> Tensor:
        """value where mask holds, input elsewhere. value is a number or a 0-dim tensor."""
    def masked_fill_(self, mask: Tensor, value: Tensor | Number) -> Tensor:
        """value where mask holds, input elsewhere. value is a number or a 0-dim tensor."""
    def masked_scatter(self, mask: Tensor, source: Tensor) -> Tensor:
        """The elements of source, in order, where mask holds, and input elsewhere."""
    def masked_scatter_(self, mask: Tensor, source: Tensor) -> Tensor:
        """The elements of source, in order, where mask holds, and input elsewhere."""
    def masked_select(self, mask: Tensor) -> Tensor:
        """The elements of input where mask holds, as a vector."""
    def matmul(self, other: Tensor) -> Tensor:
        """The product over the last two axes; the axes before them are broadcast. A vector counts as a row on the left and as a column on the right, and its axis is dropped."""
    def matrix_exp(self) -> Any:
        """The exponentials of square matrices."""
    def matrix_power(self, n: Any) -> Any:
        """The n-th powers of square matrices; of their inverses if n is negative."""
    @overload
    def max(self) -> Tensor:
        """The largest element. Equal ones share the gradient."""
    @overload
    def max(self, other: Tensor) -> Tensor:
        """maximum(input, other)."""
    @overload
    def max(self, dim: _int, keepdim: _bool = False) -> _max_result:
        """The largest elements along dim and their indices, int64; the first of equal ones."""
    def maximum(self, other: Tensor) -> Tensor:
        """The larger element; NaN wins. Equal elements share the gradient."""
    def maximum_(self, other: Tensor) -> Tensor:
        """The larger element; NaN wins. Equal elements share the gradient."""
    def mean(self, dim: _int | Sequence[_int] | None = None, keepdim: _bool = False, *, dtype: _dtype | None = None) -> Tensor:
        """The mean over the axes in dim, or over all of them."""
    @overload
    def median(self) -> Tensor:
        """The lower median of all elements; NaN if there is one."""
    @overload
    def median(self, dim: _int, keepdim: _bool = False) -> _median_result:
        """The lower median along dim, and where it lies."""
    @overload
    def min(self) -> Tensor:
        """The smallest element. Equal ones share the gradient."""
    @overload
    def min(self, other: Tensor) -> Tensor:
        """minimum(input, other)."""
    @overload
    def min(self, dim: _int, keepdim: _bool = False) -> _min_result:
        """The smallest elements along dim and their indices, int64; the first of equal ones."""
    def minimum(self, other: Tensor) -> Tensor:
        """The smaller element; NaN wins. Equal elements share the gradient."""
    def minimum_(self, other: Tensor) -> Tensor:
        """The smaller element; NaN wins. Equal elements share the gradient."""
    def mm(self, mat2: Tensor) -> Tensor:
        """The product of matrices [n, k] and [k, m]."""
    def mode(self, dim: _int = -1, keepdim: _bool = False) -> _mode_result:
        """The most frequent element along dim, the smallest of equally frequent ones, and where it is last."""
    def moveaxis(self, source: _int | Sequence[_int], destination: _int | Sequence[_int]) -> Tensor:
        """The axes source moved to the places destination, the others in order."""
    def movedim(self, source: _int | Sequence[_int], destination: _int | Sequence[_int]) -> Tensor:
        """The axes source moved to the places destination, the others in order."""
    def msort(self) -> Tensor:
        """input sorted along axis 0."""
    def mul(self, other: Tensor | Number) -> Tensor:
        """input * other."""
    def mul_(self, other: Tensor | Number) -> Tensor:
        """input * other."""
    def multinomial(self, num_samples: _int, replacement: _bool = False, *, generator: Generator | None = None) -> Tensor:
        """num_samples indices into input (m), or into each row of input (n, m), drawn with probabilities in proportion to its values; int64. Without replacement no index comes twice."""
    def multiply(self, other: Tensor | Number) -> Tensor:
        """input * other."""
    def multiply_(self, other: Tensor | Number) -> Tensor:
        """input * other."""
    def mv(self, vec: Tensor) -> Tensor:
        """The product of a matrix [n, k] and a vector [k]."""
    def mvlgamma(self, p: _int) -> Tensor:
        """The logarithm of the multivariate gamma function of dimension p."""
    def mvlgamma_(self, p: _int) -> Tensor:
        """The logarithm of the multivariate gamma function of dimension p."""
    def nan_to_num(self, nan: _float | None = None, posinf: _float | None = None, neginf: _float | None = None) -> Tensor:
        """NaN and infinities replaced: by 0 and the largest and smallest numbers of the dtype, unless others are given."""
    def nan_to_num_(self, nan: _float | None = None, posinf: _float | None = None, neginf: _float | None = None) -> Tensor:
        """NaN and infinities replaced: by 0 and the largest and smallest numbers of the dtype, unless others are given."""
    def nanmean(self, dim: _int | Sequence[_int] | None = None, keepdim: _bool = False, *, dtype: _dtype | None = None) -> Tensor:
        """The mean of what is not NaN."""
    @overload
    def nanmedian(self) -> Tensor:
        """The lower median of what is not NaN."""
    @overload
    def nanmedian(self, dim: _int, keepdim: _bool = False) -> _nanmedian_result:
        """The lower median of what is not NaN along dim."""
    @overload
    def nanquantile(self, q: Tensor, dim: _int | None = None, keepdim: _bool = False, *, interpolation: _str = 'linear') -> Tensor:
        """quantile of what is not NaN. For a vector q the results lie along axis 0."""
    @overload
    def nanquantile(self, q: _float, dim: _int | None = None, keepdim: _bool = False, *, interpolation: _str = 'linear') -> Tensor:
        """quantile of what is not NaN."""
    def nansum(self, dim: _int | Sequence[_int] | None = None, keepdim: _bool = False, *, dtype: _dtype | None = None) -> Tensor:
        """The sum of what is not NaN."""
    @overload
    def narrow(self, dim: _int, start: _int, length: _int) -> Tensor:
        """The length elements from start along dim."""
    @overload
    def narrow(self, dim: _int, start: Tensor, length: _int) -> Tensor:
        """narrow with start as a 0-dim tensor."""
    def narrow_copy(self, dim: Any, start: Any, length: Any) -> Any:
        """A copy of what narrow shows."""
    def ndimension(self) -> _int: ...
    def ne(self, other: Tensor | Number) -> Tensor:
        """Whether input != other."""
    def ne_(self, other: Tensor | Number) -> Tensor:
        """Whether input != other."""
    def neg(self) -> Tensor:
        """-input."""
    def neg_(self) -> Tensor:
        """-input."""
    def negative(self) -> Tensor:
        """-input."""
    def negative_(self) -> Tensor:
        """-input."""
    def nelement(self) -> _int: ...
    def new(self, *args: Any, device: Any = None) -> Tensor:
        """A tensor of this dtype from sizes, or from a sequence."""
    def new_empty(self, *size: _int | Sequence[_int], dtype: _dtype | None = None, device: _device | _str | None = None, requires_grad: _bool = False, pin_memory: _bool = False) -> Tensor:
        """An unset tensor of this size, with input's dtype and device."""
    def new_empty_strided(self, size: _int | Sequence[_int], stride: _int | Sequence[_int], *, dtype: _dtype | None = None, device: _device | _str | None = None, requires_grad: _bool = False, pin_memory: _bool = False) -> Tensor:
        """An unset tensor of these sizes and strides, with input's dtype."""
    def new_full(self, size: _int | Sequence[_int], fill_value: Number, *, dtype: _dtype | None = None, device: _device | _str | None = None, requires_grad: _bool = False, pin_memory: _bool = False) -> Tensor:
        """fill_value in this size, with input's dtype and device."""
    def new_ones(self, *size: _int | Sequence[_int], dtype: _dtype | None = None, device: _device | _str | None = None, requires_grad: _bool = False, pin_memory: _bool = False) -> Tensor:
        """Ones of this size, with input's dtype and device."""
    def new_tensor(self, data: Any, *, dtype: Any = None, device: Any = None, requires_grad: Any = False) -> Tensor:
        """A copy of data, of this tensor's dtype unless another is given."""
    def new_zeros(self, *size: _int | Sequence[_int], dtype: _dtype | None = None, device: _device | _str | None = None, requires_grad: _bool = False, pin_memory: _bool = False) -> Tensor:
        """Zeros of this size, with input's dtype and device."""
    def nextafter(self, other: Tensor) -> Tensor:
        """The next number of the dtype after input in other's direction."""
    def nextafter_(self, other: Tensor) -> Tensor:
        """The next number of the dtype after input in other's direction."""
    def norm(self, p: Any = 'fro', dim: Any = None, keepdim: Any = False, dtype: Any = None) -> Any:
        """(sum |x| ** p) ** (1 / p) over axes, or over all of them: see torch.norm."""
    @overload
    def normal(self, std: Tensor, generator: Generator | None = None) -> Tensor:
        """Normal numbers, each with a mean and standard deviation of its own."""
    @overload
    def normal(self, std: _float = 1.0, generator: Generator | None = None) -> Tensor:
        """Normal numbers, each with a mean of its own."""
    @overload
    def normal(self, mean: _float = 0.0, generator: Generator | None = None) -> Tensor:
        """Normal numbers, each with a standard deviation of its own."""
    @overload
    def normal(self, std: _float, size: _int | Sequence[_int], *, generator: Generator | None = None, dtype: _dtype | None = None, device: _device | _str | None = None, requires_grad: _bool = False, pin_memory: _bool = False) -> Tensor:
        """Normal numbers of this mean and standard deviation."""
    def normal_(self, mean: _float = 0.0, std: _float = 1.0, *, generator: Generator | None = None) -> Tensor:
        """Every element becomes a normal number of this mean and standard deviation; of a complex one, each part has variance std ** 2 / 2."""
    def not_equal(self, other: Tensor | Number) -> Tensor:
        """Whether input != other."""
    def not_equal_(self, other: Tensor | Number) -> Tensor:
        """Whether input != other."""
    def numel(self) -> _int: ...
    def outer(self, vec2: Tensor) -> Tensor:
        """The matrix input[i] * vec2[j] of two vectors."""
    def permute(self, *dims: _int | Sequence[_int]) -> Tensor:
        """The axes in another order."""
    def pin_memory(self, *args: Any) -> Tensor: ...
    def pinverse(self, rcond: Any = None, hermitian: Any = False, *, atol: Any = None, rtol: Any = None) -> Any:
        """Moore and Penrose's pseudoinverses of matrices.

        Args:
        rcond: the old name of rtol.
        hermitian: whether A is symmetric.
        atol, rtol: singular values up to max(atol, rtol * the greatest) count as 0.
        """
    def poisson(self, generator: Generator | None = None) -> Tensor:
        """Numbers of the Poisson distributions whose rates input has."""
    def polygamma(self, n: _int) -> Tensor:
        """The n-th derivative of digamma."""
    def polygamma_(self, n: _int) -> Tensor:
        """The n-th derivative of digamma."""
    def positive(self) -> Tensor:
        """input itself."""
    def pow(self, exponent: Tensor | Number) -> Tensor:
        """input ** exponent."""
    def pow_(self, exponent: Tensor | Number) -> Tensor:
        """input ** exponent."""
    def prelu(self, weight: Tensor) -> Tensor:
        """input where positive, weight * input elsewhere; weight: one number, or one for each element of axis 1 (He et al. 2015)."""
    def prod(self, dim: _int | None = None, keepdim: _bool = False, *, dtype: _dtype | None = None) -> Tensor:
        """The product along dim, or of all elements. Bools and integers are multiplied in int64."""
    def put(self, index: Tensor, source: Tensor, accumulate: _bool = False) -> Tensor:
        """input with the elements that index names in its flattened form replaced by source's, or increased by them with accumulate."""
    def put_(self, index: Tensor, source: Tensor, accumulate: _bool = False) -> Tensor:
        """input with the elements that index names in its flattened form replaced by source's, or increased by them with accumulate."""
    def qr(self, some: Any = True) -> Any:
        """Q and R of linalg.qr, in mode "reduced", or "complete" if not some."""
    @overload
    def quantile(self, q: Tensor, dim: _int | None = None, keepdim: _bool = False, *, interpolation: _str = 'linear') -> Tensor:
        """What a share q of the elements does not exceed, along dim. For a vector q the results lie along axis 0."""
    @overload
    def quantile(self, q: _float, dim: _int | None = None, keepdim: _bool = False, *, interpolation: _str = 'linear') -> Tensor:
        """What a share q of the elements does not exceed, along dim."""
    def rad2deg(self) -> Tensor:
        """Radians to degrees."""
    def rad2deg_(self) -> Tensor:
        """Radians to degrees."""
    @overload
    def random_(self, *, generator: Generator | None = None) -> Tensor:
        """Every element becomes a whole number from 0 to the greatest of its dtype; of a floating one, the greatest before gaps appear."""
    @overload
    def random_(self, from_: _int, to: _int | None, *, generator: Generator | None = None) -> Tensor:
        """Every element becomes a whole number from [from, to); without `to`, up to the greatest that random_() gives."""
    @overload
    def random_(self, to: _int, *, generator: Generator | None = None) -> Tensor:
        """Every element becomes a whole number from [0, to)."""
    def ravel(self) -> Tensor:
        """One dimension, in row-major order."""
    def reciprocal(self) -> Tensor:
        """1 / input."""
    def reciprocal_(self) -> Tensor:
        """1 / input."""
    def relu(self) -> Tensor:
        """max(input, 0); NaN stays NaN. The gradient at 0 is 0."""
    def relu_(self) -> Tensor:
        """max(input, 0); NaN stays NaN. The gradient at 0 is 0."""
    def remainder(self, other: Tensor | Number) -> Tensor:
        """input - other * floor(input / other): the sign of other, as Python's %."""
    def remainder_(self, other: Tensor | Number) -> Tensor:
        """input - other * floor(input / other): the sign of other, as Python's %."""
    def renorm(self, p: _float, dim: _int, maxnorm: _float) -> Tensor:
        """input with every slice along dim scaled so that its norm of order p does not exceed maxnorm."""
    def renorm_(self, p: _float, dim: _int, maxnorm: _float) -> Tensor:
        """input with every slice along dim scaled so that its norm of order p does not exceed maxnorm."""
    def repeat(self, *repeats: _int | Sequence[_int]) -> Tensor:
        """Axis i repeated repeats[i] times; more repeats than axes give new axes in front."""
    @overload
    def repeat_interleave(self, repeats: _int, dim: _int | None = None, *, output_size: _int | None = None) -> Tensor:
        """Every element `repeats` times in a row along dim, or of the flattened input."""
    @overload
    def repeat_interleave(self, repeats: Tensor, dim: _int | None = None, *, output_size: _int | None = None) -> Tensor:
        """Element i repeats[i] times in a row along dim."""
    @overload
    def repeat_interleave(self, *, output_size: _int | None = None) -> Tensor:
        """Index i repeats[i] times in a row; int64."""
    def requires_grad_(self, requires_grad: Any = True) -> Tensor: ...
    def reshape(self, *shape: _int | Sequence[_int]) -> Tensor:
        """A view where strides allow it, else a copy."""
    def reshape_as(self, other: Tensor) -> Tensor:
        """input.reshape(other.size())."""
    def resize_(self, *args: Any, **kwargs) -> Tensor: ...
    def resize_as_(self, other: Any, *, memory_format: Any = None) -> Any:
        """Takes the size of another tensor, in place; the order in memory is row-major, or
        memory_format's.
        """
    def resolve_conj(self) -> Tensor: ...
    def resolve_neg(self) -> Tensor: ...
    def retain_grad(self) -> None: ...
    def roll(self, shifts: _int | Sequence[_int], dims: _int | Sequence[_int] = ()) -> Tensor:
        """Element i moved to i + shifts along dims, the last ones to the front; without dims, of the flattened input."""
    def rot90(self, k: _int = 1, dims: _int | Sequence[_int] = (0, 1)) -> Tensor:
        """k quarter turns from the first axis of dims to the second."""
    def round(self, *, decimals: _int = 0) -> Tensor:
        """The nearest integer, halves to even; or the nearest multiple of 10 ** -decimals."""
    def round_(self, *, decimals: _int = 0) -> Tensor:
        """The nearest integer, halves to even; or the nearest multiple of 10 ** -decimals."""
    def rsqrt(self) -> Tensor:
        """1 / sqrt(input)."""
    def rsqrt_(self) -> Tensor:
        """1 / sqrt(input)."""
    @overload
    def scatter(self, dim: _int, index: Tensor, src: Tensor, *, reduce: _str = 'none') -> Tensor:
        """out = input; out[index[i][j]][j] = src[i][j] for dim 0, and so on; += or *= with reduce."""
    @overload
    def scatter(self, dim: _int, index: Tensor, value: Number, *, reduce: _str = 'none') -> Tensor:
        """out = input; out[index[i][j]][j] = value for dim 0, and so on; += or *= with reduce."""
    @overload
    def scatter_(self, dim: _int, index: Tensor, src: Tensor, *, reduce: _str = 'none') -> Tensor:
        """out = input; out[index[i][j]][j] = src[i][j] for dim 0, and so on; += or *= with reduce."""
    @overload
    def scatter_(self, dim: _int, index: Tensor, value: Number, *, reduce: _str = 'none') -> Tensor:
        """out = input; out[index[i][j]][j] = value for dim 0, and so on; += or *= with reduce."""
    def scatter_add(self, dim: _int, index: Tensor, src: Tensor) -> Tensor:
        """out = input; out[index[i][j]][j] += src[i][j] for dim 0, and so on."""
    def scatter_add_(self, dim: _int, index: Tensor, src: Tensor) -> Tensor:
        """out = input; out[index[i][j]][j] += src[i][j] for dim 0, and so on."""
    def scatter_reduce(self, dim: _int, index: Tensor, src: Tensor, reduce: _str, *, include_self: _bool = True) -> Tensor:
        """The elements of src that index sends to one place, reduced; with those of input, unless include_self is false."""
    def scatter_reduce_(self, dim: _int, index: Tensor, src: Tensor, reduce: _str, *, include_self: _bool = True) -> Tensor:
        """The elements of src that index sends to one place, reduced; with those of input, unless include_self is false."""
    def select(self, dim: _int, index: _int) -> Tensor:
        """What lies at index along dim; the axis disappears."""
    def select_scatter(self, src: Tensor, dim: _int, index: _int) -> Tensor:
        """A copy of input whose slice at index along dim is src."""
    def set_(self, source: Tensor) -> Tensor:
        """From now on this tensor lies on the memory of source, and is of its size."""
    def sgn(self) -> Tensor:
        """The sign: -1, 0 or 1; of a complex number input / |input|, or 0."""
    def sgn_(self) -> Tensor:
        """The sign: -1, 0 or 1; of a complex number input / |input|, or 0."""
    def share_memory_(self) -> Tensor: ...
    def short(self, memory_format: Any | None = None) -> Tensor: ...
    def sigmoid(self) -> Tensor:
        """1 / (1 + exp(-input))."""
    def sigmoid_(self) -> Tensor:
        """1 / (1 + exp(-input))."""
    def sign(self) -> Tensor:
        """-1, 0 or 1: the sign of input; 0 for NaN."""
    def sign_(self) -> Tensor:
        """-1, 0 or 1: the sign of input; 0 for NaN."""
    def signbit(self) -> Tensor:
        """Whether the sign bit is set, also of -0."""
    def sin(self) -> Tensor:
        """The sine of input in radians."""
    def sin_(self) -> Tensor:
        """The sine of input in radians."""
    def sinc(self) -> Tensor:
        """sin(pi input) / (pi input); 1 at 0."""
    def sinc_(self) -> Tensor:
        """sin(pi input) / (pi input); 1 at 0."""
    def sinh(self) -> Tensor:
        """The hyperbolic sine."""
    def sinh_(self) -> Tensor:
        """The hyperbolic sine."""
    def slice_scatter(self, src: Tensor, dim: _int = 0, start: _int | None = None, end: _int | None = None, step: _int = 1) -> Tensor:
        """A copy of input whose part start:end:step along dim is src."""
    def slogdet(self) -> Any:
        """The signs of determinants, and the logarithms of their sizes."""
    def softmax(self, dim: _int, dtype: _dtype | None = None) -> Tensor:
        """exp(input) over its sum along dim; computed in dtype, if there is one. Floating point only."""
    def sort(self, dim: _int = -1, descending: _bool = False, *, stable: _bool = False) -> _sort_result:
        """The elements in ascending order along dim, and where each was; equal ones keep their order."""
    def special_expit(self) -> Tensor:
        """1 / (1 + exp(-input))."""
    def special_expit_(self) -> Tensor:
        """1 / (1 + exp(-input))."""
    @overload
    def split(self, split_size: _int, dim: _int = 0) -> tuple[Tensor, ...]:
        """Pieces of split_size along dim; the last may be smaller."""
    @overload
    def split(self, split_size: _int | Sequence[_int], dim: _int = 0) -> tuple[Tensor, ...]:
        """Pieces of these sizes along dim."""
    def split_with_sizes(self, split_sizes: Any, dim: Any = 0) -> Any:
        """Pieces of these sizes along dim, as views."""
    def sqrt(self) -> Tensor:
        """The square root."""
    def sqrt_(self) -> Tensor:
        """The square root."""
    def square(self) -> Tensor:
        """input * input."""
    def square_(self) -> Tensor:
        """input * input."""
    def squeeze(self, dim: _int | Sequence[_int] | None = None) -> Tensor:
        """Without its axes of size 1; or of the axes in dim, without those of size 1."""
    def squeeze_(self, dim: _int | Sequence[_int] | None = None) -> Tensor:
        """Without its axes of size 1; or of the axes in dim, without those of size 1."""
    def stack(self, dim: _int = 0) -> Tensor:
        """The tensors side by side along a new axis."""
    @overload
    def std(self, dim: _int | Sequence[_int] | None = None, *, correction: _float | None = None, keepdim: _bool = False) -> Tensor:
        """The square root of var."""
    @overload
    def std(self, unbiased: _bool) -> Tensor:
        """The older form of std: unbiased is correction 1."""
    @overload
    def std(self, dim: _int | Sequence[_int] | None, unbiased: _bool = True, keepdim: _bool = False) -> Tensor:
        """The older form of std: unbiased is correction 1."""
    def storage(self) -> Any:
        """The memory below the tensor, as numbers of its dtype: an old form."""
    def storage_offset(self) -> _int: ...
    def sub(self, other: Tensor | Number, *, alpha: Number = 1) -> Tensor:
        """input - alpha * other."""
    def sub_(self, other: Tensor | Number, *, alpha: Number = 1) -> Tensor:
        """input - alpha * other."""
    def subtract(self, other: Tensor | Number, *, alpha: Number = 1) -> Tensor:
        """input - alpha * other."""
    def subtract_(self, other: Tensor | Number, *, alpha: Number = 1) -> Tensor:
        """input - alpha * other."""
    def sum(self, dim: _int | Sequence[_int] | None = None, keepdim: _bool = False, *, dtype: _dtype | None = None) -> Tensor:
        """The sum over the axes in dim, or over all of them. Bools and integers are summed in int64."""
    def sum_to_size(self, *size: _int | Sequence[_int]) -> Tensor:
        """input summed so that it has this size: undoes expand."""
    def svd(self, some: Any = True, compute_uv: Any = True) -> Any:
        """U, S, V with U diag(S) V^T = input; linalg.svd gives V^T.

        Args:
        some: whether there are as many columns as singular values.
        compute_uv: False: U and V are zeros.
        """
    def swapaxes(self, axis0: Any, axis1: Any) -> Any:
        """self with two axes exchanged: a view. NumPy's name of transpose."""
    def swapaxes_(self, axis0: Any, axis1: Any) -> Any:
        """Exchanges two axes of self."""
    def swapdims(self, dim0: _int, dim1: _int) -> Tensor:
        """Two axes swapped."""
    def swapdims_(self, dim0: _int, dim1: _int) -> Tensor:
        """Two axes swapped."""
    def t(self) -> Tensor:
        """A matrix transposed; fewer axes stay as they are."""
    def t_(self) -> Tensor:
        """A matrix transposed; fewer axes stay as they are."""
    def take(self, index: Tensor) -> Tensor:
        """The elements that index names in the flattened input."""
    def take_along_dim(self, indices: Tensor, dim: _int | None = None) -> Tensor:
        """gather with input and indices broadcast; of the flattened input without dim."""
    def tan(self) -> Tensor:
        """The tangent of input in radians."""
    def tan_(self) -> Tensor:
        """The tangent of input in radians."""
    def tanh(self) -> Tensor:
        """The hyperbolic tangent."""
    def tanh_(self) -> Tensor:
        """The hyperbolic tangent."""
    def tensor_split(self, indices_or_sections: Any, dim: Any = 0) -> Any:
        """Pieces of a tensor along dim, as views: so many of nearly equal size, or cut at indices.

        Args:
        indices_or_sections: the number of pieces, or a sequence of the places of the cuts; also
        as a tensor.
        """
    def tile(self, *dims: _int | Sequence[_int]) -> Tensor:
        """repeat, where fewer dims than axes repeat the last axes only."""
    def to_sparse(self, *args: Any, **kwargs: Any) -> Tensor:
        """Not supported: tensors are dense."""
    def topk(self, k: _int, dim: _int = -1, largest: _bool = True, sorted: _bool = True) -> _topk_result:
        """The k largest (or smallest) elements along dim, sorted, and their indices."""
    def trace(self) -> Tensor:
        """The sum of a matrix's diagonal."""
    def transpose(self, dim0: _int, dim1: _int) -> Tensor:
        """Two axes swapped."""
    def transpose_(self, dim0: _int, dim1: _int) -> Tensor:
        """Two axes swapped."""
    def tril(self, diagonal: _int = 0) -> Tensor:
        """Matrices (*, n, m) with zeros above the diagonal of this number."""
    def tril_(self, diagonal: _int = 0) -> Tensor:
        """Matrices (*, n, m) with zeros above the diagonal of this number."""
    def triu(self, diagonal: _int = 0) -> Tensor:
        """Matrices (*, n, m) with zeros below the diagonal of this number."""
    def triu_(self, diagonal: _int = 0) -> Tensor:
        """Matrices (*, n, m) with zeros below the diagonal of this number."""
    @overload
    def true_divide(self, other: Tensor | Number) -> Tensor:
        """input / other; of integers the true quotient."""
    @overload
    def true_divide(self, other: Tensor | Number, *, rounding_mode: _str) -> Tensor:
        """input / other, rounded: towards zero ('trunc'), down ('floor') or not at all (None)."""
    @overload
    def true_divide_(self, other: Tensor | Number) -> Tensor:
        """input / other; of integers the true quotient."""
    @overload
    def true_divide_(self, other: Tensor | Number, *, rounding_mode: _str) -> Tensor:
        """input / other, rounded: towards zero ('trunc'), down ('floor') or not at all (None)."""
    def trunc(self) -> Tensor:
        """The integer part of input."""
    def trunc_(self) -> Tensor:
        """The integer part of input."""
    def type_as(self, other: Tensor) -> Tensor:
        """This tensor in the dtype of another."""
    def unbind(self, dim: _int = 0) -> tuple[Tensor, ...]:
        """The slices along dim, the axis removed."""
    def unflatten(self, dim: _int, sizes: _int | Sequence[_int]) -> Tensor:
        """Axis dim cut into axes of these sizes."""
    def unfold(self, dimension: _int, size: _int, step: _int) -> Tensor:
        """Windows of size elements along dimension, step apart, as a new last axis."""
    def uniform_(self, from_: _float = 0.0, to: _float = 1.0, *, generator: Generator | None = None) -> Tensor:
        """Every element becomes a number drawn evenly from [from, to)."""
    def unsafe_chunk(self, chunks: Any, dim: Any = 0) -> Any:
        """torch.chunk, whose pieces may be changed in place."""
    def unsafe_split(self, split_size: Any, dim: Any = 0) -> Any:
        """torch.split, whose pieces may be changed in place: they are views all the same."""
    def unsqueeze(self, dim: _int) -> Tensor:
        """A new axis of size 1 at dim."""
    def unsqueeze_(self, dim: _int) -> Tensor:
        """A new axis of size 1 at dim."""
    def untyped_storage(self) -> Any:
        """The memory below the tensor, as bytes."""
    @overload
    def var(self, dim: _int | Sequence[_int] | None = None, *, correction: _float | None = None, keepdim: _bool = False) -> Tensor:
        """The variance over the axes in dim, or over all: the sum of squared distances from the mean over n - correction."""
    @overload
    def var(self, unbiased: _bool) -> Tensor:
        """The older form of var: unbiased is correction 1."""
    @overload
    def var(self, dim: _int | Sequence[_int] | None, unbiased: _bool = True, keepdim: _bool = False) -> Tensor:
        """The older form of var: unbiased is correction 1."""
    def vdot(self, other: Tensor) -> Tensor:
        """dot, with the first vector conjugated."""
    @overload
    def view(self, *size: _int | Sequence[_int]) -> Tensor:
        """The same elements under another shape; one size may be -1. Fails where only a copy could have that shape."""
    @overload
    def view(self, dtype: _dtype) -> Tensor:
        """The same bytes read as another dtype."""
    def view_as(self, other: Tensor) -> Tensor:
        """input.view(other.size())."""
    def vsplit(self, indices_or_sections: Any) -> Any:
        """Pieces of a tensor along axis 0, as views: so many equal ones, or cut at indices."""
    def where(self, condition: Any, other: Any) -> Any:
        """Elements of self where condition holds, of other elsewhere."""
    def xlogy(self, other: Tensor | Number) -> Tensor:
        """input * log(other); 0 where input is 0 and other is a number."""
    def xlogy_(self, other: Tensor | Number) -> Tensor:
        """input * log(other); 0 where input is 0 and other is a number."""
    def zero_(self) -> Tensor:
        """Every element becomes 0."""

class _GraphNode:
    def __init__(self, *args: Any, **kwargs: Any) -> None: ...
    def address(self) -> _int: ...
    def name(self) -> None: ...
    def next_functions(self) -> tuple: ...
    def python(self) -> Any: ...
    def register_hook(self, arg: Any, /) -> Any: ...
    def register_prehook(self, arg: Any, /) -> Any: ...
    def variable(self) -> Tensor: ...

class _HookHandle:
    def __init__(self, *args: Any, **kwargs: Any) -> None: ...
    @property
    def id(self) -> Any: ...
    def remove(self) -> None: ...

class _Word:
    def __init__(self, *args: Any, **kwargs: Any) -> None: ...

class device:
    """Where a tensor lies: device('cpu'), device('cuda', 1)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None: ...
    @property
    def index(self) -> Any: ...
    @property
    def type(self) -> Any: ...

class dtype:
    """The type of a tensor's elements."""

    def __init__(self, *args: Any, **kwargs: Any) -> None: ...
    @property
    def is_complex(self) -> Any: ...
    @property
    def is_floating_point(self) -> Any: ...
    @property
    def is_signed(self) -> Any: ...
    @property
    def itemsize(self) -> _int: ...
    def to_complex(self) -> Any: ...
    def to_real(self) -> Any: ...

def _affine_grid_generator(theta: Tensor, size: _int | Sequence[_int], align_corners: _bool) -> Tensor:
    """affine_grid: the places of an image of shape size under the maps theta (N, axes, axes + 1)."""
def _apply_function(cls: Any, ctx: Any, backward: Any | None, args: tuple, run: Any) -> Any: ...
def _as_subclass(arg0: Tensor, arg1: Any, /) -> Any: ...
def _autocast_state() -> tuple: ...
def _backward(tensors: Any, grads: Any | None, retain_graph: _bool | None, create_graph: _bool, inputs: Any | None) -> None: ...
def _backward_run(arg: Any, /) -> tuple: ...
def _bags_of_rows(weight: Tensor, indices: Tensor, offsets: Tensor | None = None, per_sample_weights: Tensor | None = None, mode: _str = 'mean', scale_grad_by_freq: _bool = False, sparse: _bool = False, include_last_offset: _bool = False, padding_idx: _int = -1) -> Tensor:
    """The sum, mean or maximum of the rows of weight (n, d) in each bag of indices: (B, L), or (*) with offsets (B), where each bag begins; gives (B, d). The row padding_idx counts nothing; per_sample_weights, like indices, multiply the rows of a sum."""
def _bytes_below(arg: Tensor, /) -> Tensor:
    """All the memory below a tensor, as a uint8 tensor on it."""
def _cast(input: Tensor, dtype: _dtype) -> Tensor:
    """A copy in another dtype, in the same memory order."""
def _clamp_range(input: Tensor, min: Number = False, max: Number = False, has_min: _bool = True, has_max: _bool = True) -> Tensor:
    """input limited to [min, max]."""
def _contents(arg: Tensor, /) -> _bytes:
    """The elements in reading order, as bytes."""
def _convolution_weight(grad: Tensor, input: Tensor, size: _int | Sequence[_int], stride: _int | Sequence[_int] = 1, padding: _int | Sequence[_int] = 0, dilation: _int | Sequence[_int] = 1, transposed: _bool = False, output_padding: _int | Sequence[_int] = 0, groups: _int = 1) -> Tensor:
    """The gradient of the weight, of shape [size], of the convolution of input whose output has the gradient grad."""
def _ctc_forward(log_probs: Tensor, targets: Tensor, input_lengths: Tensor, target_lengths: Tensor, blank: _int = 0, zero_infinity: _bool = False) -> _ctc_forward_result:
    """-log of the probability of each target, and what its gradient needs."""
def _ctc_grad(grad: Tensor, log_probs: Tensor, targets: Tensor, input_lengths: Tensor, target_lengths: Tensor, neg_log_likelihood: Tensor, log_alpha: Tensor, blank: _int = 0, zero_infinity: _bool = False) -> Tensor:
    """The gradient of ctc_forward with respect to scores whose log_softmax is log_probs; log_softmax passes it on unchanged."""
def _difference_grad(grad: Tensor, input: Tensor, target: Tensor, divisor: _float = 1.0, bound: _float = 1.0, reduction: _str = 'mean') -> Tensor:
    """The gradient with respect to input of mse_loss, smooth_l1_loss or huber_loss; input and target have one size."""
def _disabled_torch_function_impl(*args: Any, **kwargs: Any) -> Any: ...
def _div_trunc(input: Tensor, other: Tensor) -> Tensor:
    """The quotient rounded towards zero."""
def _dropout_mask(input: Tensor, p: _float, generator: Generator | None = None) -> Tensor:
    """Of input's sizes, dtype and memory order: 1 / (1 - p) with probability 1 - p, else 0."""
def _embedding_dense_backward(grad_output: Tensor, indices: Tensor, num_weights: _int, padding_idx: _int = -1, scale_grad_by_freq: _bool = False) -> Tensor:
    """The gradient of embedding for a table of num_weights rows."""
def _forget_hints() -> None: ...
def _from_contents(bytes: _bytes, dtype: Any, size: Any) -> Tensor: ...
def _gelu_erf(input: Tensor) -> Tensor:
    """gelu by the error function."""
def _gelu_erf_grad(grad: Tensor, input: Tensor) -> Tensor:
    """The gradient of gelu by the error function."""
def _gelu_tanh(input: Tensor) -> Tensor:
    """gelu by tanh."""
def _gelu_tanh_grad(grad: Tensor, input: Tensor) -> Tensor:
    """The gradient of gelu by tanh."""
def _grad(outputs: Any, inputs: Any, grad_outputs: Any | None, retain_graph: _bool | None, create_graph: _bool, allow_unused: _bool) -> Tensor | None: ...
def _grad_fn(arg: Tensor, /) -> Any: ...
def _gradient_edge(arg: Tensor, /) -> tuple: ...
def _grid_sampler_backward(grad: Tensor, input: Tensor, grid: Tensor, interpolation_mode: _int, padding_mode: _int, align_corners: _bool) -> _grid_sampler_backward_result:
    """The gradients of grid_sampler."""
def _hint(spelling: _str, message: _str, category: Any | None = None) -> None:
    """Warns of an old spelling at the caller's line, once per process and spelling."""
def _increment_version(arg: Tensor, /) -> None: ...
def _index(input: Tensor, indices: Sequence[Tensor] | None = None) -> Tensor:
    """The elements that index tensors name, one per axis; an undefined one takes the axis whole. Their shape stands where they stand, or first if they are apart."""
def _index_put(input: Tensor, values: Tensor, indices: Sequence[Tensor] | None = None, accumulate: _bool = False) -> Tensor:
    """out = input; out[indices] = values, or += with accumulate. Of values for one place the last stays."""
def _is_array(arg: Any, /) -> _bool: ...
def _linalg_cholesky(A: Tensor, *, upper: _bool = False) -> Tensor:
    """linalg_cholesky_ex's factor; RuntimeError where the matrix is not positive definite."""
def _linalg_cholesky_ex(input: Tensor, *, upper: _bool = False, check_errors: _bool = False) -> _linalg_cholesky_ex_result:
    """The lower triangular L of L L^T = input, or U of U^T U = input if upper, for symmetric positive definite matrices, of which only that half is read; and 0 for each, or the order of the first minor that is not positive."""
def _linalg_det(A: Tensor) -> Tensor:
    """The determinants of square matrices."""
def _linalg_eigh(A: Tensor, UPLO: _str = 'L') -> _linalg_eigh_result:
    """The eigenvalues of symmetric matrices, ascending, and orthonormal eigenvectors in the columns, whose signs mean nothing. Only the half that UPLO names is read."""
def _linalg_inv(A: Tensor) -> Tensor:
    """The inverses of square matrices; RuntimeError for singular ones."""
def _linalg_inv_ex(A: Tensor, *, check_errors: _bool = False) -> _linalg_inv_ex_result:
    """The inverses of square matrices, and 0 for each, or where it is singular the number of the first pivot that is 0."""
def _linalg_matrix_exp(A: Tensor) -> Tensor:
    """The exponentials of square matrices: 1 + A + A^2 / 2 + .."""
def _linalg_qr(A: Tensor, mode: _str = 'reduced') -> _linalg_qr_result:
    """Q with orthonormal columns and upper triangular R, so that Q R = A [.., m, n]: Q [m, k] and R [k, n] with k the smaller of m and n, or with k = m if mode is "complete". Mode "r" gives R only."""
def _linalg_slogdet(A: Tensor) -> _linalg_slogdet_result:
    """The signs of the determinants of square matrices, and the logarithms of their sizes."""
def _linalg_solve(A: Tensor, B: Tensor, *, left: _bool = True) -> Tensor:
    """x of A x = B, or of x A = B if not left, for square A [.., n, n] and B [.., n, k], or vectors B [.., n] of A's batch. RuntimeError for singular A."""
def _linalg_solve_triangular(A: Tensor, B: Tensor, *, upper: _bool, left: _bool = True, unitriangular: _bool = False) -> Tensor:
    """x of A x = B, or of x A = B if not left, for triangular A [.., n, n], of which only that half is read, and B [.., n, k]. Batches are broadcast."""
def _linalg_svd(A: Tensor, full_matrices: _bool = True) -> _linalg_svd_result:
    """U, S, Vh with U diag(S) Vh = A [.., m, n]: orthonormal columns and rows, whose signs mean nothing, and singular values, descending. Without full_matrices there are as many columns and rows as values."""
def _log_softmax_backward(grad: Tensor, output: Tensor, dim: _int = -1, dtype: _dtype | None = None) -> Tensor:
    """grad - exp(output) * sum(grad) along dim."""
def _make_subclass(cls: Any, data: Tensor, requires_grad: _bool = False) -> Any: ...
def _max_pool(input: Tensor, out: _int | Sequence[_int], kernel: _int | Sequence[_int] = (), stride: _int | Sequence[_int] = (), padding: _int | Sequence[_int] = (), dilation: _int | Sequence[_int] = (), count_include_pad: _bool = True, divisor_override: _int | None = None) -> _max_pool_result:
    """The largest element of each window and its flat place among the pooled axes; NaN wins."""
def _mean_pool(input: Tensor, out: _int | Sequence[_int], kernel: _int | Sequence[_int] = (), stride: _int | Sequence[_int] = (), padding: _int | Sequence[_int] = (), dilation: _int | Sequence[_int] = (), count_include_pad: _bool = True, divisor_override: _int | None = None) -> Tensor:
    """The mean of each window."""
def _mean_spread(grad: Tensor, size: _int | Sequence[_int], out: _int | Sequence[_int] = (), kernel: _int | Sequence[_int] = (), stride: _int | Sequence[_int] = (), padding: _int | Sequence[_int] = (), dilation: _int | Sequence[_int] = (), count_include_pad: _bool = True, divisor_override: _int | None = None) -> Tensor:
    """Every element's share of the means it went into."""
def _memory_stats() -> tuple: ...
def _named(arg0: Tensor, arg1: _str, /) -> Tensor: ...
def _nll_loss_backward(grad: Tensor, target: Tensor, weight: Tensor | None, size: _int | Sequence[_int], ignore_index: _int = -100, reduction: _str = 'mean') -> Tensor:
    """The gradient of nll_loss with respect to an input of this size."""
def _normal(mean: Tensor | None, std: Tensor | None, mean_number: _float, std_number: _float, generator: Generator | None) -> Tensor: ...
def _normalize_channels(input: Tensor, weight: Tensor | None = None, bias: Tensor | None = None, running_mean: Tensor | None = None, running_var: Tensor | None = None, training: _bool = False, eps: _float = 1e-05) -> _normalize_channels_result:
    """(input - mean) / sqrt(var + eps) * weight + bias for each channel, with the mean and variance used; the running statistics are not changed."""
def _normalize_channels_grad(grad: Tensor, input: Tensor, weight: Tensor | None, mean: Tensor, var: Tensor, training: _bool = False, eps: _float = 1e-05) -> _normalize_channels_grad_result:
    """The gradients of normalize_channels, at once."""
def _normalize_groups(input: Tensor, num_groups: _int, weight: Tensor | None = None, bias: Tensor | None = None, eps: _float = 1e-05) -> _normalize_groups_result:
    """group_norm, with the means and the reciprocal standard deviations that were used, [n, num_groups]: float32 beside a 16-bit input."""
def _normalize_groups_grad(grad: Tensor, input: Tensor, weight: Tensor | None, mean: Tensor, rstd: Tensor, num_groups: _int, eps: _float = 1e-05) -> _normalize_groups_grad_result:
    """The gradients of normalize_groups, at once."""
def _normalize_rows(input: Tensor, normalized_shape: _int | Sequence[_int], weight: Tensor | None = None, bias: Tensor | None = None, eps: _float = 1e-05) -> _normalize_rows_result:
    """layer_norm, with the means and the reciprocal standard deviations that were used: float32 beside a 16-bit input."""
def _normalize_rows_grad(grad: Tensor, input: Tensor, weight: Tensor | None, mean: Tensor, rstd: Tensor, normalized_shape: _int | Sequence[_int], eps: _float = 1e-05, affine: _bool = True) -> _normalize_rows_grad_result:
    """The gradients of normalize_rows, at once."""
def _on_bytes(bytes: Tensor, dtype: Any, size: Any, stride: Any, offset: _int) -> Tensor:
    """A tensor on bytes that _bytes_below gave; the offset counts elements."""
def _op_table() -> Any: ...
def _pooled_places_add(grad: Tensor, indices: Tensor, size: _int | Sequence[_int], axes: _int = 1) -> Tensor:
    """Zeros of shape size with grad added at indices."""
def _pop_saved_hooks() -> None: ...
def _push_saved_hooks(arg0: Any, arg1: Any, /) -> None: ...
def _relu_grad(grad: Tensor, result: Tensor) -> Tensor:
    """The gradient of relu."""
def _rrelu_noise(input: Tensor, lower: _float = 0.125, upper: _float = 0.3333333333333333, generator: Generator | None = None) -> Tensor:
    """1 where input is positive, else a slope from [lower, upper), drawn in row-major order."""
def _same_view(input: Tensor) -> Tensor:
    """input itself, as a view."""
def _seed_this_thread(arg: Any, /) -> None: ...
def _set_anomaly(arg0: _bool, arg1: _bool, /) -> None: ...
def _set_autocast_state(arg0: _bool, arg1: Any, /) -> None: ...
def _set_default_device(arg: Any, /) -> None: ...
def _set_grad_enabled(arg: _bool, /) -> None: ...
def _set_inference_mode(arg: _bool, /) -> None: ...
def _set_overrides_disabled(arg: _bool, /) -> _bool: ...
def _set_print_options(precision: _float, threshold: _float, edgeitems: _float, linewidth: _float, sci_mode: _bool | None) -> None: ...
def _silu_grad(grad: Tensor, input: Tensor) -> Tensor:
    """The gradient of silu."""
def _slice(input: Tensor, dim: _int = 0, start: _int = 0, end: _int | None = None, step: _int = 1) -> Tensor:
    """start:end:step along dim."""
def _softmax_backward(grad: Tensor, output: Tensor, dim: _int = -1, dtype: _dtype | None = None) -> Tensor:
    """output * (grad - sum(grad * output)) along dim."""
def _solve_square(A: Tensor, B: Tensor) -> Tensor:
    """x of A x = B, for one B or several in its columns."""
def _solve_triangle(A: Tensor, B: Tensor, upper: _bool, unitriangular: _bool = False) -> Tensor:
    """x of A x = B for triangular A, of which only that half is read."""
def _standard_gamma(input: Tensor, generator: Generator | None = None, *, out: Tensor | None = None) -> Tensor:
    """Numbers of the gamma distributions whose shapes input has; their rates are 1."""
def _standard_gamma_grad(shape: Tensor, sample: Tensor) -> Tensor:
    """The derivatives of gamma samples by their distribution's shape."""
def _tensordot(a: Tensor, b: Tensor, dims_self: _int | Sequence[_int], dims_other: _int | Sequence[_int]) -> Tensor:
    """Products summed over the axes dims_self of a and dims_other of b, pair by pair."""
def _thread_generator() -> Generator: ...
def _to_array(arg: Tensor, /) -> Any: ...
def _transposed_mm(input: Tensor, mat2: Tensor, left: _bool = False, right: _bool = False) -> Tensor:
    """The product of two matrices, each transposed first if so asked."""
def _undiagonal(input: Tensor, size: _int | Sequence[_int], offset: _int = 0, dim1: _int = 0, dim2: _int = 1) -> Tensor:
    """Zeros of shape size whose diagonal is input."""
def _unslice(input: Tensor, size: _int | Sequence[_int], dim: _int = 0, start: _int = 0, end: _int | None = None, step: _int = 1) -> Tensor:
    """Zeros of shape size whose slice is input."""
def _upsample_backward(grad: Tensor, size: _int | Sequence[_int], mode: _str, align_corners: _bool = False, scales: Sequence[_float] = ()) -> Tensor:
    """The gradient of an upsampling of an input of shape size."""
def _upsample_bicubic2d(input: Tensor, output_size: _int | Sequence[_int], align_corners: _bool = False, scales: Sequence[_float] = ()) -> Tensor:
    """(N, C, *) at the spatial sizes output_size."""
def _upsample_bilinear2d(input: Tensor, output_size: _int | Sequence[_int], align_corners: _bool = False, scales: Sequence[_float] = ()) -> Tensor:
    """(N, C, *) at the spatial sizes output_size."""
def _upsample_linear1d(input: Tensor, output_size: _int | Sequence[_int], align_corners: _bool = False, scales: Sequence[_float] = ()) -> Tensor:
    """(N, C, *) at the spatial sizes output_size."""
def _upsample_nearest1d(input: Tensor, output_size: _int | Sequence[_int], align_corners: _bool = False, scales: Sequence[_float] = ()) -> Tensor:
    """(N, C, *) at the spatial sizes output_size."""
def _upsample_nearest2d(input: Tensor, output_size: _int | Sequence[_int], align_corners: _bool = False, scales: Sequence[_float] = ()) -> Tensor:
    """(N, C, *) at the spatial sizes output_size."""
def _upsample_nearest3d(input: Tensor, output_size: _int | Sequence[_int], align_corners: _bool = False, scales: Sequence[_float] = ()) -> Tensor:
    """(N, C, *) at the spatial sizes output_size."""
def _upsample_trilinear3d(input: Tensor, output_size: _int | Sequence[_int], align_corners: _bool = False, scales: Sequence[_float] = ()) -> Tensor:
    """(N, C, *) at the spatial sizes output_size."""
def _vector_norm(input: Tensor, ord: _float = 2.0, dim: _int | Sequence[_int] | None = None, keepdim: _bool = False, dtype: _dtype | None = None) -> Tensor:
    """sum(|input| ** ord) ** (1 / ord) over the axes in dim, or over all; inf and -inf give the largest and smallest |input|, 0 the number of elements that are not zero."""
def _word_of(arg: Any, /) -> _str: ...
def abs(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The absolute value; of a complex number its modulus, a real number."""
abs_: Any
def absolute(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The absolute value; of a complex number its modulus, a real number."""
absolute_: Any
def acos(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse cosine, in radians."""
acos_: Any
def acosh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse hyperbolic cosine."""
acosh_: Any
def adaptive_avg_pool1d(input: Tensor, output_size: _int | Sequence[_int], *, out: Tensor | None = None) -> Tensor:
    """The means of output_size windows that cover the last axis."""
def add(input: Tensor | Number, other: Tensor | Number, *, alpha: Number = 1, out: Tensor | None = None) -> Tensor:
    """input + alpha * other."""
add_: Any
def addbmm(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: Number = 1, alpha: Number = 1, out: Tensor | None = None) -> Tensor:
    """beta * input + alpha * the sum of the products of the matrices in batch1 and batch2."""
addbmm_: Any
def addcdiv(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Number = 1, out: Tensor | None = None) -> Tensor:
    """input + value * tensor1 / tensor2, of floats only."""
addcdiv_: Any
def addcmul(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Number = 1, out: Tensor | None = None) -> Tensor:
    """input + value * tensor1 * tensor2."""
addcmul_: Any
def addmm(input: Tensor, mat1: Tensor, mat2: Tensor, *, beta: Number = 1, alpha: Number = 1, out: Tensor | None = None) -> Tensor:
    """beta * input + alpha * (mat1 @ mat2)."""
addmm_: Any
def addmv(input: Tensor, mat: Tensor, vec: Tensor, *, beta: Number = 1, alpha: Number = 1, out: Tensor | None = None) -> Tensor:
    """beta * input + alpha * (mat @ vec)."""
addmv_: Any
def addr(input: Tensor, vec1: Tensor, vec2: Tensor, *, beta: Number = 1, alpha: Number = 1, out: Tensor | None = None) -> Tensor:
    """beta * input + alpha * outer(vec1, vec2)."""
addr_: Any
@overload
def all(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Whether no element is zero; uint8 for uint8, else bool."""
@overload
def all(input: Tensor, dim: _int | Sequence[_int] | None, keepdim: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """Whether no element is zero, over the axes in dim."""
def alpha_dropout(input: Tensor, p: _float = 0.5, train: _bool = True, *, out: Tensor | None = None) -> Tensor:
    """dropout to SELU's negative limit that keeps mean and variance (Klambauer et al. 2017)."""
def amax(input: Tensor, dim: _int | Sequence[_int] = (), keepdim: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """The largest element over the axes in dim, or over all. Equal ones share the gradient."""
def amin(input: Tensor, dim: _int | Sequence[_int] = (), keepdim: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """The smallest element over the axes in dim, or over all. Equal ones share the gradient."""
def aminmax(input: Tensor, *, dim: _int | None = None, keepdim: _bool = False, out: Sequence[Tensor] | None = None) -> _aminmax_result:
    """The smallest and largest elements along dim, or of all."""
def angle(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The angle of a complex number, in (-pi, pi]; of a real one 0, or pi where negative."""
@overload
def any(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Whether an element is not zero; uint8 for uint8, else bool."""
@overload
def any(input: Tensor, dim: _int | Sequence[_int] | None, keepdim: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """Whether an element is not zero, over the axes in dim."""
@overload
def arange(end: Number, *, dtype: _dtype | None = None, device: _device | _str | None = None, requires_grad: _bool = False, pin_memory: _bool = False) -> Tensor:
    """0, 1, .. below end."""
@overload
def arange(start: Number, end: Number, step: Number = 1, *, dtype: _dtype | None = None, device: _device | _str | None = None, requires_grad: _bool = False, pin_memory: _bool = False) -> Tensor:
    """start, start + step, .. up to but not including end. int64 if all three are integers."""
def arccos(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse cosine, in radians."""
arccos_: Any
def arccosh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse hyperbolic cosine."""
arccosh_: Any
def arcsin(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse sine, in radians."""
arcsin_: Any
def arcsinh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse hyperbolic sine."""
arcsinh_: Any
def arctan(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse tangent, in radians."""
def arctan2(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The angle of the point (other, input), in (-pi, pi]."""
arctan2_: Any
arctan_: Any
def arctanh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse hyperbolic tangent."""
arctanh_: Any
def argmax(input: Tensor, dim: _int | None = None, keepdim: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """The index of the first largest element along dim, or among all in row-major order; int64."""
def argmin(input: Tensor, dim: _int | None = None, keepdim: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """The index of the first smallest element along dim, or among all in row-major order; int64."""
def argsort(input: Tensor, dim: _int = -1, descending: _bool = False, *, stable: _bool = False, out: Tensor | None = None) -> Tensor:
    """The indices that sort input along dim."""
def argwhere(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Where input is not zero: a row of indices for each element."""
def as_strided(input: Tensor, size: _int | Sequence[_int], stride: _int | Sequence[_int], storage_offset: _int | None = None) -> Tensor:
    """Any sizes, strides and offset on the input's memory."""
as_strided_: Any
def as_strided_scatter(input: Tensor, src: Tensor, size: _int | Sequence[_int], stride: _int | Sequence[_int], storage_offset: _int | None = None, *, out: Tensor | None = None) -> Tensor:
    """A copy of input whose as_strided view is src."""
def as_tensor(data: Any | None, dtype: Any | None = None, device: Any | None = None) -> Tensor:
    """data itself where it is a tensor, an array's memory where it is an array, else a copy."""
def asin(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse sine, in radians."""
asin_: Any
def asinh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse hyperbolic sine."""
asinh_: Any
def atan(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse tangent, in radians."""
def atan2(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The angle of the point (other, input), in (-pi, pi]."""
atan2_: Any
atan_: Any
def atanh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse hyperbolic tangent."""
atanh_: Any
def atleast_1d(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """input with at least one axis."""
def atleast_2d(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """input with at least two axes; a vector becomes a row."""
def atleast_3d(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """input with at least three axes."""
def avg_pool1d(input: Tensor, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, ceil_mode: _bool = False, count_include_pad: _bool = True, *, out: Tensor | None = None) -> Tensor:
    """The mean of windows of the last axis."""
def baddbmm(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: Number = 1, alpha: Number = 1, out: Tensor | None = None) -> Tensor:
    """beta * input + alpha * bmm(batch1, batch2)."""
baddbmm_: Any
def bernoulli(input: Tensor, p: _float | None = None, *, generator: Generator | None = None, out: Tensor | None = None) -> Tensor:
    """1 with the probability that input has in its place, or with probability p if that is given; else 0. Of input's dtype."""
bernoulli_: Any
bfloat16: dtype
def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | None = None, *, out: Tensor | None = None) -> Tensor:
    """The sum of input1[..., i] weight[o, i, j] input2[..., j] over i and j, plus bias[o]."""
def bincount(input: Tensor, weights: Tensor | None = None, minlength: _int = 0, *, out: Tensor | None = None) -> Tensor:
    """How often each number 0, 1, .. occurs in the vector input, or the sums of its weights."""
def binomial(count: Tensor, prob: Tensor, generator: Generator | None = None, *, out: Tensor | None = None) -> Tensor:
    """Numbers of successes in count trials, each of probability prob; of one shape."""
def bitwise_and(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """input & other, bit by bit."""
bitwise_and_: Any
def bitwise_left_shift(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """input * 2 ** other, in the integer type of input."""
bitwise_left_shift_: Any
def bitwise_not(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Every bit inverted; of bools, not."""
bitwise_not_: Any
def bitwise_or(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """input | other, bit by bit."""
bitwise_or_: Any
def bitwise_right_shift(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """input shifted right by other bits, the sign kept."""
bitwise_right_shift_: Any
def bitwise_xor(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """input ^ other, bit by bit."""
bitwise_xor_: Any
def bmm(input: Tensor, mat2: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The products of the matrices in [b, n, k] and [b, k, m]."""
bool: dtype
def broadcast_tensors(tensors: Sequence[Tensor], *, out: Sequence[Tensor] | None = None) -> tuple[Tensor, ...]:
    """The tensors expanded to their common shape."""
def broadcast_to(input: Tensor, size: _int | Sequence[_int], *, out: Tensor | None = None) -> Tensor:
    """input expanded to size."""
def bucketize(input: Tensor | Number, boundaries: Tensor, *, out_int32: _bool = False, right: _bool = False, out: Tensor | None = None) -> Tensor:
    """searchsorted(boundaries, input) for a vector of boundaries."""
def can_cast(from_: Any, to: Any) -> _bool: ...
def cat(tensors: Sequence[Tensor], dim: _int = 0, *, out: Tensor | None = None) -> Tensor:
    """The tensors one after another along dim."""
def cdist(x1: Tensor, x2: Tensor, p: _float = 2.0, compute_mode: _str = 'use_mm_for_euclid_dist_if_necessary', *, out: Tensor | None = None) -> Tensor:
    """The norms of order p of the differences of all rows of x1 (.., n, k) and of x2 (.., m, k)."""
cdouble: dtype
def ceil(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The smallest integer not below input."""
ceil_: Any
def celu(input: Tensor, alpha: _float = 1.0, *, out: Tensor | None = None) -> Tensor:
    """max(0, input) + min(0, alpha * (exp(input / alpha) - 1))."""
cfloat: dtype
def channel_shuffle(input: Tensor, groups: _int, *, out: Tensor | None = None) -> Tensor:
    """The channels of (N, C, *), taken in turn from each group."""
channels_last: memory_format
channels_last_3d: memory_format
def chunk(input: Tensor, chunks: _int, dim: _int = 0, *, out: Sequence[Tensor] | None = None) -> tuple[Tensor, ...]:
    """At most `chunks` pieces of equal size along dim."""
@overload
def clamp(input: Tensor, min: Number | None = None, max: Number | None = None, *, out: Tensor | None = None) -> Tensor:
    """input limited to [min, max]; either may be None. NaN stays NaN."""
@overload
def clamp(input: Tensor, min: Tensor | None = None, max: Tensor | None = None, *, out: Tensor | None = None) -> Tensor:
    """input limited elementwise to [min, max]; either may be None."""
clamp_: Any
def clamp_max(input: Tensor, max: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """input, at most max."""
clamp_max_: Any
def clamp_min(input: Tensor, min: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """input, at least min."""
clamp_min_: Any
@overload
def clip(input: Tensor, min: Number | None = None, max: Number | None = None, *, out: Tensor | None = None) -> Tensor:
    """input limited to [min, max]; either may be None. NaN stays NaN."""
@overload
def clip(input: Tensor, min: Tensor | None = None, max: Tensor | None = None, *, out: Tensor | None = None) -> Tensor:
    """input limited elementwise to [min, max]; either may be None."""
clip_: Any
def clone(input: Tensor, *, memory_format: _str = 'preserve', out: Tensor | None = None) -> Tensor:
    """A copy with memory of its own."""
def column_stack(tensors: Sequence[Tensor], *, out: Tensor | None = None) -> Tensor:
    """Tensors along axis 1; vectors become columns."""
def combinations(input: Tensor, r: _int = 2, with_replacement: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """All choices of r elements of a vector, as rows."""
def complex(real: Tensor, imag: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The complex numbers real + i * imag."""
complex128: dtype
complex64: dtype
def concat(tensors: Sequence[Tensor], dim: _int = 0, *, out: Tensor | None = None) -> Tensor:
    """The tensors one after another along dim."""
def concatenate(tensors: Sequence[Tensor], dim: _int = 0, *, out: Tensor | None = None) -> Tensor:
    """The tensors one after another along dim."""
def conj(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The complex conjugate; a real tensor is returned itself."""
def conj_physical(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The complex conjugate, computed at once."""
conj_physical_: Any
def constant_pad_nd(input: Tensor, pad: _int | Sequence[_int], value: Number = 0, *, out: Tensor | None = None) -> Tensor:
    """value at the ends of the last axes; pad: (left, right) of the last axis, then of the one before. Negative numbers cut off."""
contiguous_format: memory_format
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
def convolution(input: Tensor, weight: Tensor, bias: Tensor | None, stride: _int | Sequence[_int], padding: _int | Sequence[_int], dilation: _int | Sequence[_int], transposed: _bool, output_padding: _int | Sequence[_int], groups: _int, *, out: Tensor | None = None) -> Tensor:
    """input [n, c, ...] with weight [out, c / groups, ...], or transposed with weight [c, out / groups, ...]; 1 or 2 spatial axes; plus bias [out]."""
def copysign(input: Tensor, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """|input| with the sign of other."""
copysign_: Any
def corrcoef(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The correlation coefficients of variables in rows."""
def cos(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The cosine of input in radians."""
cos_: Any
def cosh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The hyperbolic cosine."""
cosh_: Any
def cosine_embedding_loss(input1: Tensor, input2: Tensor, target: Tensor, margin: _float = 0.0, reduction: _str = 'mean', *, out: Tensor | None = None) -> Tensor:
    """1 - cosine where target is 1, max(0, cosine - margin) where it is -1. Inputs (N, D) with target (N), or (D) with ()."""
def cosine_similarity(x1: Tensor, x2: Tensor, dim: _int = 1, eps: _float = 1e-08, *, out: Tensor | None = None) -> Tensor:
    """The scalar product along dim over the product of the norms, each not below eps."""
def count_nonzero(input: Tensor, dim: _int | Sequence[_int] | None = None, *, out: Tensor | None = None) -> Tensor:
    """How many elements are not zero, over the axes in dim; int64."""
def cov(input: Tensor, *, correction: _int = 1, fweights: Tensor | None = None, aweights: Tensor | None = None, out: Tensor | None = None) -> Tensor:
    """The covariance matrix of variables in rows; columns may have integer frequencies and real weights."""
def cross(input: Tensor, other: Tensor, dim: _int | None = None, *, out: Tensor | None = None) -> Tensor:
    """The cross products of vectors of 3 along dim; without dim the first axis of size 3."""
def cummax(input: Tensor, dim: _int, *, out: Sequence[Tensor] | None = None) -> _cummax_result:
    """The largest element so far along dim and its index; the last of equal ones."""
def cummin(input: Tensor, dim: _int, *, out: Sequence[Tensor] | None = None) -> _cummin_result:
    """The smallest element so far along dim and its index; the last of equal ones."""
def cumprod(input: Tensor, dim: _int, *, dtype: _dtype | None = None, out: Tensor | None = None) -> Tensor:
    """out[i] = input[0] * .. * input[i] along dim. Bools and integers are multiplied in int64."""
cumprod_: Any
def cumsum(input: Tensor, dim: _int, *, dtype: _dtype | None = None, out: Tensor | None = None) -> Tensor:
    """out[i] = input[0] + .. + input[i] along dim. Bools and integers are summed in int64."""
cumsum_: Any
@overload
def cumulative_trapezoid(y: Tensor, x: Tensor, *, dim: _int = -1, out: Tensor | None = None) -> Tensor:
    """The integrals of y along dim up to each point, by the trapezoidal rule, at x."""
@overload
def cumulative_trapezoid(y: Tensor, *, dx: _float = 1.0, dim: _int = -1, out: Tensor | None = None) -> Tensor:
    """The integrals of y along dim up to each point, by the trapezoidal rule, dx apart."""
default_generator: Generator
def deg2rad(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Degrees to radians."""
deg2rad_: Any
def detach(input: Tensor) -> Tensor:
    """The same elements outside the graph."""
def diag(input: Tensor, diagonal: _int = 0, *, out: Tensor | None = None) -> Tensor:
    """A vector as the diagonal of a matrix of zeros; or a copy of a matrix's diagonal."""
def diag_embed(input: Tensor, offset: _int = 0, dim1: _int = -2, dim2: _int = -1, *, out: Tensor | None = None) -> Tensor:
    """The last axis as diagonals of matrices of zeros, which lie in axes dim1 and dim2."""
def diagflat(input: Tensor, offset: _int = 0, *, out: Tensor | None = None) -> Tensor:
    """The flattened input as the diagonal of a matrix of zeros."""
def diagonal(input: Tensor, offset: _int = 0, dim1: _int = 0, dim2: _int = 1) -> Tensor:
    """The diagonal of axes dim1 and dim2 as the last axis; offset moves it right, or down where negative."""
def diagonal_scatter(input: Tensor, src: Tensor, offset: _int = 0, dim1: _int = 0, dim2: _int = 1, *, out: Tensor | None = None) -> Tensor:
    """A copy of input whose diagonal is src."""
def diff(input: Tensor, n: _int = 1, dim: _int = -1, prepend: Tensor | None = None, append: Tensor | None = None, *, out: Tensor | None = None) -> Tensor:
    """The differences of neighbours along dim, n times; between prepend and append."""
def digamma(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The derivative of lgamma."""
digamma_: Any
def dist(input: Tensor, other: Tensor, p: _float = 2.0, *, out: Tensor | None = None) -> Tensor:
    """The norm of order p of input - other."""
@overload
def div(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """input / other; of integers the true quotient."""
@overload
def div(input: Tensor | Number, other: Tensor | Number, *, rounding_mode: _str, out: Tensor | None = None) -> Tensor:
    """input / other, rounded: towards zero ('trunc'), down ('floor') or not at all (None)."""
div_: Any
@overload
def divide(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """input / other; of integers the true quotient."""
@overload
def divide(input: Tensor | Number, other: Tensor | Number, *, rounding_mode: _str, out: Tensor | None = None) -> Tensor:
    """input / other, rounded: towards zero ('trunc'), down ('floor') or not at all (None)."""
divide_: Any
def dot(input: Tensor, tensor: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The sum of the products of two vectors' elements."""
double: dtype
def dropout(input: Tensor, p: _float = 0.5, train: _bool = True, *, out: Tensor | None = None) -> Tensor:
    """In training, elements become 0 with probability p and the others are divided by 1 - p; else input itself."""
def dstack(tensors: Sequence[Tensor], *, out: Tensor | None = None) -> Tensor:
    """Tensors one behind another: along axis 2."""
def einsum(operands: Sequence[Tensor], equation: _str, *, out: Tensor | None = None) -> Tensor:
    """Sums of products of elements after Einstein: each letter of the equation names an axis; what the output does not name is summed. ... stands for axes without names."""
def embedding(weight: Tensor, indices: Tensor, padding_idx: _int = -1, scale_grad_by_freq: _bool = False, sparse: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """Rows of weight (n, d) by index: indices (*) of int64 or int32 give (*, d). The row padding_idx gets no gradient; with scale_grad_by_freq a row's gradient is divided by the number of its uses. sparse: the gradient is dense, and a warning says so."""
def embedding_renorm(input: Tensor, indices: Tensor, max_norm: _float, norm_type: _float, *, out: Tensor | None = None) -> Tensor:
    """The rows of input that indices name, scaled so that no norm exceeds max_norm."""
def empty(*size: _int | Sequence[_int], dtype: _dtype | None = None, device: _device | _str | None = None, requires_grad: _bool = False, pin_memory: _bool = False) -> Tensor:
    """A tensor of this size whose elements are not set."""
def empty_like(input: Tensor, *, memory_format: _str = 'preserve', dtype: _dtype | None = None, device: _device | _str | None = None, requires_grad: _bool = False, pin_memory: _bool = False) -> Tensor:
    """An unset tensor of input's size, dtype and memory order."""
def empty_strided(size: _int | Sequence[_int], stride: _int | Sequence[_int], *, dtype: _dtype | None = None, device: _device | _str | None = None, requires_grad: _bool = False, pin_memory: _bool = False) -> Tensor:
    """A tensor of these sizes and strides whose elements are not set."""
def eq(input: Tensor, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """Whether input == other."""
eq_: Any
def erf(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The error function, 2/sqrt(pi) times the integral of exp(-t^2) from 0 to input."""
erf_: Any
def erfc(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """1 - erf(input), exact for large input."""
erfc_: Any
def erfinv(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse of erf, on (-1, 1)."""
erfinv_: Any
def exp(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """e to the power of input."""
def exp2(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """2 to the power of input."""
exp2_: Any
exp_: Any
def expm1(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """exp(input) - 1, exact near 0."""
expm1_: Any
@overload
def eye(n: _int, *, dtype: _dtype | None = None, device: _device | _str | None = None, requires_grad: _bool = False, pin_memory: _bool = False) -> Tensor:
    """An n x n identity matrix."""
@overload
def eye(n: _int, m: _int, *, dtype: _dtype | None = None, device: _device | _str | None = None, requires_grad: _bool = False, pin_memory: _bool = False) -> Tensor:
    """An n x m matrix with ones on its diagonal."""
def feature_alpha_dropout(input: Tensor, p: _float = 0.5, train: _bool = True, *, out: Tensor | None = None) -> Tensor:
    """alpha_dropout of whole channels of (N, C, *)."""
def feature_dropout(input: Tensor, p: _float = 0.5, train: _bool = True, *, out: Tensor | None = None) -> Tensor:
    """dropout of whole channels of (N, C, *)."""
def fix(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The integer part of input."""
fix_: Any
def flatten(input: Tensor, start_dim: _int = 0, end_dim: _int = -1, *, out: Tensor | None = None) -> Tensor:
    """The axes start_dim to end_dim made one."""
def flip(input: Tensor, *dims: _int | Sequence[_int], out: Tensor | None = None) -> Tensor:
    """The elements in reverse order along the axes in dims."""
def fliplr(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """flip of axis 1."""
def flipud(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """flip of axis 0."""
float: dtype
float16: dtype
float32: dtype
float64: dtype
def float_power(input: Tensor | Number, exponent: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """input ** exponent in float64, or complex128."""
float_power_: Any
def floor(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The largest integer not above input."""
floor_: Any
def floor_divide(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """The quotient rounded down."""
floor_divide_: Any
def fmax(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The larger element; a NaN loses against a number."""
def fmin(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The smaller element; a NaN loses against a number."""
def fmod(input: Tensor, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """input - other * trunc(input / other): the sign of input."""
fmod_: Any
def frac(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """input - trunc(input)."""
frac_: Any
def frexp(input: Tensor, *, out: Sequence[Tensor] | None = None) -> _frexp_result:
    """mantissa in (-1, -0.5], 0 or [0.5, 1) and exponent with input = mantissa * 2 ** exponent."""
def from_dlpack(ext_tensor: Any, *, device: Any | None = None, copy: Any | None = None) -> Any:
    """A tensor on the memory of any object with __dlpack__, or of a capsule."""
def from_numpy(ndarray: Any | None) -> Tensor:
    """A tensor on the array's memory: a change of one is a change of the other."""
def frombuffer(buffer: Any, *, dtype: Any, count: _int = -1, offset: _int = 0, requires_grad: _bool = False) -> Tensor:
    """A 1-dim tensor on the memory of an object with the buffer protocol."""
def full(size: _int | Sequence[_int], fill_value: Number, *, dtype: _dtype | None = None, device: _device | _str | None = None, requires_grad: _bool = False, pin_memory: _bool = False) -> Tensor:
    """A tensor of this size, every element fill_value."""
def full_like(input: Tensor, fill_value: Number, *, memory_format: _str = 'preserve', dtype: _dtype | None = None, device: _device | _str | None = None, requires_grad: _bool = False, pin_memory: _bool = False) -> Tensor:
    """fill_value in input's size, dtype and memory order."""
def gather(input: Tensor, dim: _int, index: Tensor, *, sparse_grad: _bool = False, out: Tensor | None = None) -> Tensor:
    """out[i][j] = input[index[i][j]][j] for dim 0, and so on. sparse_grad: the gradient is dense, and a warning says so."""
def gcd(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The greatest common divisor."""
gcd_: Any
def ge(input: Tensor, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """Whether input >= other."""
ge_: Any
def ger(input: Tensor, vec2: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The matrix input[i] * vec2[j] of two vectors."""
def get_default_device() -> Any: ...
def get_default_dtype() -> _dtype: ...
def get_num_threads() -> _int: ...
def greater(input: Tensor, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """Whether input > other."""
greater_: Any
def greater_equal(input: Tensor, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """Whether input >= other."""
greater_equal_: Any
def grid_sampler(input: Tensor, grid: Tensor, interpolation_mode: _int, padding_mode: _int, align_corners: _bool, *, out: Tensor | None = None) -> Tensor:
    """grid_sampler_2d or grid_sampler_3d."""
def grid_sampler_2d(input: Tensor, grid: Tensor, interpolation_mode: _int, padding_mode: _int, align_corners: _bool, *, out: Tensor | None = None) -> Tensor:
    """input (N, C, *in) read at grid (N, *out, axes), the last axis first, where -1 and 1 are the ends of an axis."""
def grid_sampler_3d(input: Tensor, grid: Tensor, interpolation_mode: _int, padding_mode: _int, align_corners: _bool, *, out: Tensor | None = None) -> Tensor:
    """input (N, C, *in) read at grid (N, *out, axes), the last axis first, where -1 and 1 are the ends of an axis."""
def group_norm(input: Tensor, num_groups: _int, weight: Tensor | None = None, bias: Tensor | None = None, eps: _float = 1e-05, *, out: Tensor | None = None) -> Tensor:
    """Normalises num_groups groups of channels of each sample of input [n, c, ...]; weight and bias are one for each channel."""
def gt(input: Tensor, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """Whether input > other."""
gt_: Any
half: dtype
def hardshrink(input: Tensor, lambd: _float = 0.5, *, out: Tensor | None = None) -> Tensor:
    """input outside [-lambd, lambd]; 0 within."""
def heaviside(input: Tensor, values: Tensor, *, out: Tensor | None = None) -> Tensor:
    """0 where input is negative, 1 where positive, values where 0."""
heaviside_: Any
def hinge_embedding_loss(input: Tensor, target: Tensor, margin: _float = 1.0, reduction: _str = 'mean', *, out: Tensor | None = None) -> Tensor:
    """input where target is 1, max(0, margin - input) where it is -1, else both."""
def histc(input: Tensor, bins: _int = 100, min: _float = 0.0, max: _float = 0.0, *, out: Tensor | None = None) -> Tensor:
    """How many elements lie in each of bins equal intervals from min to max; from the smallest to the largest element if those are equal."""
def hstack(tensors: Sequence[Tensor], *, out: Tensor | None = None) -> Tensor:
    """Tensors side by side: along axis 1, or 0 for vectors."""
def hypot(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """sqrt(input^2 + other^2), without overflow."""
hypot_: Any
def i0(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The modified Bessel function of the first kind, order 0."""
i0_: Any
def igamma(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The regularised lower incomplete gamma function P(input, other)."""
igamma_: Any
def igammac(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The regularised upper incomplete gamma function Q(input, other)."""
igammac_: Any
def imag(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The imaginary parts of a complex tensor, a view."""
def index_add(input: Tensor, dim: _int, index: Tensor, source: Tensor, *, alpha: Number = 1, out: Tensor | None = None) -> Tensor:
    """out = input; the slice index[i] of out along dim gains alpha times slice i of source."""
index_add_: Any
def index_copy(input: Tensor, dim: _int, index: Tensor, source: Tensor, *, out: Tensor | None = None) -> Tensor:
    """out = input; the slice index[i] of out along dim becomes slice i of source."""
index_copy_: Any
@overload
def index_fill(input: Tensor, dim: _int, index: Tensor, value: Number, *, out: Tensor | None = None) -> Tensor:
    """out = input; the slices index[i] of out along dim become value."""
@overload
def index_fill(input: Tensor, dim: _int, index: Tensor, value: Tensor, *, out: Tensor | None = None) -> Tensor:
    """index_fill with a 0-dim tensor."""
index_fill_: Any
def index_reduce(input: Tensor, dim: _int, index: Tensor, source: Tensor, reduce: _str, *, include_self: _bool = True, out: Tensor | None = None) -> Tensor:
    """The slices of source that index sends to one slice of input along dim, reduced; with that of input unless include_self is false."""
index_reduce_: Any
def index_select(input: Tensor, dim: _int, index: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The slices of input along dim that the vector index names."""
def inner(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Products summed over the last axis of both."""
int: dtype
int16: dtype
int32: dtype
int64: dtype
int8: dtype
def is_anomaly_check_nan_enabled() -> _bool: ...
def is_anomaly_enabled() -> _bool: ...
def is_grad_enabled() -> _bool: ...
def is_inference_mode_enabled() -> _bool: ...
def isclose(input: Tensor, other: Tensor, rtol: _float = 1e-05, atol: _float = 1e-08, equal_nan: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """Whether |input - other| <= atol + rtol * |other|."""
def isfinite(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Whether an element is neither infinite nor NaN."""
def isin(elements: Tensor | Number, test_elements: Tensor | Number, *, assume_unique: _bool = False, invert: _bool = False, out: Tensor | None = None) -> Tensor:
    """Whether each of elements is among test_elements."""
def isinf(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Whether an element is infinite."""
def isnan(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Whether an element is not a number."""
def isreal(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Whether an element's imaginary part is zero."""
def kron(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The Kronecker product."""
def kthvalue(input: Tensor, k: _int, dim: _int = -1, keepdim: _bool = False, *, out: Sequence[Tensor] | None = None) -> _kthvalue_result:
    """The k-th smallest element along dim, counted from 1."""
def layer_norm(input: Tensor, normalized_shape: _int | Sequence[_int], weight: Tensor | None = None, bias: Tensor | None = None, eps: _float = 1e-05, *, out: Tensor | None = None) -> Tensor:
    """Normalises over the last axes, of sizes normalized_shape; weight and bias have that shape."""
def lcm(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The least common multiple."""
lcm_: Any
def ldexp(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """input * 2 ** other."""
ldexp_: Any
def le(input: Tensor, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """Whether input <= other."""
le_: Any
def lerp(input: Tensor, end: Tensor, weight: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """input + weight * (end - input)."""
lerp_: Any
def less(input: Tensor, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """Whether input < other."""
less_: Any
def less_equal(input: Tensor, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """Whether input <= other."""
less_equal_: Any
def lgamma(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The logarithm of |gamma(input)|."""
lgamma_: Any
@overload
def linspace(start: Number, end: Number, steps: _int, *, dtype: _dtype | None = None, device: _device | _str | None = None, requires_grad: _bool = False, pin_memory: _bool = False) -> Tensor:
    """steps numbers from start to end, both included, evenly spaced."""
@overload
def linspace(start: Tensor | Number, end: Tensor | Number, steps: _int, *, dtype: _dtype | None = None, device: _device | _str | None = None, requires_grad: _bool = False, pin_memory: _bool = False) -> Tensor:
    """steps numbers from start to end, both included, evenly spaced."""
def live_bytes() -> _int: ...
def live_nodes() -> _int: ...
def log(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The natural logarithm."""
def log10(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The logarithm to base 10."""
log10_: Any
def log1p(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """log(1 + input), exact near 0."""
log1p_: Any
def log2(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The logarithm to base 2."""
log2_: Any
log_: Any
def log_softmax(input: Tensor, dim: _int, dtype: _dtype | None = None, *, out: Tensor | None = None) -> Tensor:
    """The logarithm of softmax: input - log(sum(exp(input)))."""
def logaddexp(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """log(exp(input) + exp(other)), without overflow."""
def logaddexp2(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """log2(2 ** input + 2 ** other), without overflow."""
def logcumsumexp(input: Tensor, dim: _int, *, out: Tensor | None = None) -> Tensor:
    """The logarithm of cumsum(exp(input)), without overflow."""
def logical_and(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The logical logical_and of what is not zero."""
logical_and_: Any
def logical_not(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """True where input is zero."""
logical_not_: Any
def logical_or(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The logical logical_or of what is not zero."""
logical_or_: Any
def logical_xor(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The logical logical_xor of what is not zero."""
logical_xor_: Any
def logit(input: Tensor, eps: _float | None = None, *, out: Tensor | None = None) -> Tensor:
    """log(input / (1 - input)); with eps input is limited to [eps, 1 - eps] first."""
logit_: Any
@overload
def logspace(start: Number, end: Number, steps: _int, base: _float = 10.0, *, dtype: _dtype | None = None, device: _device | _str | None = None, requires_grad: _bool = False, pin_memory: _bool = False) -> Tensor:
    """base ** linspace(start, end, steps)."""
@overload
def logspace(start: Tensor | Number, end: Tensor | Number, steps: _int, base: _float = 10.0, *, dtype: _dtype | None = None, device: _device | _str | None = None, requires_grad: _bool = False, pin_memory: _bool = False) -> Tensor:
    """base ** linspace(start, end, steps)."""
def logsumexp(input: Tensor, dim: _int | Sequence[_int], keepdim: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """log(sum(exp(input))) over the axes in dim, without overflow."""
long: dtype
def lt(input: Tensor, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """Whether input < other."""
lt_: Any
def margin_ranking_loss(input1: Tensor, input2: Tensor, target: Tensor, margin: _float = 0.0, reduction: _str = 'mean', *, out: Tensor | None = None) -> Tensor:
    """max(0, margin - target * (input1 - input2)): target 1 wants input1 larger."""
def masked_fill(input: Tensor, mask: Tensor, value: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """value where mask holds, input elsewhere. value is a number or a 0-dim tensor."""
masked_fill_: Any
def masked_scatter(input: Tensor, mask: Tensor, source: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The elements of source, in order, where mask holds, and input elsewhere."""
masked_scatter_: Any
def masked_select(input: Tensor, mask: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The elements of input where mask holds, as a vector."""
def matmul(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The product over the last two axes; the axes before them are broadcast. A vector counts as a row on the left and as a column on the right, and its axis is dropped."""
@overload
def max(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The largest element. Equal ones share the gradient."""
@overload
def max(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """maximum(input, other)."""
@overload
def max(input: Tensor, dim: _int, keepdim: _bool = False, *, out: Sequence[Tensor] | None = None) -> _max_result:
    """The largest elements along dim and their indices, int64; the first of equal ones."""
def max_pool1d(input: Tensor, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, dilation: _int | Sequence[_int] = 1, ceil_mode: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """The largest element of windows of the last axis; padding never wins."""
def max_pool1d_with_indices(input: Tensor, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, dilation: _int | Sequence[_int] = 1, ceil_mode: _bool = False, *, out: Sequence[Tensor] | None = None) -> _max_pool1d_with_indices_result:
    """max_pool1d and where along the axis each element was found."""
def max_pool2d(input: Tensor, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, dilation: _int | Sequence[_int] = 1, ceil_mode: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """The largest element of windows of the last two axes; padding never wins."""
def max_pool3d(input: Tensor, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, dilation: _int | Sequence[_int] = 1, ceil_mode: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """The largest element of windows of the last three axes; padding never wins."""
def maximum(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The larger element; NaN wins. Equal elements share the gradient."""
maximum_: Any
def mean(input: Tensor, dim: _int | Sequence[_int] | None = None, keepdim: _bool = False, *, dtype: _dtype | None = None, out: Tensor | None = None) -> Tensor:
    """The mean over the axes in dim, or over all of them."""
@overload
def median(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The lower median of all elements; NaN if there is one."""
@overload
def median(input: Tensor, dim: _int, keepdim: _bool = False, *, out: Sequence[Tensor] | None = None) -> _median_result:
    """The lower median along dim, and where it lies."""
def meshgrid(tensors: Sequence[Tensor], *, indexing: _str = 'ij', out: Sequence[Tensor] | None = None) -> tuple[Tensor, ...]:
    """Vectors as coordinates of a grid; with indexing 'xy' the first two axes are swapped."""
@overload
def min(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The smallest element. Equal ones share the gradient."""
@overload
def min(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """minimum(input, other)."""
@overload
def min(input: Tensor, dim: _int, keepdim: _bool = False, *, out: Sequence[Tensor] | None = None) -> _min_result:
    """The smallest elements along dim and their indices, int64; the first of equal ones."""
def minimum(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The smaller element; NaN wins. Equal elements share the gradient."""
minimum_: Any
def mm(input: Tensor, mat2: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The product of matrices [n, k] and [k, m]."""
def mode(input: Tensor, dim: _int = -1, keepdim: _bool = False, *, out: Sequence[Tensor] | None = None) -> _mode_result:
    """The most frequent element along dim, the smallest of equally frequent ones, and where it is last."""
def moveaxis(input: Tensor, source: _int | Sequence[_int], destination: _int | Sequence[_int], *, out: Tensor | None = None) -> Tensor:
    """The axes source moved to the places destination, the others in order."""
def movedim(input: Tensor, source: _int | Sequence[_int], destination: _int | Sequence[_int], *, out: Tensor | None = None) -> Tensor:
    """The axes source moved to the places destination, the others in order."""
def msort(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """input sorted along axis 0."""
def mul(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """input * other."""
mul_: Any
def multinomial(input: Tensor, num_samples: _int, replacement: _bool = False, *, generator: Generator | None = None, out: Tensor | None = None) -> Tensor:
    """num_samples indices into input (m), or into each row of input (n, m), drawn with probabilities in proportion to its values; int64. Without replacement no index comes twice."""
def multiply(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """input * other."""
multiply_: Any
def mv(input: Tensor, vec: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The product of a matrix [n, k] and a vector [k]."""
def mvlgamma(input: Tensor, p: _int, *, out: Tensor | None = None) -> Tensor:
    """The logarithm of the multivariate gamma function of dimension p."""
mvlgamma_: Any
def nan_to_num(input: Tensor, nan: _float | None = None, posinf: _float | None = None, neginf: _float | None = None, *, out: Tensor | None = None) -> Tensor:
    """NaN and infinities replaced: by 0 and the largest and smallest numbers of the dtype, unless others are given."""
nan_to_num_: Any
def nanmean(input: Tensor, dim: _int | Sequence[_int] | None = None, keepdim: _bool = False, *, dtype: _dtype | None = None, out: Tensor | None = None) -> Tensor:
    """The mean of what is not NaN."""
@overload
def nanmedian(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The lower median of what is not NaN."""
@overload
def nanmedian(input: Tensor, dim: _int, keepdim: _bool = False, *, out: Sequence[Tensor] | None = None) -> _nanmedian_result:
    """The lower median of what is not NaN along dim."""
@overload
def nanquantile(input: Tensor, q: Tensor, dim: _int | None = None, keepdim: _bool = False, *, interpolation: _str = 'linear', out: Tensor | None = None) -> Tensor:
    """quantile of what is not NaN. For a vector q the results lie along axis 0."""
@overload
def nanquantile(input: Tensor, q: _float, dim: _int | None = None, keepdim: _bool = False, *, interpolation: _str = 'linear', out: Tensor | None = None) -> Tensor:
    """quantile of what is not NaN."""
def nansum(input: Tensor, dim: _int | Sequence[_int] | None = None, keepdim: _bool = False, *, dtype: _dtype | None = None, out: Tensor | None = None) -> Tensor:
    """The sum of what is not NaN."""
@overload
def narrow(input: Tensor, dim: _int, start: _int, length: _int, *, out: Tensor | None = None) -> Tensor:
    """The length elements from start along dim."""
@overload
def narrow(input: Tensor, dim: _int, start: Tensor, length: _int, *, out: Tensor | None = None) -> Tensor:
    """narrow with start as a 0-dim tensor."""
def native_layer_norm(input: Tensor, normalized_shape: _int | Sequence[_int], weight: Tensor | None = None, bias: Tensor | None = None, eps: _float = 1e-05, *, out: Sequence[Tensor] | None = None) -> _native_layer_norm_result:
    """layer_norm, with the means and the reciprocal standard deviations that were used, which have no gradient."""
def ne(input: Tensor, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """Whether input != other."""
ne_: Any
def neg(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """-input."""
neg_: Any
def negative(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """-input."""
negative_: Any
def nextafter(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The next number of the dtype after input in other's direction."""
nextafter_: Any
def nonzero(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Where input is not zero: a row of int64 indices (n, dim) for each element."""
@overload
def norm(input: Tensor, p: _float | None = 2.0, dim: _int | Sequence[_int] | None = None, keepdim: _bool = False, dtype: _dtype | None = None, *, out: Tensor | None = None) -> Tensor:
    """The vector norm of order p over the axes in dim, or over all."""
@overload
def norm(input: Tensor, p: _str, dim: _int | Sequence[_int] | None = None, keepdim: _bool = False, dtype: _dtype | None = None, *, out: Tensor | None = None) -> Tensor:
    """The Frobenius norm, p='fro', over the axes in dim, or over all."""
def not_equal(input: Tensor, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """Whether input != other."""
not_equal_: Any
def ones(*size: _int | Sequence[_int], dtype: _dtype | None = None, device: _device | _str | None = None, requires_grad: _bool = False, pin_memory: _bool = False) -> Tensor:
    """A tensor of ones."""
def ones_like(input: Tensor, *, memory_format: _str = 'preserve', dtype: _dtype | None = None, device: _device | _str | None = None, requires_grad: _bool = False, pin_memory: _bool = False) -> Tensor:
    """Ones of input's size, dtype and memory order."""
def outer(input: Tensor, vec2: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The matrix input[i] * vec2[j] of two vectors."""
def pairwise_distance(x1: Tensor, x2: Tensor, p: _float = 2.0, eps: _float = 1e-06, keepdim: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """The p-norm of x1 - x2 + eps along the last axis."""
def pdist(input: Tensor, p: _float = 2.0, *, out: Tensor | None = None) -> Tensor:
    """The norms of order p of the differences of all pairs of rows of input (n, k), each pair once: (n (n - 1) / 2)."""
def permute(input: Tensor, *dims: _int | Sequence[_int]) -> Tensor:
    """The axes in another order."""
def pixel_shuffle(input: Tensor, upscale_factor: _int, *, out: Tensor | None = None) -> Tensor:
    """(*, C r^2, H, W) to (*, C, H r, W r), r = upscale_factor."""
def pixel_unshuffle(input: Tensor, downscale_factor: _int, *, out: Tensor | None = None) -> Tensor:
    """(*, C, H r, W r) to (*, C r^2, H, W), r = downscale_factor."""
def poisson(input: Tensor, generator: Generator | None = None, *, out: Tensor | None = None) -> Tensor:
    """Numbers of the Poisson distributions whose rates input has."""
def poisson_nll_loss(input: Tensor, target: Tensor, log_input: _bool = True, full: _bool = False, eps: _float = 1e-08, reduction: _str = 'mean', *, out: Tensor | None = None) -> Tensor:
    """exp(input) - target * input, or input - target * log(input + eps) without log_input; full adds Stirling's approximation of log(target!) where target > 1."""
def polar(abs: Tensor, angle: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The complex numbers abs * (cos(angle) + i * sin(angle))."""
def positive(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """input itself."""
def pow(input: Tensor | Number, exponent: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """input ** exponent."""
pow_: Any
def prelu(input: Tensor, weight: Tensor, *, out: Tensor | None = None) -> Tensor:
    """input where positive, weight * input elsewhere; weight: one number, or one for each element of axis 1 (He et al. 2015)."""
preserve_format: memory_format
def prod(input: Tensor, dim: _int | None = None, keepdim: _bool = False, *, dtype: _dtype | None = None, out: Tensor | None = None) -> Tensor:
    """The product along dim, or of all elements. Bools and integers are multiplied in int64."""
def promote_types(type1: Any, type2: Any) -> _dtype: ...
def put(input: Tensor, index: Tensor, source: Tensor, accumulate: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """input with the elements that index names in its flattened form replaced by source's, or increased by them with accumulate."""
put_: Any
@overload
def quantile(input: Tensor, q: Tensor, dim: _int | None = None, keepdim: _bool = False, *, interpolation: _str = 'linear', out: Tensor | None = None) -> Tensor:
    """What a share q of the elements does not exceed, along dim. For a vector q the results lie along axis 0."""
@overload
def quantile(input: Tensor, q: _float, dim: _int | None = None, keepdim: _bool = False, *, interpolation: _str = 'linear', out: Tensor | None = None) -> Tensor:
    """What a share q of the elements does not exceed, along dim."""
def rad2deg(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Radians to degrees."""
rad2deg_: Any
def rand(*size: _int | Sequence[_int], generator: Generator | None = None, dtype: _dtype | None = None, device: _device | _str | None = None, requires_grad: _bool = False, pin_memory: _bool = False) -> Tensor:
    """Numbers drawn evenly from [0, 1)."""
def rand_like(input: Tensor, *, memory_format: _str = 'preserve', generator: Generator | None = None, dtype: _dtype | None = None, device: _device | _str | None = None, requires_grad: _bool = False, pin_memory: _bool = False) -> Tensor:
    """Numbers from [0, 1) in input's sizes, dtype and memory order."""
@overload
def randint(high: _int, size: _int | Sequence[_int], *, generator: Generator | None = None, dtype: _dtype | None = None, device: _device | _str | None = None, requires_grad: _bool = False, pin_memory: _bool = False) -> Tensor:
    """Whole numbers from [0, high); int64 unless dtype says otherwise."""
@overload
def randint(low: _int, high: _int, size: _int | Sequence[_int], *, generator: Generator | None = None, dtype: _dtype | None = None, device: _device | _str | None = None, requires_grad: _bool = False, pin_memory: _bool = False) -> Tensor:
    """Whole numbers from [low, high); int64 unless dtype says otherwise."""
@overload
def randint_like(input: Tensor, high: _int, *, memory_format: _str = 'preserve', generator: Generator | None = None, dtype: _dtype | None = None, device: _device | _str | None = None, requires_grad: _bool = False, pin_memory: _bool = False) -> Tensor:
    """Whole numbers from [0, high) in input's sizes, dtype and memory order."""
@overload
def randint_like(input: Tensor, low: _int, high: _int, *, memory_format: _str = 'preserve', generator: Generator | None = None, dtype: _dtype | None = None, device: _device | _str | None = None, requires_grad: _bool = False, pin_memory: _bool = False) -> Tensor:
    """Whole numbers from [low, high) in input's sizes, dtype and memory order."""
def randn(*size: _int | Sequence[_int], generator: Generator | None = None, dtype: _dtype | None = None, device: _device | _str | None = None, requires_grad: _bool = False, pin_memory: _bool = False) -> Tensor:
    """Normal numbers of mean 0 and variance 1."""
def randn_like(input: Tensor, *, memory_format: _str = 'preserve', generator: Generator | None = None, dtype: _dtype | None = None, device: _device | _str | None = None, requires_grad: _bool = False, pin_memory: _bool = False) -> Tensor:
    """Normal numbers in input's sizes, dtype and memory order."""
def randperm(n: _int, *, generator: Generator | None = None, dtype: _dtype | None = None, device: _device | _str | None = None, requires_grad: _bool = False, pin_memory: _bool = False) -> Tensor:
    """The numbers 0 .. n - 1 in random order; int64 unless dtype says otherwise."""
def ravel(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """One dimension, in row-major order."""
def real(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The real parts, a view; a real tensor is returned itself."""
def reciprocal(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """1 / input."""
reciprocal_: Any
def release_memory() -> None:
    """Gives memory kept for reuse back to the system."""
def relu(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """max(input, 0); NaN stays NaN. The gradient at 0 is 0."""
relu_: Any
def remainder(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """input - other * floor(input / other): the sign of other, as Python's %."""
remainder_: Any
def renorm(input: Tensor, p: _float, dim: _int, maxnorm: _float, *, out: Tensor | None = None) -> Tensor:
    """input with every slice along dim scaled so that its norm of order p does not exceed maxnorm."""
renorm_: Any
@overload
def repeat_interleave(input: Tensor, repeats: _int, dim: _int | None = None, *, output_size: _int | None = None, out: Tensor | None = None) -> Tensor:
    """Every element `repeats` times in a row along dim, or of the flattened input."""
@overload
def repeat_interleave(input: Tensor, repeats: Tensor, dim: _int | None = None, *, output_size: _int | None = None, out: Tensor | None = None) -> Tensor:
    """Element i repeats[i] times in a row along dim."""
@overload
def repeat_interleave(repeats: Tensor, *, output_size: _int | None = None, out: Tensor | None = None) -> Tensor:
    """Index i repeats[i] times in a row; int64."""
def reshape(input: Tensor, *shape: _int | Sequence[_int], out: Tensor | None = None) -> Tensor:
    """A view where strides allow it, else a copy."""
def rms_norm(input: Tensor, normalized_shape: _int | Sequence[_int], weight: Tensor | None = None, eps: _float | None = None, *, out: Tensor | None = None) -> Tensor:
    """input / sqrt(mean(input^2) + eps) * weight over the last axes, of sizes normalized_shape; eps is the dtype's if not given (Zhang and Sennrich 2019)."""
def roll(input: Tensor, shifts: _int | Sequence[_int], dims: _int | Sequence[_int] = (), *, out: Tensor | None = None) -> Tensor:
    """Element i moved to i + shifts along dims, the last ones to the front; without dims, of the flattened input."""
def rot90(input: Tensor, k: _int = 1, dims: _int | Sequence[_int] = (0, 1), *, out: Tensor | None = None) -> Tensor:
    """k quarter turns from the first axis of dims to the second."""
def round(input: Tensor, *, decimals: _int = 0, out: Tensor | None = None) -> Tensor:
    """The nearest integer, halves to even; or the nearest multiple of 10 ** -decimals."""
round_: Any
def row_stack(tensors: Sequence[Tensor], *, out: Tensor | None = None) -> Tensor:
    """Tensors one below another: along axis 0; vectors become rows."""
def rrelu(input: Tensor, lower: _float = 0.125, upper: _float = 0.3333333333333333, training: _bool = False, generator: Generator | None = None, *, out: Tensor | None = None) -> Tensor:
    """input where positive, else input times a slope: random from [lower, upper) in training, their middle otherwise (Xu et al. 2015)."""
def rsqrt(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """1 / sqrt(input)."""
rsqrt_: Any
def scalar_tensor(s: Number, *, dtype: _dtype | None = None, device: _device | _str | None = None, requires_grad: _bool = False, pin_memory: _bool = False) -> Tensor:
    """A 0-dim tensor of one number."""
@overload
def scatter(input: Tensor, dim: _int, index: Tensor, src: Tensor, *, reduce: _str = 'none', out: Tensor | None = None) -> Tensor:
    """out = input; out[index[i][j]][j] = src[i][j] for dim 0, and so on; += or *= with reduce."""
@overload
def scatter(input: Tensor, dim: _int, index: Tensor, value: Number, *, reduce: _str = 'none', out: Tensor | None = None) -> Tensor:
    """out = input; out[index[i][j]][j] = value for dim 0, and so on; += or *= with reduce."""
scatter_: Any
def scatter_add(input: Tensor, dim: _int, index: Tensor, src: Tensor, *, out: Tensor | None = None) -> Tensor:
    """out = input; out[index[i][j]][j] += src[i][j] for dim 0, and so on."""
scatter_add_: Any
def scatter_reduce(input: Tensor, dim: _int, index: Tensor, src: Tensor, reduce: _str, *, include_self: _bool = True, out: Tensor | None = None) -> Tensor:
    """The elements of src that index sends to one place, reduced; with those of input, unless include_self is false."""
scatter_reduce_: Any
def searchsorted(sorted_sequence: Tensor, input: Tensor | Number, sorter: Tensor | None = None, *, out_int32: _bool = False, right: _bool = False, side: _str = 'unset', out: Tensor | None = None) -> Tensor:
    """For each value of input the place in sorted_sequence (last axis) where it would be inserted: the first not below it, or with right the first above it."""
def select(input: Tensor, dim: _int, index: _int) -> Tensor:
    """What lies at index along dim; the axis disappears."""
def select_scatter(input: Tensor, src: Tensor, dim: _int, index: _int, *, out: Tensor | None = None) -> Tensor:
    """A copy of input whose slice at index along dim is src."""
def selu(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """scale * elu(input, alpha) with the constants of Klambauer et al. 2017."""
def set_default_dtype(d: Any) -> None: ...
def set_num_threads(num: Any) -> None:
    """How many threads an op may use."""
def sgn(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The sign: -1, 0 or 1; of a complex number input / |input|, or 0."""
sgn_: Any
short: dtype
def sigmoid(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """1 / (1 + exp(-input))."""
sigmoid_: Any
def sign(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """-1, 0 or 1: the sign of input; 0 for NaN."""
sign_: Any
def signbit(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Whether the sign bit is set, also of -0."""
def sin(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The sine of input in radians."""
sin_: Any
def sinc(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """sin(pi input) / (pi input); 1 at 0."""
sinc_: Any
def sinh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The hyperbolic sine."""
sinh_: Any
def slice_scatter(input: Tensor, src: Tensor, dim: _int = 0, start: _int | None = None, end: _int | None = None, step: _int = 1, *, out: Tensor | None = None) -> Tensor:
    """A copy of input whose part start:end:step along dim is src."""
def softmax(input: Tensor, dim: _int, dtype: _dtype | None = None, *, out: Tensor | None = None) -> Tensor:
    """exp(input) over its sum along dim; computed in dtype, if there is one. Floating point only."""
def sort(input: Tensor, dim: _int = -1, descending: _bool = False, *, stable: _bool = False, out: Sequence[Tensor] | None = None) -> _sort_result:
    """The elements in ascending order along dim, and where each was; equal ones keep their order."""
def special_expit(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """1 / (1 + exp(-input))."""
special_expit_: Any
@overload
def split(input: Tensor, split_size: _int, dim: _int = 0) -> tuple[Tensor, ...]:
    """Pieces of split_size along dim; the last may be smaller."""
@overload
def split(input: Tensor, split_size: _int | Sequence[_int], dim: _int = 0) -> tuple[Tensor, ...]:
    """Pieces of these sizes along dim."""
def sqrt(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The square root."""
sqrt_: Any
def square(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """input * input."""
square_: Any
def squeeze(input: Tensor, dim: _int | Sequence[_int] | None = None) -> Tensor:
    """Without its axes of size 1; or of the axes in dim, without those of size 1."""
squeeze_: Any
def stack(tensors: Sequence[Tensor], dim: _int = 0, *, out: Tensor | None = None) -> Tensor:
    """The tensors side by side along a new axis."""
@overload
def std(input: Tensor, dim: _int | Sequence[_int] | None = None, *, correction: _float | None = None, keepdim: _bool = False, out: Tensor | None = None) -> Tensor:
    """The square root of var."""
@overload
def std(input: Tensor, unbiased: _bool, *, out: Tensor | None = None) -> Tensor:
    """The older form of std: unbiased is correction 1."""
@overload
def std(input: Tensor, dim: _int | Sequence[_int] | None, unbiased: _bool = True, keepdim: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """The older form of std: unbiased is correction 1."""
@overload
def std_mean(input: Tensor, dim: _int | Sequence[_int] | None = None, *, correction: _float | None = None, keepdim: _bool = False, out: Sequence[Tensor] | None = None) -> _std_mean_result:
    """The standard deviation and the mean over the axes in dim, or over all."""
@overload
def std_mean(input: Tensor, unbiased: _bool, *, out: Sequence[Tensor] | None = None) -> _std_mean_result:
    """The older form of std_mean: unbiased is correction 1."""
@overload
def std_mean(input: Tensor, dim: _int | Sequence[_int] | None, unbiased: _bool = True, keepdim: _bool = False, *, out: Sequence[Tensor] | None = None) -> _std_mean_result:
    """The older form of std_mean: unbiased is correction 1."""
strided: layout
def sub(input: Tensor | Number, other: Tensor | Number, *, alpha: Number = 1, out: Tensor | None = None) -> Tensor:
    """input - alpha * other."""
sub_: Any
def subtract(input: Tensor | Number, other: Tensor | Number, *, alpha: Number = 1, out: Tensor | None = None) -> Tensor:
    """input - alpha * other."""
subtract_: Any
def sum(input: Tensor, dim: _int | Sequence[_int] | None = None, keepdim: _bool = False, *, dtype: _dtype | None = None, out: Tensor | None = None) -> Tensor:
    """The sum over the axes in dim, or over all of them. Bools and integers are summed in int64."""
def swapaxes(input: Tensor, dim0: _int, dim1: _int) -> Tensor:
    """Two axes swapped."""
swapaxes_: Any
def swapdims(input: Tensor, dim0: _int, dim1: _int) -> Tensor:
    """Two axes swapped."""
swapdims_: Any
def t(input: Tensor) -> Tensor:
    """A matrix transposed; fewer axes stay as they are."""
t_: Any
def take(input: Tensor, index: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The elements that index names in the flattened input."""
def take_along_dim(input: Tensor, indices: Tensor, dim: _int | None = None, *, out: Tensor | None = None) -> Tensor:
    """gather with input and indices broadcast; of the flattened input without dim."""
def tan(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The tangent of input in radians."""
tan_: Any
def tanh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The hyperbolic tangent."""
tanh_: Any
def tensor(data: Any | None, *, dtype: Any | None = None, device: Any | None = None, requires_grad: _bool = False, pin_memory: _bool = False) -> Tensor:
    """A tensor of these numbers, copied: a number, nested sequences, an array or a tensor."""
def threshold(input: Tensor, threshold: Number, value: Number, *, out: Tensor | None = None) -> Tensor:
    """input where it is above threshold, value elsewhere."""
def tile(input: Tensor, *dims: _int | Sequence[_int], out: Tensor | None = None) -> Tensor:
    """repeat, where fewer dims than axes repeat the last axes only."""
def to_dlpack(arg: Tensor, /) -> Any: ...
def topk(input: Tensor, k: _int, dim: _int = -1, largest: _bool = True, sorted: _bool = True, *, out: Sequence[Tensor] | None = None) -> _topk_result:
    """The k largest (or smallest) elements along dim, sorted, and their indices."""
def trace(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The sum of a matrix's diagonal."""
def transpose(input: Tensor, dim0: _int, dim1: _int) -> Tensor:
    """Two axes swapped."""
transpose_: Any
@overload
def trapezoid(y: Tensor, x: Tensor, *, dim: _int = -1, out: Tensor | None = None) -> Tensor:
    """The integral of y along dim by the trapezoidal rule, at x."""
@overload
def trapezoid(y: Tensor, *, dx: _float = 1.0, dim: _int = -1, out: Tensor | None = None) -> Tensor:
    """The integral of y along dim by the trapezoidal rule, dx apart."""
def tril(input: Tensor, diagonal: _int = 0, *, out: Tensor | None = None) -> Tensor:
    """Matrices (*, n, m) with zeros above the diagonal of this number."""
tril_: Any
def tril_indices(row: _int, col: _int, offset: _int = 0, *, dtype: _dtype | None = None, device: _device | _str | None = None, requires_grad: _bool = False, pin_memory: _bool = False) -> Tensor:
    """The places (2, n) in the triangle of a row x col matrix; int64."""
def triplet_margin_loss(anchor: Tensor, positive: Tensor, negative: Tensor, margin: _float = 1.0, p: _float = 2.0, eps: _float = 1e-06, swap: _bool = False, reduction: _str = 'mean', *, out: Tensor | None = None) -> Tensor:
    """max(0, margin + d(anchor, positive) - d(anchor, negative)), d being pairwise_distance; swap: the smaller of d(anchor, negative) and d(positive, negative) (Balntas et al. 2016)."""
def triu(input: Tensor, diagonal: _int = 0, *, out: Tensor | None = None) -> Tensor:
    """Matrices (*, n, m) with zeros below the diagonal of this number."""
triu_: Any
def triu_indices(row: _int, col: _int, offset: _int = 0, *, dtype: _dtype | None = None, device: _device | _str | None = None, requires_grad: _bool = False, pin_memory: _bool = False) -> Tensor:
    """The places (2, n) in the triangle of a row x col matrix; int64."""
@overload
def true_divide(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """input / other; of integers the true quotient."""
@overload
def true_divide(input: Tensor | Number, other: Tensor | Number, *, rounding_mode: _str, out: Tensor | None = None) -> Tensor:
    """input / other, rounded: towards zero ('trunc'), down ('floor') or not at all (None)."""
true_divide_: Any
def trunc(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The integer part of input."""
trunc_: Any
uint16: dtype
uint32: dtype
uint64: dtype
uint8: dtype
def unbind(input: Tensor, dim: _int = 0) -> tuple[Tensor, ...]:
    """The slices along dim, the axis removed."""
def unflatten(input: Tensor, dim: _int, sizes: _int | Sequence[_int], *, out: Tensor | None = None) -> Tensor:
    """Axis dim cut into axes of these sizes."""
def unique(input: Tensor, sorted: _bool = True, return_inverse: _bool = False, return_counts: _bool = False, dim: _int | None = None, *, out: Sequence[Tensor] | None = None) -> _unique_result:
    """The distinct elements in ascending order, or the distinct slices along dim; with return_inverse where each element went, with return_counts how many there were (else these two are empty)."""
def unique_consecutive(input: Tensor, return_inverse: _bool = False, return_counts: _bool = False, dim: _int | None = None, *, out: Sequence[Tensor] | None = None) -> _unique_consecutive_result:
    """unique, where only equal elements that follow each other become one."""
def unsqueeze(input: Tensor, dim: _int) -> Tensor:
    """A new axis of size 1 at dim."""
unsqueeze_: Any
def vander(x: Tensor, N: _int | None = None, increasing: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """The matrix of powers x[i] ** (N - 1 - j), or x[i] ** j if increasing."""
@overload
def var(input: Tensor, dim: _int | Sequence[_int] | None = None, *, correction: _float | None = None, keepdim: _bool = False, out: Tensor | None = None) -> Tensor:
    """The variance over the axes in dim, or over all: the sum of squared distances from the mean over n - correction."""
@overload
def var(input: Tensor, unbiased: _bool, *, out: Tensor | None = None) -> Tensor:
    """The older form of var: unbiased is correction 1."""
@overload
def var(input: Tensor, dim: _int | Sequence[_int] | None, unbiased: _bool = True, keepdim: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """The older form of var: unbiased is correction 1."""
@overload
def var_mean(input: Tensor, dim: _int | Sequence[_int] | None = None, *, correction: _float | None = None, keepdim: _bool = False, out: Sequence[Tensor] | None = None) -> _var_mean_result:
    """The variance and the mean over the axes in dim, or over all."""
@overload
def var_mean(input: Tensor, unbiased: _bool, *, out: Sequence[Tensor] | None = None) -> _var_mean_result:
    """The older form of var_mean: unbiased is correction 1."""
@overload
def var_mean(input: Tensor, dim: _int | Sequence[_int] | None, unbiased: _bool = True, keepdim: _bool = False, *, out: Sequence[Tensor] | None = None) -> _var_mean_result:
    """The older form of var_mean: unbiased is correction 1."""
def vdot(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """dot, with the first vector conjugated."""
def view_as_complex(input: Tensor) -> Tensor:
    """The pairs in the last axis of a real tensor as complex numbers, a view."""
def view_as_real(input: Tensor) -> Tensor:
    """The real and imaginary parts of a complex tensor as a last axis of size 2, a view."""
def vstack(tensors: Sequence[Tensor], *, out: Tensor | None = None) -> Tensor:
    """Tensors one below another: along axis 0; vectors become rows."""
def where(condition: Tensor, input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """input where condition holds, other elsewhere."""
def xlogy(input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """input * log(other); 0 where input is 0 and other is a number."""
xlogy_: Any
def zeros(*size: _int | Sequence[_int], dtype: _dtype | None = None, device: _device | _str | None = None, requires_grad: _bool = False, pin_memory: _bool = False) -> Tensor:
    """A tensor of zeros."""
def zeros_like(input: Tensor, *, memory_format: _str = 'preserve', dtype: _dtype | None = None, device: _device | _str | None = None, requires_grad: _bool = False, pin_memory: _bool = False) -> Tensor:
    """Zeros of input's size, dtype and memory order."""
