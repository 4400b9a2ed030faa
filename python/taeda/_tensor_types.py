"""Typed tensors, the names of before dtypes: FloatTensor(2, 3) and isinstance(x, LongTensor)."""

import copyreg
import operator

from . import _C

__all__ = ["cuda_types", "set_default_tensor_type", "tensor_types", "type_name", "type_of_word"]


def _no_cuda(name):
    return TypeError(f"type {name} not available. Torch not compiled with CUDA enabled.")


class _TensorType(type):
    """The class of FloatTensor and its like: calling one makes a tensor, no instance of it."""

    def __instancecheck__(cls, instance):
        if cls.is_cuda:
            return False
        test = f"isinstance(x, {_name(cls)})"
        _C._hint(test, f"{test} is the old test of a dtype: write x.dtype == {cls.dtype}.")
        return isinstance(instance, _C.Tensor) and instance.dtype is cls.dtype

    def __call__(cls, *args, device=None):
        if cls.is_cuda:
            raise _no_cuda(_name(cls))
        _C._hint(
            f"{_name(cls)}(..)",
            f"{_name(cls)}(..) is the old constructor of {cls.dtype}: write torch.empty(2, 3, "
            f"dtype={cls.dtype}) for sizes and torch.tensor(data, dtype={cls.dtype}) for data.",
        )
        return _construct(cls.dtype, args)

    def __repr__(cls):
        return f"<class '{_name(cls)}'>"


def _name(cls):
    return f"{cls.__module__}.{cls.__name__}"


def _construct(dtype, args):
    if not args:
        return _C.empty(0, dtype=dtype)
    first = args[0]
    if len(args) > 1 or isinstance(first, (int, _C.Size)):
        return _C.empty(first if isinstance(first, _C.Size) else args, dtype=dtype)
    if isinstance(first, _C.Tensor):
        if first.dtype is not dtype:
            raise TypeError(
                f"expected {_C._word_of(dtype)} (got {_C._word_of(first.dtype)}): "
                f"use tensor.to({dtype}) to convert"
            )
        return first.detach()
    if hasattr(first, "__index__") and not hasattr(first, "__len__"):  # an int of NumPy's
        return _C.empty(operator.index(first), dtype=dtype)
    if isinstance(first, (str, dict)) or not hasattr(first, "__len__"):
        kind = type(first).__name__
        if isinstance(first, str):
            raise TypeError(f"new(): invalid data type '{kind}'")
        raise TypeError(f"new(): data must be a sequence (got {kind})")
    return _C.tensor(first, dtype=dtype)


def _make(dtype, module):
    name = f"{_C._word_of(dtype)}Tensor"
    body = {
        "dtype": dtype,
        "is_cuda": module == "torch.cuda",
        "layout": _C.strided,
        "__module__": module,
        "__doc__": f"Tensors of dtype {dtype}: an old name.",
    }
    return name, _TensorType(name, (), body)


_DTYPES = (
    _C.float64,
    _C.float32,
    _C.float16,
    _C.bfloat16,
    _C.int64,
    _C.int32,
    _C.int16,
    _C.int8,
    _C.uint8,
    _C.bool,
)
# {"FloatTensor": FloatTensor, ..}, and those of torch.cuda.
tensor_types = dict(_make(dtype, "torch") for dtype in _DTYPES)
cuda_types = dict(_make(dtype, "torch.cuda") for dtype in _DTYPES)


def _unpickle(name, is_cuda):
    return (cuda_types if is_cuda else tensor_types)[name]


copyreg.pickle(_TensorType, lambda cls: (_unpickle, (cls.__name__, cls.is_cuda)))


def type_name(tensor):
    """The old name of a tensor's type: "torch.FloatTensor"."""
    where = "torch.cuda" if tensor.device.type == "cuda" else "torch"
    return f"{where}.{_C._word_of(tensor.dtype)}Tensor"


def type_of_word(word):
    """The dtype of "torch.FloatTensor", or ValueError."""
    place, _, name = word.rpartition(".")
    if place == "torch" and name == "Tensor":
        return _C.get_default_dtype()
    if place == "torch.cuda" and name in cuda_types:
        raise _no_cuda(word)
    if place != "torch" or name not in tensor_types:
        raise ValueError(f"invalid type: '{word}'")
    return tensor_types[name].dtype


def dtype_of_type(t):
    """The dtype of a typed tensor class, of its name, of Tensor itself or of a dtype."""
    if isinstance(t, str):
        return type_of_word(t)
    if isinstance(t, _C.dtype):
        return t
    if t is _C.Tensor:
        return _C.get_default_dtype()
    if isinstance(t, _TensorType):
        if t.is_cuda:
            raise _no_cuda(_name(t))
        return t.dtype
    name = getattr(t, "__name__", None) or type(t).__name__
    raise ValueError(f"invalid type: '{name}'")


def set_default_tensor_type(t, /):
    """Sets the default dtype by a typed tensor, or its name: use set_default_dtype instead."""
    _C._hint(
        "set_default_tensor_type",
        "torch.set_default_tensor_type() is deprecated as of PyTorch 2.1, please use "
        "torch.set_default_dtype() and torch.set_default_device() as alternatives.",
    )
    _C.set_default_dtype(dtype_of_type(t))
