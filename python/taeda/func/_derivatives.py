"""Derivatives of functions, as functions. They nest.

Each runs the function on inputs of its own, and asks for gradients that can be differentiated
again. A result keeps its graph only if that reaches beyond those inputs.
"""

import functools

from .. import _C
from .._tree import flatten, map_tree, rebuild
from ..autograd import enable_grad, grad as gradients

__all__ = ["grad", "grad_and_value", "hessian", "jacfwd", "jacrev", "jvp", "vjp"]


def _enter(tree, name):
    """The tree with its tensors as inputs of a graph: leaves, or steps of a graph outside."""

    def enter(x):
        if not isinstance(x, _C.Tensor):
            raise ValueError(f"{name}: Expected a tensor, got {type(x).__name__}")
        return x.view_as(x) if x.requires_grad else x.detach().requires_grad_()

    return map_tree(enter, tree)


def _leave(tree, inputs):
    """The tree, whose tensors' graphs are dropped where they reach leaves among inputs only."""
    own = {id(x) for x in inputs}
    outside = any(not x.is_leaf for x in inputs)

    def reaches_out(x):
        if outside or x.grad_fn is None:
            return outside
        seen, stack = set(), [x.grad_fn]
        while stack:
            node = stack.pop()
            if node is None or node in seen:
                continue
            seen.add(node)
            leaf = getattr(node, "variable", None)
            if leaf is not None and id(leaf) not in own:
                return True
            stack.extend(edge[0] for edge in node.next_functions)
        return False

    def leave(x):
        if not isinstance(x, _C.Tensor) or not x.requires_grad:
            return x
        return x if reaches_out(x) else x.detach()

    return map_tree(leave, tree)


def _differentiate(outputs, inputs, grads=None):
    """Gradients of outputs by inputs, with a graph of their own; zeros where there is none."""
    outs = [
        (o, g)
        for o, g in zip(outputs, grads or [None] * len(outputs), strict=True)
        if o.requires_grad
    ]
    if not outs:
        return [_C.zeros_like(x) for x in inputs]
    found = gradients(
        [o for o, _ in outs],
        inputs,
        [g for _, g in outs] if grads else None,
        create_graph=True,
        allow_unused=True,
    )
    return [_C.zeros_like(x) if g is None else g for g, x in zip(found, inputs, strict=True)]


def _chosen(args, argnums):
    """The arguments of these places as a tuple, and a function that puts others there."""
    places = (argnums,) if isinstance(argnums, int) else tuple(argnums)
    for place in places:
        if not -len(args) <= place < len(args):
            raise RuntimeError(f"Got argnum={place}, but only {len(args)} positional inputs")

    def put(values):
        new = list(args)
        for place, value in zip(places, values, strict=True):
            new[place] = value
        return new

    return tuple(args[p] for p in places), put


def grad_and_value(func, argnums=0, has_aux=False):
    """A function that returns the gradient of func, a function with one number, and its value.

    Args:
        argnums: the argument to differentiate by, or a tuple of them.
        has_aux: whether func returns (output, aux); then aux is returned, too.
    """

    @functools.wraps(func)
    def wrapped(*args, **kwargs):
        with enable_grad():
            chosen, put = _chosen(args, argnums)
            chosen = _enter(chosen, "grad_and_value")
            inputs, spec = flatten(chosen)
            result = func(*put(chosen), **kwargs)
            output, aux = result if has_aux else (result, None)
            if not isinstance(output, _C.Tensor):
                raise RuntimeError(
                    "grad_and_value(f)(*args): Expected f(*args) to return tensor, got type "
                    f"{type(output)}"
                )
            if output.dim() != 0:
                raise RuntimeError(
                    "grad_and_value(f)(*args): Expected f(*args) to return a scalar tensor, got "
                    f"tensor with {output.dim()} dims. Maybe you wanted to use the vjp or jacrev "
                    "APIs instead?"
                )
            found = rebuild(_differentiate([output], inputs), spec)
        found = found[0] if isinstance(argnums, int) else found
        found, output, aux = _leave((found, output, aux), inputs)
        return (found, (output, aux)) if has_aux else (found, output)

    return wrapped


def grad(func, argnums=0, has_aux=False):
    """A function that returns the gradient of func, a function with one number.

    Args:
        argnums: the argument to differentiate by, or a tuple of them.
        has_aux: whether func returns (output, aux); then (gradient, aux) is returned.
    """
    both = grad_and_value(func, argnums, has_aux)

    @functools.wraps(func)
    def wrapped(*args, **kwargs):
        found, value = both(*args, **kwargs)
        return (found, value[1]) if has_aux else found

    return wrapped


def vjp(func, *primals, has_aux=False):
    """func(*primals), and the function from cotangents of it to cotangents of primals.

    Args:
        has_aux: whether func returns (output, aux); then aux is returned, too.
    """
    with enable_grad():
        entered = _enter(primals, "vjp")
        inputs, spec = flatten(entered)
        result = func(*entered)
    output, aux = result if has_aux else (result, None)
    outs, out_spec = flatten(output)

    def pull(*cotangents, retain_graph=True, create_graph=None):
        given = cotangents[0] if len(cotangents) == 1 else cotangents
        grads, given_spec = flatten(given)
        if len(grads) != len(outs):
            raise RuntimeError(
                f"Expected pytree structure of cotangents to be the same as pytree structure of "
                f"outputs to the function: {given_spec} and {out_spec}"
            )
        with enable_grad():
            found = _differentiate(outs, inputs, grads)
        return _leave(rebuild(found, spec), inputs)

    shown = _leave(output, inputs)
    return (shown, pull, _leave(aux, inputs)) if has_aux else (shown, pull)


def jvp(func, primals, tangents, *, strict=False, has_aux=False):
    """func(*primals), and its derivative along tangents.

    It is computed by differentiating the vector-Jacobian product.
    """
    if not isinstance(primals, tuple) or not isinstance(tangents, tuple):
        raise RuntimeError("jvp(f, primals, tangents): primals and tangents must be tuples")
    with enable_grad():
        entered = _enter(primals, "jvp")
        inputs, spec = flatten(entered)
        along, along_spec = flatten(tangents)
        if spec != along_spec:
            raise RuntimeError(
                "jvp(f, primals, tangents): Expected primals and tangents to have the same "
                "python structure"
            )
        result = func(*entered)
        output, aux = result if has_aux else (result, None)
        outs, out_spec = flatten(output)
        dummies = [_C.zeros_like(o).requires_grad_() for o in outs]
        pulled = _differentiate(outs, inputs, dummies)
        directional = sum((p * t).sum() for p, t in zip(pulled, along, strict=True))
        pushed = _differentiate([directional], dummies)
    every = [*inputs, *dummies]
    output, pushed, aux = _leave((output, rebuild(pushed, out_spec), aux), every)
    return (output, pushed, aux) if has_aux else (output, pushed)


def jacrev(func, argnums=0, *, has_aux=False, chunk_size=None, _preallocate_and_copy=False):
    """A function that returns the derivatives of func's elements: (*output.shape, *input.shape).

    Args:
        argnums: the argument to differentiate by, or a tuple of them.
        has_aux: whether func returns (output, aux); then (derivatives, aux) is returned.
        chunk_size: accepted.
    """

    @functools.wraps(func)
    def wrapped(*args, **kwargs):
        with enable_grad():
            chosen, put = _chosen(args, argnums)
            chosen = _enter(chosen, "jacrev")
            inputs, spec = flatten(chosen)
            result = func(*put(chosen), **kwargs)
            output, aux = result if has_aux else (result, None)
            outs, out_spec = flatten(output)
            blocks = [_rows(o, inputs) for o in outs]
        shaped = []
        for block in blocks:
            tree = rebuild(block, spec)
            shaped.append(tree[0] if isinstance(argnums, int) else tree)
        found, aux = _leave((rebuild(shaped, out_spec), aux), inputs)
        return (found, aux) if has_aux else found

    return wrapped


def _rows(output, inputs):
    """The derivatives of each element of output by each of inputs."""
    rows = [_differentiate([e], inputs) for e in output.reshape(-1).unbind(0)]
    return [
        _C.stack(column).reshape(output.shape + x.shape)
        if rows
        else x.new_zeros(output.shape + x.shape)
        for column, x in zip(
            zip(*rows, strict=True) if rows else [()] * len(inputs), inputs, strict=True
        )
    ]


def jacfwd(func, argnums=0, has_aux=False, *, randomness="error"):
    """jacrev: the same derivatives, computed the same way."""
    return jacrev(func, argnums, has_aux=has_aux)


def hessian(func, argnums=0):
    """A function that returns the second derivatives of func."""
    return jacfwd(jacrev(func, argnums), argnums)
