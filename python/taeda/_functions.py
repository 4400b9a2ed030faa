"""Functions on tensors that are no single op: forms of arguments that only Python has."""

import warnings

from . import _C
from ._tensor_types import type_name

__all__ = [
    "allclose",
    "asarray",
    "atleast_1d",
    "atleast_2d",
    "atleast_3d",
    "block_diag",
    "broadcast_shapes",
    "broadcast_tensors",
    "cartesian_prod",
    "einsum",
    "equal",
    "is_complex",
    "is_conj",
    "is_floating_point",
    "is_inference",
    "is_nonzero",
    "is_same_size",
    "is_signed",
    "is_storage",
    "is_tensor",
    "meshgrid",
    "nonzero",
    "norm",
    "numel",
    "resolve_conj",
    "resolve_neg",
    "result_type",
    "set_default_device",
    "split",
    "swapaxes",
    "typename",
    "unique",
    "unique_consecutive",
    "where",
]

_Tensor = _C.Tensor


def is_tensor(obj, /):
    """Whether obj is a tensor."""
    return isinstance(obj, _Tensor)


def is_storage(obj, /):
    """Whether obj is a storage."""
    from .storage import TypedStorage, UntypedStorage

    return isinstance(obj, (TypedStorage, UntypedStorage))


def typename(obj, /):
    """The name of an object's type: "torch.FloatTensor" for a tensor of float32."""
    if isinstance(obj, _Tensor):
        return type_name(obj)
    cls = obj if hasattr(obj, "__qualname__") else type(obj)
    module = getattr(cls, "__module__", "") or ""
    return cls.__qualname__ if module in ("", "builtins") else f"{module}.{cls.__qualname__}"


def _need_tensor(name, value):
    if not isinstance(value, _Tensor):
        raise TypeError(
            f"{name}(): argument 'input' (position 1) must be Tensor, not {type(value).__name__}"
        )
    return value


def is_floating_point(input):
    """Whether input's dtype is a floating one."""
    return _need_tensor("is_floating_point", input).is_floating_point()


def is_complex(input):
    """Whether input's dtype is a complex one."""
    return _need_tensor("is_complex", input).is_complex()


def is_signed(input):
    """Whether input's dtype has a sign."""
    return _need_tensor("is_signed", input).is_signed()


def is_inference(input):
    """Whether input was made in inference mode."""
    return _need_tensor("is_inference", input).is_inference()


def is_conj(input):
    """False: conjugation is never put off."""
    return _need_tensor("is_conj", input).is_conj()


def resolve_conj(input):
    """input itself: conjugation is never put off."""
    return _need_tensor("resolve_conj", input)


def resolve_neg(input):
    """input itself: negation is never put off."""
    return _need_tensor("resolve_neg", input)


def is_same_size(input, other):
    """Whether two tensors have the same sizes."""
    return _need_tensor("is_same_size", input).is_same_size(other)


def is_nonzero(input):
    """Whether the only element is not zero."""
    return bool(_need_tensor("is_nonzero", input))


def numel(input):
    """The number of elements."""
    return _need_tensor("numel", input).numel()


def equal(input, other):
    """Whether two tensors have the same size and elements."""
    _need_tensor("equal", input)
    if not isinstance(other, _Tensor):
        raise TypeError(
            f"equal(): argument 'other' (position 2) must be Tensor, not {type(other).__name__}"
        )
    return input.equal(other)


def allclose(input, other, rtol=1e-05, atol=1e-08, equal_nan=False):
    """Whether abs(input - other) <= atol + rtol * abs(other) everywhere.

    Args:
        equal_nan: whether two NaN are close.
    """
    return bool(_C.isclose(input, other, rtol, atol, equal_nan).all())


# ---- shapes ----


def broadcast_shapes(*shapes):
    """The shape that tensors of these shapes, sequences of ints or ints, broadcast to."""
    shapes = [(s,) if isinstance(s, int) else tuple(s) for s in shapes]
    out = [1] * max(map(len, shapes), default=0)
    for n, shape in enumerate(shapes):
        for axis in range(-1, -1 - len(shape), -1):
            size = shape[axis]
            if size < 0:
                raise ValueError("Attempting to broadcast a dimension with negative length!")
            if size == 1 or size == out[axis]:
                continue
            if out[axis] != 1:
                raise RuntimeError(
                    f"Attempting to broadcast a dimension of length {size} at {axis}! Mismatching "
                    f"argument at index {n} had {shape}; but expected shape should be "
                    f"broadcastable to {out}"
                )
            out[axis] = size
    return _C.Size(out)


def broadcast_tensors(*tensors):
    """The tensors expanded to the shape they broadcast to, on their own memory, as a tuple."""
    if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)):
        tensors = tensors[0]
    out = []
    for t in tensors:
        shape = tuple(_need_tensor("broadcast_tensors", t).shape)
        rank = max(len(out), len(shape))
        out = [1] * (rank - len(out)) + out
        for axis, size in enumerate(shape, rank - len(shape)):
            if 1 != size != out[axis] != 1:
                raise RuntimeError(
                    f"The size of tensor a ({out[axis]}) must match the size of tensor b ({size}) "
                    f"at non-singleton dimension {axis}"
                )
            out[axis] = size if out[axis] == 1 else out[axis]
    return tuple(t if list(t.shape) == out else t.expand(out) for t in tensors)


def meshgrid(*tensors, indexing=None):
    """The coordinates of a grid: for 1-dim tensors of sizes n, m, .. as many of shape (n, m, ..).

    Args:
        indexing: "ij", or "xy", which swaps the first two axes; "ij" with a warning if not given.
    """
    if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)):
        tensors = tensors[0]
    if not tensors:
        raise RuntimeError("meshgrid expects a non-empty TensorList")
    if indexing is None:
        warnings.warn(
            "torch.meshgrid: in an upcoming release, it will be required to pass the indexing "
            "argument.",
            stacklevel=2,
        )
    elif indexing not in ("ij", "xy"):
        raise RuntimeError(
            'torch.meshgrid: indexing must be one of "xy" or "ij", but received: ' + indexing
        )
    for t in tensors:
        if t.dim() > 1:
            raise RuntimeError(
                "torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got a tensor of "
                f"size {list(t.shape)}"
            )
        if t.dtype != tensors[0].dtype:
            raise RuntimeError("meshgrid expects all tensors to have the same dtype")
    tensors = list(tensors)
    swap = indexing == "xy" and len(tensors) > 1
    if swap:
        tensors[0], tensors[1] = tensors[1], tensors[0]
    sizes = [t.numel() for t in tensors]
    grids = []
    for axis, t in enumerate(tensors):
        shape = [1] * len(sizes)
        shape[axis] = sizes[axis]
        grids.append(t.reshape(shape).expand(sizes))
    if swap:
        grids[0], grids[1] = grids[1], grids[0]
    return tuple(grids)


def cartesian_prod(*tensors):
    """The rows (a, b, ..) of all combinations of elements of 1-dim tensors."""
    if len(tensors) == 1:
        return tensors[0]
    return _C.stack([g.flatten() for g in meshgrid(*tensors, indexing="ij")], dim=-1)


def block_diag(*tensors):
    """A matrix with these matrices along its diagonal, and zeros elsewhere."""
    blocks = [t.reshape(1, -1) if t.dim() < 2 else t for t in tensors]
    for t in blocks:
        if t.dim() > 2:
            raise RuntimeError(
                "torch.block_diag: Input tensors must have 2 or fewer dimensions. "
                f"Input 0 has {t.dim()} dimensions"
            )
    width, before, rows = sum(b.shape[1] for b in blocks), 0, []
    for b in blocks:
        after = width - before - b.shape[1]
        row = [b.new_zeros(b.shape[0], before), b, b.new_zeros(b.shape[0], after)]
        rows.append(_C.cat(row, 1))
        before += b.shape[1]
    return _C.cat(rows, 0) if rows else _C.empty(1, 0)


def _at_least(tensors, lift):
    if len(tensors) == 1 and isinstance(tensors[0], _Tensor):
        return lift(tensors[0])
    if len(tensors) == 1:
        tensors = tensors[0]
    return tuple(map(lift, tensors))


def atleast_1d(*tensors):
    """Each tensor with an axis if it had none; a tuple for several."""
    return _at_least(tensors, lambda t: t.reshape(1) if t.dim() < 1 else t)


def atleast_2d(*tensors):
    """Each tensor with two axes at least, new ones in front; a tuple for several."""

    def lift(t):
        return t.reshape(1, 1) if t.dim() == 0 else t.unsqueeze(0) if t.dim() == 1 else t

    return _at_least(tensors, lift)


def atleast_3d(*tensors):
    """Each tensor with three axes at least: (n) becomes (1, n, 1), (n, m) becomes (n, m, 1)."""

    def lift(t):
        if t.dim() == 0:
            return t.reshape(1, 1, 1)
        return (
            t.unsqueeze(0).unsqueeze(-1) if t.dim() == 1 else t.unsqueeze(-1) if t.dim() == 2 else t
        )

    return _at_least(tensors, lift)


def swapaxes(input, axis0, axis1):
    """input with two axes exchanged: a view. NumPy's name of transpose."""
    return input.transpose(axis0, axis1)


def split(tensor, split_size_or_sections, dim=0):
    """Pieces of a tensor along an axis, as views.

    Args:
        split_size_or_sections: the size of a piece (the last may be smaller), or a sequence of
            the sizes of all.
    """
    return tensor.split(split_size_or_sections, dim)


# ---- forms of results ----


def norm(input, p="fro", dim=None, keepdim=False, out=None, dtype=None):
    """(sum |x| ** p) ** (1 / p) over axes of input, or over all of them.

    Args:
        p: a number, also inf and -inf; "fro", or None, is 2.
        dim: an axis or a sequence of them.
        keepdim: whether they stay, with size 1.
        out: the tensor to write to.
        dtype: what input is converted to first.
    """
    if isinstance(p, str):
        if p != "fro":
            raise NotImplementedError(f"norm(): p='{p}' is not supported; use a number or 'fro'")
        p = 2
    p = 2 if p is None else p
    if out is not None:
        return _C.norm(input, p, dim, keepdim, dtype=dtype, out=out)
    return _C.norm(input, p, dim, keepdim, dtype=dtype)


def nonzero(input, *, out=None, as_tuple=False):
    """Where input is not zero: a row of indices for each element, of shape (n, input.dim()).

    Args:
        out: the tensor to write to.
        as_tuple: a tensor of indices for each axis instead, which together index the elements.
    """
    if as_tuple:
        if input.dim() == 0:
            input = input.unsqueeze(0)
        return _C.nonzero(input).unbind(1)
    return _C.nonzero(input) if out is None else _C.nonzero(input, out=out)


def unique(input, sorted=True, return_inverse=False, return_counts=False, dim=None):
    """The distinct elements, ascending; or the distinct slices along dim.

    Args:
        sorted: accepted; the result is always sorted.
        return_inverse: whether to tell, too, where in the result each element went.
        return_counts: whether to tell, too, how often each occurs.

    Returns:
        The distinct elements; with a flag a tuple of them and what was asked for.
    """
    found = _C.unique(input, sorted, return_inverse, return_counts, dim)
    return _asked_for(found, return_inverse, return_counts)


def unique_consecutive(input, return_inverse=False, return_counts=False, dim=None):
    """unique, where only equal elements that follow each other become one."""
    found = _C.unique_consecutive(input, return_inverse, return_counts, dim)
    return _asked_for(found, return_inverse, return_counts)


def _asked_for(found, inverse, counts):
    if not inverse and not counts:
        return found[0]
    return (found[0],) + (found[1],) * inverse + (found[2],) * counts


# ---- numbers ----


def result_type(tensor, other):
    """The dtype of an operation on two operands, tensors or numbers."""
    kinds = []
    for x in (tensor, other):
        if isinstance(x, _Tensor):
            # A tensor without elements promotes like any of its rank.
            kinds.append(_C.empty((0,) if x.dim() else (), dtype=x.dtype))
        elif isinstance(x, (bool, int, float, complex)):
            kinds.append(x)
        else:
            raise TypeError(
                "result_type() received an invalid combination of arguments - got "
                f"({type(tensor).__name__}, {type(other).__name__}), but expected Tensors or "
                "Numbers"
            )
    if not any(isinstance(x, _Tensor) for x in kinds):
        return _C.promote_types(*(_C.tensor(x).dtype for x in kinds))
    return _C.mul(*sorted(kinds, key=lambda x: not isinstance(x, _Tensor))).dtype


def where(condition, input=None, other=None, *, out=None):
    """Elements of input where condition holds, of other elsewhere; with condition alone, the
    indices of its elements that are not zero, a tensor for each axis.
    """
    if input is None and other is None:
        return condition.nonzero(as_tuple=True)
    if out is not None:
        return _C.where(condition, input, other, out=out)
    return _C.where(condition, input, other)


def einsum(equation, *operands):
    """Sums of products of elements after Einstein.

    einsum("ij,jk->ik", a, b), einsum("ij,jk->ik", [a, b]), or einsum(a, [0, 1], b, [1, 2], [0, 2])
    with the axes as numbers from 0 to 51, and Ellipsis.
    """
    args = (equation, *operands)
    if len(args) < 2:
        raise ValueError(
            "einsum(): must specify the equation string and at least one operand, or at least one "
            "operand and its subscripts list"
        )
    if isinstance(args[0], _Tensor):
        terms = [_letters(a) for a in args[1::2]]
        equation, operands = ",".join(terms[: len(args) // 2]), args[: len(args) // 2 * 2 : 2]
        if len(args) % 2:
            equation += "->" + _letters(args[-1])
    if len(operands) == 1 and isinstance(operands[0], (list, tuple)):
        operands = operands[0]
    return _einsum(list(operands), equation)


_einsum = _C.einsum


def _letters(axes):
    text = ""
    for a in axes:
        if a is Ellipsis:
            text += "..."
        elif 0 <= a < 26:
            text += chr(ord("A") + a)
        elif 26 <= a < 52:
            text += chr(ord("a") + a - 26)
        else:
            raise ValueError(
                "einsum(): subscript in subscript list is not within the valid range [0, 52)"
            )
    return text


# ---- making tensors ----


def asarray(obj, *, dtype=None, device=None, copy=None, requires_grad=False):
    """A tensor of obj, on its memory where it can be.

    Args:
        obj: a tensor, an array, an object with __dlpack__ or a buffer, or numbers.
        copy: True: always a copy; False: never, ValueError where one is needed.
    """
    shared = True
    if isinstance(obj, _Tensor) or _C._is_array(obj):
        out = _C.as_tensor(obj)
    elif hasattr(obj, "__dlpack__"):
        out = _C.from_dlpack(obj)
    elif isinstance(obj, (bytes, bytearray, memoryview)):
        out = _C.frombuffer(obj, dtype=dtype or _C.get_default_dtype())
    else:
        out, shared = _C.tensor(obj, dtype=dtype), False
    if copy is False and (not shared or (dtype is not None and out.dtype is not dtype)):
        raise ValueError("can't alias arbitrary sequence, or another dtype, without a copy")
    result = out.to(dtype=dtype, device=device)
    if copy and shared and result is out:
        result = out.clone()
    if not requires_grad and result.requires_grad:
        result = result.detach()
    return result.requires_grad_() if requires_grad else result


def set_default_device(device):
    """Sets the device of tensors that are made without one; None: the CPU.

    ``with device:`` does the same for a while.
    """
    device = _C.device("cpu" if device is None else device)
    if device.type == "cuda":
        raise AssertionError("Torch not compiled with CUDA enabled")
    _C._set_default_device(device)


def _assert(condition, message):
    """The assertion of programs that are traced: AssertionError with message if it fails."""
    if not condition:
        raise AssertionError(message)
