"""vmap: a function of samples made a function of batches."""

import functools

from . import _C, random
from ._tree import flatten, rebuild

__all__ = ["vmap"]


def _dims_of(in_dims, args):
    """in_dims, which may stop short of the leaves, as one entry a leaf."""
    if in_dims is None or isinstance(in_dims, int):
        leaves = flatten(args)[0]
        # a number holds for tensors; what is no tensor is passed on
        return [in_dims if isinstance(x, _C.Tensor) else None for x in leaves]
    if isinstance(in_dims, dict):
        return [d for key in args for d in _dims_of(in_dims[key], args[key])]
    if len(in_dims) != len(args):
        raise ValueError(
            f"vmap: in_dims is not compatible with the structure of inputs: {len(in_dims)} entries "
            f"for {len(args)} inputs"
        )
    return [d for dim, arg in zip(in_dims, args, strict=True) for d in _dims_of(dim, arg)]


def vmap(func, in_dims=0, out_dims=0, randomness="error", *, chunk_size=None):
    """A function that applies func to each sample of batches and stacks the results.

    func is called once a sample, so that whatever it may do to tensors it may do under vmap.

    Args:
        in_dims: the batch's axis in each argument, or None for one that all samples share; an
            int, or the structure of the arguments.
        out_dims: where the batch's axis goes in each result.
        randomness: "different" draws anew for each sample, "same" the same numbers; "error"
            forbids functions that draw.
        chunk_size: accepted.

    Errors:
        ValueError: no argument has a batch axis, or their sizes differ.
    """
    if randomness not in ("error", "different", "same"):
        raise RuntimeError(
            "Only allowed values for randomness are 'error', 'different', or 'same'. Got "
            f"{randomness}"
        )
    name = getattr(func, "__name__", repr(func))

    @functools.wraps(func)
    def mapped(*args, **kwargs):
        leaves, spec = flatten((list(args), kwargs))
        dims = _dims_of(in_dims, args if not isinstance(in_dims, list) else list(args))
        dims += [0] * (len(leaves) - len(dims))
        dims = [d if isinstance(x, _C.Tensor) else None for d, x in zip(dims, leaves, strict=True)]
        sizes = set()
        for leaf, dim in zip(leaves, dims, strict=True):
            if dim is None:
                continue
            if leaf.dim() == 0 or not -leaf.dim() <= dim < leaf.dim():
                raise ValueError(
                    f"vmap({name}, in_dims={in_dims}, ...)(<inputs>): Got in_dim={dim} for an "
                    f"input, but in_dim must be in the range [-{leaf.dim()}, {leaf.dim()})"
                )
            sizes.add(leaf.shape[dim])
        if not sizes:
            raise ValueError(
                f"vmap({name}, in_dims={in_dims}, ...)(<inputs>): at least one input must have "
                "a batch dimension"
            )
        if len(sizes) > 1:
            raise ValueError(
                "vmap: Expected all tensors to have the same size in the mapped dimension, got "
                f"sizes {sorted(sizes)} for the mapped dimension"
            )
        (size,) = sizes
        if size == 0:
            raise ValueError("vmap: the batch is empty, so that the results' shapes are unknown")
        start = random.get_rng_state()
        return _stacked([run(leaves, dims, spec, i, start) for i in range(size)])

    def run(leaves, dims, spec, i, start):
        one = [x if d is None else x.select(d, i) for x, d in zip(leaves, dims, strict=True)]
        args, kwargs = rebuild(one, spec)
        if randomness == "different":
            return func(*args, **kwargs)
        if randomness == "same":
            random.set_rng_state(start)
            return func(*args, **kwargs)
        out = func(*args, **kwargs)
        if not random.get_rng_state().equal(start):
            random.set_rng_state(start)
            raise RuntimeError(
                "vmap: called random operation while in randomness error mode. Please either use "
                "the 'same' or 'different' randomness flags on vmap or perform the randomness "
                "operation out of vmap"
            )
        return out

    def _stacked(results):
        flat = [flatten(r) for r in results]
        spec = flat[0][1]
        places = out_dims
        if isinstance(places, int):
            places = [places] * len(flat[0][0])
        else:
            places = flatten(places)[0]
        stacked = []
        for column, place in zip(
            zip(*(leaves for leaves, _ in flat), strict=True), places, strict=True
        ):
            if not all(isinstance(x, _C.Tensor) for x in column):
                raise ValueError(
                    f"vmap({name}, ...): `{name}` must only return Tensors, got type "
                    f"{type(column[0])} as a return."
                )
            stacked.append(_C.stack(column, place) if place is not None else column[0])
        return rebuild(stacked, spec)

    return mapped
