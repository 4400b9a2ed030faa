"""Makes the calls that samples describe: with tensors of any dtype, layout and device, in every
spelling.
"""

import numpy as np
from sampling import Real, Whole

import taeda as torch

FLOATS = ("float16", "bfloat16", "float32", "float64")


class Missing(Exception):
    """The module under test has no such name."""


def placeholders(sample):
    """The places of tensors in a sample, in order."""
    found = []

    def walk(value):
        if isinstance(value, (Real, Whole)):
            found.append(value)
        elif isinstance(value, (list, tuple)):
            for item in value:
                walk(item)

    walk(sample.args)
    walk(tuple(sample.kwargs.values()))
    return found


def filled(sample, tensors):
    """args and kwargs with tensors (or arrays) in their places."""
    rest = iter(tensors)

    def fill(value):
        if isinstance(value, (Real, Whole)):
            return next(rest)
        if isinstance(value, (list, tuple)):
            return type(value)(fill(item) for item in value)
        return value

    return fill(sample.args), {k: fill(v) for k, v in sample.kwargs.items()}


def arrays_of(sample):
    return [p.array(f"{sample.name} {i}") for i, p in enumerate(placeholders(sample))]


def inputs_of(sample, dtype=None, grad=False):
    """Tensors for the places; `dtype` for the floating ones."""
    tensors = []
    for place, array in zip(placeholders(sample), arrays_of(sample)):
        tensor = torch.from_numpy(array.copy())
        if isinstance(place, Real) and dtype is not None:
            tensor = tensor.to(dtype)
        if grad and place.grad:
            tensor.requires_grad_()
        tensors.append(tensor)
    return tensors


def inputs_of_dtype(sample, name):
    """Tensors for the places; the floating ones get whole, true or complex values as they can."""
    tensors = []
    for place, array in zip(placeholders(sample), arrays_of(sample)):
        if isinstance(place, Real):
            if name == "bool":
                array = array > 0
            elif name.startswith("complex"):
                array = array + 1j * array.reshape(-1)[::-1].reshape(array.shape) / 2
            elif name not in FLOATS:
                array = np.trunc(np.abs(array) * 3 if name.startswith("u") else array * 3)
            tensors.append(torch.from_numpy(np.array(array)).to(getattr(torch, name)))
        else:
            tensors.append(torch.from_numpy(array.copy()))
    return tensors


def function_of(sample):
    """The function of a sample: in torch, in torch.nn.functional, or a method."""
    owners = {
        "": (torch, torch.nn.functional),
        "functional": (torch.nn.functional,),
        "special": (torch.special,),
        "Tensor": (),
    }[sample.place]
    for owner in owners:
        if callable(getattr(owner, sample.name, None)):
            return getattr(owner, sample.name)
    if hasattr(torch.Tensor, sample.name):
        return getattr(torch.Tensor, sample.name)
    if hasattr(torch.Tensor, sample.name + "_"):  # fill_, copy_, zero_: only in place

        def on_a_copy(x, *args, **kwargs):
            return getattr(x.clone(), sample.name + "_")(*args, **kwargs)

        return on_a_copy
    raise Missing(sample.name)


def call(sample, tensors):
    function = function_of(sample)
    args, kwargs = filled(sample, tensors)
    return function(*args, **kwargs)


def call_inplace(sample, tensors):
    """The method with `_` on a copy of the first tensor; returns the copy and what came back."""
    args, kwargs = filled(sample, tensors)
    target = args[0].clone()
    return target, getattr(target, sample.name + "_")(*args[1:], **kwargs)


def flat(result):
    """The tensors of a result."""
    if isinstance(result, torch.Tensor):
        return [result]
    return [t for item in result for t in flat(item)] if isinstance(result, (list, tuple)) else []


def differentiable(result):
    return [t for t in flat(result) if t.requires_grad]


def weights(outs):
    """A cotangent for each result, always the same."""
    for k, out in enumerate(outs):
        values = ((np.arange(out.numel()) * 7 + 3 * k) % 11 - 4.5) / 4
        yield torch.from_numpy(values.reshape(tuple(out.shape))).to(out.dtype)


def numbers(tensor):
    """The values as NumPy has them."""
    tensor = tensor.detach()
    if tensor.is_complex():
        tensor = tensor.resolve_conj()
    return (tensor.float() if tensor.dtype == torch.bfloat16 else tensor).numpy()


def dtype_name(tensor):
    return str(tensor.dtype).split(".")[-1]
