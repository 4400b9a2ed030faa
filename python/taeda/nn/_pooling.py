"""Pooling functions whose result depends on an argument, for functional.py."""

from ._op import op as _op

__all__ = []


def _pair(name, axes, doc):
    plain, with_indices = _op(name), _op(name + "_with_indices")

    def pool(
        input,
        kernel_size,
        stride=None,
        padding=0,
        dilation=1,
        ceil_mode=False,
        return_indices=False,
    ):
        run = with_indices if return_indices else plain
        out = run(input, kernel_size, stride, padding, dilation, ceil_mode)
        return tuple(out) if return_indices else out

    _publish(pool, name, doc)


def _sizes(input, size, axes):
    """None keeps the input's size."""
    size = (size,) * axes if size is None or isinstance(size, int) else tuple(size)
    if len(size) > input.dim() - 1:
        raise ValueError(f"Input dimension should be at least {len(size) + 1}")
    return [n if n is not None else input.size(i - axes) for i, n in enumerate(size)]


def _adaptive_max(name, axes):
    plain, with_indices = _op(name), _op(name + "_with_indices")

    def pool(input, output_size, return_indices=False):
        size = _sizes(input, output_size, axes)
        return tuple(with_indices(input, size)) if return_indices else plain(input, size)

    _publish(pool, name, "Maxima over windows that give output_size; None keeps a size.")


def _adaptive_mean(name, axes):
    plain = _op(name)

    def pool(input, output_size):
        return plain(input, _sizes(input, output_size, axes))

    _publish(pool, name, "Means over windows that give output_size; None keeps a size.")


def _publish(function, name, doc):
    function.__name__ = function.__qualname__ = name
    function.__doc__ = doc
    globals()[name] = function
    __all__.append(name)


for _n in (1, 2, 3):
    _pair(f"max_pool{_n}d", _n, "Maxima over windows; return_indices: also where they were found.")
    _adaptive_max(f"adaptive_max_pool{_n}d", _n)
    _adaptive_mean(f"adaptive_avg_pool{_n}d", _n)
