"""Numeric functions whose arguments have forms that only Python has: lists, ints or tensors."""

from . import _C
from ._results import named_result

__all__ = [
    "chain_matmul",
    "dsplit",
    "fill",
    "gradient",
    "histogram",
    "histogramdd",
    "hsplit",
    "index_put",
    "index_put_",
    "polygamma",
    "resize_as_",
    "tensor_split",
    "tensordot",
    "trapz",
    "unravel_index",
    "unsafe_chunk",
    "unsafe_split",
    "vsplit",
]

_Tensor = _C.Tensor


def polygamma(n, input, *, out=None):
    """The n-th derivative of digamma, elementwise."""
    result = input.polygamma(n)
    return result if out is None else out.resize_(result.shape).copy_(result)


def fill(input, value):
    """A copy of input with every element value, a number or a 0-dim tensor."""
    if not isinstance(value, _Tensor):
        return input.clone().fill_(value)
    if value.dim():
        raise RuntimeError(
            "fill only supports 0-dimension value tensor but got tensor with "
            f"{value.dim()} dimensions."
        )
    return input.clone().copy_(value)


def trapz(y, x=None, *, dx=1, dim=-1):
    """The integral of y along dim by the trapezoidal rule: see torch.trapezoid."""
    return _C.trapezoid(y, dx=dx, dim=dim) if x is None else _C.trapezoid(y, x, dim=dim)


def tensordot(a, b, dims=2, out=None):
    """Products of elements of a and b, summed over axes of both.

    Args:
        dims: how many axes: the last of a and the first of b; or two lists of axes, or a tensor of
            two rows.
    """
    if isinstance(dims, _Tensor):
        dims = dims.item() if dims.numel() == 1 and dims.dim() < 2 else dims.tolist()
    if isinstance(dims, (tuple, list)):
        left, right = list(dims[0]), list(dims[1])
    else:
        if dims < 0:
            raise RuntimeError(f"tensordot expects dims >= 0, but got dims={dims}")
        if dims > min(a.dim(), b.dim()):
            raise RuntimeError(f"tensordot expects dims < ndim_a or ndim_b, but got dims={dims}")
        left, right = list(range(a.dim() - dims, a.dim())), list(range(dims))
    result = _C._tensordot(a, b, left, right)
    return result if out is None else out.resize_(result.shape).copy_(result)


def chain_matmul(*matrices, out=None):
    """The product of matrices, in the order that takes the fewest operations."""
    if len(matrices) == 1 and isinstance(matrices[0], (tuple, list)):
        matrices = matrices[0]
    if not matrices:
        raise RuntimeError("chain_matmul(): Expected one or more matrices")
    sizes = [m.shape[0] for m in matrices] + [matrices[-1].shape[1]]
    n = len(matrices)
    cost, cut = {(i, i): 0 for i in range(n)}, {}
    for length in range(1, n):
        for i in range(n - length):
            j = i + length
            cost[i, j], cut[i, j] = min(
                (cost[i, k] + cost[k + 1, j] + sizes[i] * sizes[k + 1] * sizes[j + 1], k)
                for k in range(i, j)
            )

    def product(i, j):
        if i == j:
            return matrices[i]
        return product(i, cut[i, j]) @ product(cut[i, j] + 1, j)

    result = product(0, n - 1)
    return result if out is None else out.resize_(result.shape).copy_(result)


# ---- pieces ----


def tensor_split(input, indices_or_sections, dim=0):
    """Pieces of a tensor along dim, as views: so many of nearly equal size, or cut at indices.

    Args:
        indices_or_sections: the number of pieces, or a sequence of the places of the cuts; also
            as a tensor.
    """
    if input.dim() == 0:
        raise RuntimeError(
            "tensor_split expected at least a 1-dimensional tensor, but got a tensor with 0 dims"
        )
    cuts = indices_or_sections
    if isinstance(cuts, _Tensor):
        if cuts.dtype is not _C.int64 or cuts.dim() > 1:
            raise RuntimeError(
                "tensor_split expected tensor_indices_or_sections to be a zero-dimensional or "
                f"one-dimensional tensor of dtype long, but got a tensor with {cuts.dim()} dims"
            )
        cuts = cuts.tolist()
    size, dim = input.size(dim), dim % input.dim()
    if isinstance(cuts, int):
        if cuts <= 0:
            raise RuntimeError(f"number of sections must be larger than 0, got {cuts}")
        if cuts > 2**24:
            raise RuntimeError(f"tensor_split: {cuts} sections are too many")
        each, more = divmod(size, cuts)
        ends = [(i + 1) * each + min(i + 1, more) for i in range(cuts)]
    else:
        ends = [*cuts, size]
    pieces, begin = [], 0
    for end in ends:
        low = min(max(begin + size if begin < 0 else begin, 0), size)
        high = min(max(end + size if end < 0 else end, 0), size)
        pieces.append(input.narrow(dim, low, max(high - low, 0)))
        begin = end
    return tuple(pieces)


def _splitter(name, least, axis):
    def split(input, indices_or_sections):
        if input.dim() < least:
            raise RuntimeError(
                f"torch.{name} requires a tensor with at least {least} dimension, but got a tensor "
                f"with {input.dim()} dimensions!"
            )
        dim = axis if input.dim() > 1 else 0
        if isinstance(indices_or_sections, int):
            if indices_or_sections <= 0 or input.size(dim) % indices_or_sections:
                raise RuntimeError(
                    f"torch.{name} attempted to split along dimension {dim}, but the size of the "
                    f"dimension {input.size(dim)} is not divisible by the split_size "
                    f"{indices_or_sections}!"
                )
        return tensor_split(input, indices_or_sections, dim)

    split.__name__ = split.__qualname__ = name
    split.__doc__ = (
        f"Pieces of a tensor along axis {axis}{' (0 of a vector)' if axis else ''}, as views: "
        "so many equal ones, or cut at indices."
    )
    return split


hsplit = _splitter("hsplit", 1, 1)
vsplit = _splitter("vsplit", 2, 0)
dsplit = _splitter("dsplit", 3, 2)


def unsafe_split(tensor, split_size, dim=0):
    """torch.split, whose pieces may be changed in place: they are views all the same."""
    return tensor.split(split_size, dim)


def unsafe_chunk(input, chunks, dim=0):
    """torch.chunk, whose pieces may be changed in place."""
    return input.chunk(chunks, dim)


# ---- places ----


def index_put(input, indices, values, accumulate=False):
    """A copy of input with input[indices] = values, or += with accumulate.

    Args:
        indices: a tuple of index tensors; None takes an axis whole.
    """
    return input.index_put(indices, values, accumulate)


def index_put_(input, indices, values, accumulate=False):
    """index_put in place."""
    return input.index_put_(indices, values, accumulate)


def unravel_index(indices, shape):
    """The coordinates in an array of this shape of flat indices: a tensor for each axis."""
    if not isinstance(indices, _Tensor):
        raise TypeError(
            f"unravel_index(): argument 'indices' must be Tensor, not {type(indices).__name__}"
        )
    if indices.is_floating_point() or indices.is_complex() or indices.dtype is _C.bool:
        raise ValueError(f"expected 'indices' to be integer dtype, but got {indices.dtype}")
    shape = [shape] if isinstance(shape, int) else [int(n) for n in shape]
    if any(n < 0 for n in shape):
        raise ValueError(f"'shape' cannot have negative values, but got {tuple(shape)}")
    coordinates = []
    for n in reversed(shape):
        coordinates.append(indices % n if n else indices)
        indices = indices.div(n, rounding_mode="floor") if n else indices
    return tuple(reversed(coordinates))


def resize_as_(input, the_template, *, memory_format=None):
    """Gives input the size of another tensor, in place."""
    return input.resize_as_(the_template, memory_format=memory_format)


# ---- differences and counts ----


def gradient(input, *, spacing=1, dim=None, edge_order=1):
    """Estimates of the derivatives of sampled values along axes: central differences inside.

    Args:
        spacing: the distance of samples, one for each axis, or tensors of coordinates.
        dim: the axes; all without.
        edge_order: the order of the one-sided differences at the edges, 1 or 2.
    """
    axes = list(range(input.dim())) if dim is None else [dim] if isinstance(dim, int) else list(dim)
    if isinstance(spacing, (tuple, list)):
        spacings = list(spacing)
    else:
        spacings = [spacing] * len(axes)
    if len(spacings) != len(axes):
        raise RuntimeError(
            "torch.gradient expected spacing to be unspecified, a scalar or a list of length "
            f"equal to 'self.dim() = {input.dim()}', but got a list of length {len(spacings)}"
        )
    if edge_order not in (1, 2):
        raise RuntimeError("torch.gradient only supports edge_order=1 and edge_order=2.")
    x = input if input.is_floating_point() or input.is_complex() else input.to(_C.float32)
    return tuple(_slope(x, a % x.dim(), s, edge_order) for a, s in zip(axes, spacings))


def _slope(x, axis, spacing, edge_order):
    n = x.size(axis)
    if n < edge_order + 1:
        raise RuntimeError(
            "torch.gradient expected each dimension size to be at least edge_order+1"
        )

    def part(start, stop):
        return x.narrow(axis, start, stop - start)

    if isinstance(spacing, _Tensor) and spacing.dim() == 1:
        shape = [1] * x.dim()
        shape[axis] = n - 1
        h = (spacing[1:] - spacing[:-1]).reshape(shape)

        def step(start, stop):
            return h.narrow(axis, start, stop - start)

        before, after = step(0, n - 2), step(1, n - 1)
        inside = (
            -after / (before * (before + after)) * part(0, n - 2)
            + (after - before) / (before * after) * part(1, n - 1)
            + before / (after * (before + after)) * part(2, n)
        )
        first, last = step(0, 1), step(n - 2, n - 1)
        second, previous = (step(1, 2), step(n - 3, n - 2)) if n > 2 else (None, None)
    else:
        first = last = second = previous = spacing
        inside = (part(2, n) - part(0, n - 2)) / (2 * spacing)
    if edge_order == 1:
        left = (part(1, 2) - part(0, 1)) / first
        right = (part(n - 1, n) - part(n - 2, n - 1)) / last
    else:
        left = (
            -(2 * first + second) / (first * (first + second)) * part(0, 1)
            + (first + second) / (first * second) * part(1, 2)
            - first / (second * (first + second)) * part(2, 3)
        )
        right = (
            last / (previous * (previous + last)) * part(n - 3, n - 2)
            - (last + previous) / (previous * last) * part(n - 2, n - 1)
            + (2 * last + previous) / (last * (previous + last)) * part(n - 1, n)
        )
    return _C.cat([left, inside, right], axis)


_Histogram = named_result("histogram", "hist", "bin_edges")
_Histogramdd = named_result("histogramdd", "hist", "bin_edges")


def _edges(values, bins, limits):
    if isinstance(bins, _Tensor):
        return bins
    if values.numel() == 0 and limits is None:
        low, high = 0.0, 1.0
    else:
        low, high = limits or (values.min().item(), values.max().item())
    if not limits and low == high:
        low, high = low - 0.5, high + 0.5
    if low > high:
        raise RuntimeError("torch.histogramdd: min should not exceed max")
    return _C.linspace(low, high, bins + 1, dtype=values.dtype)


def histogramdd(input, bins, range=None, weight=None, density=False):
    """Counts the rows of input (.., n) in the cells of a grid: the counts, and the edges of each
    axis.

    Args:
        bins: the number of cells along each axis, one number for all, or tensors of edges.
        range: the first and last edge of each axis, one after another.
        weight: what each row counts.
        density: whether to divide by the total and by the volume of the cells.
    """
    if not input.is_floating_point():
        raise NotImplementedError(
            f"\"histogramdd\" not implemented for '{_C._word_of(input.dtype)}'"
        )
    if input.dim() < 2:
        raise RuntimeError(
            "torch.histogramdd: input tensor should have at least 2 dimensions, but got "
            f"{input.dim()}"
        )
    rows = input.detach().reshape(-1, input.shape[-1])
    n = rows.shape[1]
    bins = [bins] * n if isinstance(bins, (int, _Tensor)) else list(bins)
    if len(bins) != n:
        raise RuntimeError(
            f"torch.histogramdd: expected {n} sequences of bin edges for a {n}-dimensional "
            f"histogram but got {len(bins)}"
        )
    limits = [tuple(range[2 * i : 2 * i + 2]) if range else None for i in _range(n)]
    edges = [_edges(rows[:, i].contiguous(), bins[i], limits[i]) for i in _range(n)]
    inside = _C.ones(rows.shape[0], dtype=_C.bool)
    flat = _C.zeros(rows.shape[0], dtype=_C.int64)
    for i, e in enumerate(edges):
        column = rows[:, i].contiguous()
        inside &= (column >= e[0]) & (column <= e[-1])
        cell = _C.searchsorted(e.contiguous(), column, right=True) - 1
        flat = flat * (e.numel() - 1) + cell.clamp(0, e.numel() - 2)
    shape = [e.numel() - 1 for e in edges]
    size = 1
    for m in shape:
        size *= m
    weights = _C.ones(rows.shape[0], dtype=input.dtype) if weight is None else weight.reshape(-1)
    hist = _C.zeros(size, dtype=input.dtype)
    hist = hist.index_add(0, flat[inside], weights[inside].to(input.dtype)).reshape(shape)
    if density:
        hist = hist / hist.sum()
        for i, e in enumerate(edges):
            widths = e[1:] - e[:-1]
            hist = hist / widths.reshape([-1] + [1] * (n - 1 - i))
    return _Histogramdd(hist, tuple(edges))


def histogram(input, bins, *, range=None, weight=None, density=False, out=None):
    """Counts the elements of input between edges: the counts, and the edges.

    Args:
        bins: the number of intervals, or a tensor of their edges.
        range: the first and the last edge; without, those of the elements.
    """
    if not input.is_floating_point():
        raise NotImplementedError(
            f"\"histogram_cpu\" not implemented for '{_C._word_of(input.dtype)}'"
        )
    edges = bins if isinstance(bins, _Tensor) else [bins]
    hist, edges = histogramdd(
        input.reshape(-1, 1),
        [edges] if isinstance(edges, _Tensor) else edges,
        range,
        weight,
        density,
    )
    result = _Histogram(hist, edges[0])
    if out is not None:
        for to, value in zip(out, result):
            to.resize_(value.shape).copy_(value)
        return _Histogram(*out)
    return result


_range = range
