"""Tensor's methods that are written in Python."""

import copyreg
import warnings

from . import _C, _functions, _matrices, _numeric
from ._tensor_types import dtype_of_type, type_name
from .autograd.graph import _grad_fn

Tensor = _C.Tensor


# ---- copies and pickles ----


def _deepcopy(self, memo):
    if not self.is_leaf:
        raise RuntimeError(
            "Only Tensors created explicitly by the user (graph leaves) support the deepcopy "
            "protocol at the moment.  If you were attempting to deepcopy a module, this may be "
            "because of a torch.nn.utils.weight_norm usage, see "
            "https://github.com/pytorch/pytorch/pull/103001"
        )
    if id(self) in memo:
        return memo[id(self)]
    from copy import deepcopy

    with _no_grad():
        if self.is_meta:
            out = _C.empty_strided(self.shape, self.stride(), dtype=self.dtype, device=self.device)
        else:
            out = _on_copied_storage(self, memo)
        if type(self) is not Tensor:
            out = _C._as_subclass(out, type(self))
    if self.requires_grad:
        out.requires_grad_()
    memo[id(self)] = out
    if self._grad is not None:
        out.grad = deepcopy(self._grad, memo)
    state = self.__dict__
    if state:
        out.__dict__.update(deepcopy(state, memo))
    return out


def _on_copied_storage(tensor, memo):
    """Tensors that share memory still do so in the copy: the memo knows the memory copied."""
    below = _C._bytes_below(tensor)
    key = "storage", below.data_ptr()
    if not below.numel() or key not in memo:
        memo[key] = below, below.clone()  # the first one keeps the address taken
    _, copied = memo[key]
    offset = tensor.storage_offset()
    return _C._on_bytes(copied, tensor.dtype, tensor.shape, tensor.stride(), offset)


def _copy(self):
    out = self.detach() if not self.requires_grad or self.is_leaf else self.view_as(self)
    if type(self) is not type(out):
        out = _C._as_subclass(out, type(self))
    if self.requires_grad and self.is_leaf:
        out.requires_grad_()
    if self.__dict__:
        out.__dict__.update(self.__dict__)
    return out


def _rebuild(cls, contents, dtype, size, stride, requires_grad, state):
    """A tensor from its pickle: the elements as bytes, in reading order."""
    if contents is None:
        out = _C.empty_strided(size, stride, dtype=dtype, device="meta")
    else:
        out = _C._from_contents(contents, dtype, size)
        if stride != out.stride():
            out = _C.empty_strided(size, stride, dtype=dtype).copy_(out)
    if cls is not None:
        out = _C._as_subclass(out, cls)
    if requires_grad:
        out.requires_grad_()
    if state:
        out.__dict__.update(state)
    return out


def _reduce_ex(self, protocol):
    contents = None if self.is_meta else _C._contents(self.detach())
    size, stride = tuple(self.shape), self.stride()
    # An expanded or spread tensor is kept as a dense one.
    order = sorted((step, n) for n, step in zip(size, stride) if n != 1)
    dense, count = True, 1
    for step, n in order:
        dense, count = dense and step == count, count * n
    if not dense:
        stride = _C.empty(size, device="meta").stride()
    state = dict(self.__dict__) or None
    cls = None if type(self) is Tensor else type(self)
    args = (cls, contents, self.dtype, size, stride, self.requires_grad, state)
    return _rebuild, args


_C.Tensor.__deepcopy__ = _deepcopy
_C.Tensor.__copy__ = _copy
_C.Tensor.__reduce_ex__ = _reduce_ex


class _no_grad:
    def __enter__(self):
        self.before = _C.is_grad_enabled()
        _C._set_grad_enabled(False)

    def __exit__(self, *error):
        _C._set_grad_enabled(self.before)


def method(function):
    """Makes a function a method of Tensor."""
    function.__qualname__ = f"Tensor.{function.__name__}"
    setattr(Tensor, function.__name__, function)
    return function


# ---- text and numbers ----


@method
def __format__(self, spec):
    if self.dim() == 0 and not self.is_meta and type(self) is Tensor:
        return format(self.item(), spec)
    if not spec:
        return str(self)
    raise TypeError("unsupported format string passed to Tensor.__format__")


@method
def __complex__(self):
    if self.numel() != 1:
        raise ValueError("only one element tensors can be converted to Python scalars")
    return complex(self.item())


@method
def __reversed__(self):
    return self if self.dim() == 0 else self.flip(0)


@method
def __dir__(self):
    names = set(dir(type(self))) | set(self.__dict__)
    return sorted(n for n in names if n.isidentifier())


# ---- NumPy ----


@method
def __array__(self, dtype=None, *, copy=None):
    array = self.numpy()
    if dtype is None or array.dtype == dtype:
        return array.copy() if copy else array
    if copy is False:
        raise ValueError("Unable to avoid copy while creating an array as requested.")
    return array.astype(dtype)


@method
def __array_wrap__(self, array, context=None, return_scalar=False):
    import numpy

    return _C.from_numpy(numpy.asarray(array))


Tensor.__array_priority__ = 1000


# ---- the graph ----

Tensor.grad_fn = property(_grad_fn, doc="The node that made this tensor, or None for a leaf.")


def _creator(self):
    """The old name of grad_fn."""
    _C._hint("x.creator", "x.creator is the old name of x.grad_fn.")
    return _grad_fn(self)


def _volatile(self, *value):
    """False: use no_grad instead."""
    _C._hint(
        "x.volatile",
        "volatile was removed (Variable.volatile is always False). Use `with torch.no_grad():` "
        "instead.",
    )
    return False


Tensor.creator = property(_creator)
Tensor.volatile = property(_volatile, _volatile)


# ---- types and memory ----


@method
def as_subclass(self, cls):
    """The same elements and history as an object of a subclass of Tensor."""
    if not (isinstance(cls, type) and issubclass(cls, Tensor)):
        raise TypeError(
            "Creating a Tensor subclass from a class that does not inherit from Tensor is not "
            "possible. Make sure your class inherits from Tensor."
        )
    return _C._as_subclass(self, cls)


def _type(self, dtype=None, non_blocking=False, **kwargs):
    """Without an argument the old name of the dtype, "torch.FloatTensor"; else a conversion.

    Args:
        dtype: a dtype, a typed tensor class, or its name.
    """
    if dtype is None:
        _C._hint("x.type()", "x.type() is the old name of a dtype: read x.dtype instead.")
        return type_name(self)
    to = dtype_of_type(dtype)
    _C._hint("x.type(dtype)", f"x.type(dtype) is the old conversion: write x.to({to}).")
    return self.to(to)


_type.__name__ = "type"
method(_type)


@method
def new(self, *args, device=None):
    """A tensor of this dtype from sizes, or from a sequence."""
    if not args:
        return _C.empty(0, dtype=self.dtype)
    if len(args) == 1 and not isinstance(args[0], (int, _C.Size)):
        if isinstance(args[0], Tensor):
            return args[0].detach().to(self.dtype)
        return _C.tensor(args[0], dtype=self.dtype)
    return _C.empty(args[0] if isinstance(args[0], _C.Size) else args, dtype=self.dtype)


@method
def new_tensor(self, data, *, dtype=None, device=None, requires_grad=False):
    """A copy of data, of this tensor's dtype unless another is given."""
    if isinstance(data, Tensor):
        warnings.warn(
            "To copy construct from a tensor, it is recommended to use "
            "sourceTensor.detach().clone() or sourceTensor.detach().clone().requires_grad_(True), "
            "rather than tensor.new_tensor(sourceTensor).",
            stacklevel=2,
        )
        data = data.detach().clone()
        out = data.to(dtype or self.dtype)
        return out.requires_grad_() if requires_grad else out
    dtype, device = dtype or self.dtype, device or self.device
    return _C.tensor(data, dtype=dtype, device=device, requires_grad=requires_grad)


@method
def untyped_storage(self):
    """The memory below the tensor, as bytes."""
    from .storage import of_tensor

    return of_tensor(self, typed=False)


@method
def storage(self):
    """The memory below the tensor, as numbers of its dtype: an old form."""
    from .storage import of_tensor, warn_typed

    warn_typed()
    return of_tensor(self, typed=True)


@method
def norm(self, p="fro", dim=None, keepdim=False, dtype=None):
    """(sum |x| ** p) ** (1 / p) over axes, or over all of them: see torch.norm."""
    return _functions.norm(self, p, dim, keepdim, dtype=dtype)


@method
def swapaxes(self, axis0, axis1):
    """self with two axes exchanged: a view. NumPy's name of transpose."""
    return self.transpose(axis0, axis1)


@method
def swapaxes_(self, axis0, axis1):
    """Exchanges two axes of self."""
    return self.transpose_(axis0, axis1)


@method
def dim_order(self, *, ambiguity_check=False):
    """The axes from the slowest in memory to the fastest.

    Args:
        ambiguity_check: whether to refuse (RuntimeError) where axes of size 1, or of equal
            strides, leave a choice.
    """
    if ambiguity_check:
        steps = [self.stride(d) for d in range(self.dim())]
        if len(set(steps)) < len(steps) or 1 in self.shape:
            raise RuntimeError("The tensor does not have unique dim order, or cannot map to it.")
    return tuple(sorted(range(self.dim()), key=lambda d: -self.stride(d)))


@method
def __setstate__(self, state):
    self.__dict__.update(state)


# ---- forms of arguments ----


@method
def allclose(self, other, rtol=1e-05, atol=1e-08, equal_nan=False):
    """Whether abs(self - other) <= atol + rtol * abs(other) everywhere."""
    return bool(_C.isclose(self, other, rtol, atol, equal_nan).all())


@method
def nonzero(self, *, as_tuple=False):
    """Where self is not zero: see torch.nonzero."""
    return _functions.nonzero(self, as_tuple=as_tuple)


@method
def unique(self, sorted=True, return_inverse=False, return_counts=False, dim=None):
    """The distinct elements, ascending: see torch.unique."""
    return _functions.unique(self, sorted, return_inverse, return_counts, dim)


@method
def unique_consecutive(self, return_inverse=False, return_counts=False, dim=None):
    """unique, where only equal elements that follow each other become one."""
    return _functions.unique_consecutive(self, return_inverse, return_counts, dim)


@method
def where(self, condition, other):
    """Elements of self where condition holds, of other elsewhere."""
    return _C.where(condition, self, other)


@method
def split_with_sizes(self, split_sizes, dim=0):
    """Pieces of these sizes along dim, as views."""
    return self.split(list(split_sizes), dim)


@method
def resize_as_(self, other, *, memory_format=None):
    """Takes the size of another tensor, in place; the order in memory is row-major, or
    memory_format's.
    """
    self.resize_(other.shape)
    if memory_format is None:
        return self
    like = _C.empty_like(other, device="meta", memory_format=memory_format)
    return self.as_strided_(other.shape, like.stride())


@method
def narrow_copy(self, dim, start, length):
    """A copy of what narrow shows."""
    return self.narrow(dim, start, length).clone()


@method
def apply_(self, callable):
    """Replaces each element by callable(element): slow, for tensors on the CPU."""
    if self.requires_grad:
        raise RuntimeError("Can't call apply_() on Variable that requires grad. Use var.detach()")
    values = [callable(v) for v in self.flatten().tolist()]
    return self.copy_(_C.tensor(values, dtype=self.dtype).reshape(self.shape))


@method
def map_(self, tensor, callable):
    """Replaces each element by callable(element, the element of tensor at its place)."""
    if self.requires_grad or tensor.requires_grad:
        raise RuntimeError("Can't call map_() on Variable that requires grad. Use var.detach()")
    pairs = zip(self.flatten().tolist(), tensor.expand_as(self).flatten().tolist())
    values = [callable(a, b) for a, b in pairs]
    return self.copy_(_C.tensor(values, dtype=self.dtype).reshape(self.shape))


for _function in (
    "dsplit",
    "histogram",
    "hsplit",
    "tensor_split",
    "unsafe_chunk",
    "unsafe_split",
    "vsplit",
):
    setattr(Tensor, _function, getattr(_numeric, _function))
for _function in _matrices.methods:
    setattr(Tensor, _function, getattr(_matrices, _function))


@method
def is_nonzero(self):
    """Whether the only element is not zero."""
    return bool(self)


@method
def to_sparse(self, *args, **kwargs):
    """Not supported: tensors are dense."""
    raise NotImplementedError("sparse tensors are not supported")


# Reflected and old names of operators.
Tensor.__rdiv__ = Tensor.__rtruediv__
Tensor.__div__ = Tensor.__truediv__
Tensor.__idiv__ = Tensor.__itruediv__

copyreg.pickle(_C.Size, lambda size: (_C.Size, (tuple(size),)))
