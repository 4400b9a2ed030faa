"""max_unpool and lp_pool over one, two and three axes, for functional.py."""

import math

from ._op import op as _op

__all__ = []


def _repeated(value, rank):
    return tuple(value) if isinstance(value, (tuple, list)) else (value,) * rank


def _unpooled_sizes(input, kernel, stride, padding, output_size):
    rank = len(kernel)
    default = [
        (n - 1) * stride[i] + kernel[i] - 2 * padding[i] for i, n in enumerate(input.size()[-rank:])
    ]
    if output_size is None:
        return default
    size = list(output_size)
    if len(size) == rank + 2:
        size = size[2:]
    if len(size) != rank:
        raise ValueError(
            f"output_size should be a sequence containing {rank} or {rank + 2} elements, but it "
            f"has a length of '{len(size)}'"
        )
    for d in range(rank):
        low, high = default[d] - stride[d], default[d] + stride[d]
        if not low < size[d] < high:
            raise ValueError(
                f'invalid output_size "{size}" (dim {d} must be between {low} and {high})'
            )
    return size


def _max_unpool(rank):
    def max_unpool(input, indices, kernel_size, stride=None, padding=0, output_size=None):
        kernel = _repeated(kernel_size, rank)
        stride = kernel if stride is None else _repeated(stride, rank)
        size = _unpooled_sizes(input, kernel, stride, _repeated(padding, rank), output_size)
        if tuple(indices.size()) != tuple(input.size()):
            raise RuntimeError(
                f"Expected shape of indices to be same as that of the input tensor "
                f"({list(input.size())}) but got indices tensor with shape: {list(indices.size())}"
            )
        lead = list(input.size()[:-rank])
        flat = input.new_zeros([*lead, math.prod(size)])
        return flat.scatter(-1, indices.flatten(-rank), input.flatten(-rank)).reshape(lead + size)

    doc = f"Zeros with input's elements at the places that max_pool{rank}d took them from."
    _publish(max_unpool, f"max_unpool{rank}d", doc)


def _lp_pool(rank):
    mean = _op(f"avg_pool{rank}d")

    def lp_pool(input, norm_type, kernel_size, stride=None, ceil_mode=False):
        out = mean(input.pow(norm_type), kernel_size, stride, 0, ceil_mode)
        count = math.prod(_repeated(kernel_size, rank))
        return (out.sign() * out.abs().relu()).mul(count).pow(1.0 / norm_type)

    doc = f"The norm_type-norm of each window of the last {rank} axes."
    _publish(lp_pool, f"lp_pool{rank}d", doc)


def _publish(function, name, doc):
    function.__name__ = function.__qualname__ = name
    function.__doc__ = doc
    globals()[name] = function
    __all__.append(name)


for _rank in (1, 2, 3):
    _max_unpool(_rank)
    _lp_pool(_rank)
