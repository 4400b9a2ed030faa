"""Typed tensors, the names of before dtypes: FloatTensor(2, 3) and isinstance(x, LongTensor)."""

import warnings

from . import _C

__all__ = ["set_default_tensor_type", "tensor_types", "type_of_word"]


class _TensorType(type):
    def __instancecheck__(cls, instance):
        return isinstance(instance, _C.Tensor) and instance.dtype is cls.dtype

    def __call__(cls, *args, device=None):
        dtype = cls.dtype
        if not args:
            return _C.empty(0, dtype=dtype)
        first = args[0]
        if len(args) == 1 and isinstance(first, _C.Tensor):
            if first.dtype is not dtype:
                raise TypeError(
                    f"expected {_C._word_of(dtype)} (got {_C._word_of(first.dtype)}): "
                    f"use tensor.to({dtype}) to convert"
                )
            return first.detach()
        if len(args) == 1 and not isinstance(first, (int, _C.Size)):
            if not hasattr(first, "__len__"):
                raise TypeError(f"new(): data must be a sequence (got {type(first).__name__})")
            return _C.tensor(first, dtype=dtype)
        return _C.empty(first if isinstance(first, _C.Size) else args, dtype=dtype)

    def __repr__(cls):
        return f"<class 'torch.{cls.__name__}'>"


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
# {"FloatTensor": FloatTensor, ..}
tensor_types = {}
for _dtype in _DTYPES:
    _name = f"{_C._word_of(_dtype)}Tensor"
    tensor_types[_name] = _TensorType(
        _name,
        (),
        {"dtype": _dtype, "__module__": "taeda", "__doc__": f"Tensors of dtype {_dtype}."},
    )


def type_of_word(word):
    """The dtype of "torch.FloatTensor", or ValueError."""
    name = word.removeprefix("torch.")
    if name == "Tensor":
        return _C.get_default_dtype()
    if name not in tensor_types:
        raise ValueError(f"invalid type: '{word}'")
    return tensor_types[name].dtype


def set_default_tensor_type(t):
    """Sets the default dtype by a typed tensor, or its name: use set_default_dtype instead."""
    warnings.warn(
        "torch.set_default_tensor_type() is deprecated as of PyTorch 2.1, please use "
        "torch.set_default_dtype() and torch.set_default_device() as alternatives.",
        stacklevel=2,
    )
    _C.set_default_dtype(type_of_word(t) if isinstance(t, str) else t.dtype)
