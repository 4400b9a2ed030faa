"""Jacobians, Hessians and their products with vectors, of functions of tensors.

A function takes tensors and returns a tensor or a tuple of them. ``create_graph`` makes results
that can be differentiated again; ``strict`` makes an input that a result does not depend on a
RuntimeError instead of zeros.
"""

from .. import _C
from .grad_mode import enable_grad

__all__ = ["hessian", "hvp", "jacobian", "jvp", "vhp", "vjp"]


def jacobian(
    func, inputs, create_graph=False, strict=False, vectorize=False, strategy="reverse-mode"
):
    """The derivatives of each element of the outputs by each element of the inputs.

    Args:
        func: the function.
        inputs: a tensor or a tuple of them.
        vectorize: accepted; rows are computed one by one.
        strategy: "reverse-mode"; "forward-mode" gives the same by the same way.

    Returns:
        A tensor of shape ``(*output.shape, *input.shape)``; a tuple of them for a tuple of inputs;
        a tuple of those for a tuple of outputs.
    """
    if strategy not in ("reverse-mode", "forward-mode"):
        raise AssertionError(
            'Expected strategy to be either "forward-mode" or "reverse-mode". Hint: If your '
            'function has more outputs than inputs, "forward-mode" tends to be more performant. '
            'Otherwise, prefer to use "reverse-mode".'
        )
    with enable_grad():
        one_in, inputs = _start(inputs, "jacobian", create_graph)
        one_out, outputs = _run(func, inputs, "jacobian")
        _expect_graph(outputs, strict)
        rows = tuple(_rows(o, inputs, create_graph, strict) for o in outputs)
    return _shaped(_shaped(r, one_in) for r in rows) if not one_out else _shaped(rows[0], one_in)


def hessian(
    func,
    inputs,
    create_graph=False,
    strict=False,
    vectorize=False,
    outer_jacobian_strategy="reverse-mode",
):
    """The second derivatives of a function with one element.

    Returns:
        A tensor of shape ``(*input.shape, *input.shape)``; for a tuple of inputs a tuple of
        tuples, one for each pair.
    """
    one_in, inputs = _tuple_of(inputs, "inputs", "hessian")

    def gradient(*ins):
        output = func(*ins)
        if not isinstance(output, _C.Tensor):
            raise RuntimeError("The function given to hessian should return a single Tensor")
        if output.numel() != 1:
            raise RuntimeError(
                "The Tensor returned by the function given to hessian should contain a single "
                "element"
            )
        _expect_graph((output,), strict)
        return tuple(_grads((output.reshape(()),), ins, None, True, strict))

    result = jacobian(gradient, inputs, create_graph=create_graph, strict=strict)
    return result[0][0] if one_in else result


def vjp(func, inputs, v=None, create_graph=False, strict=False):
    """The outputs, and the product of ``v`` with the Jacobian: the gradient of ``(v * f).sum()``.

    Args:
        v: of the outputs' shape; None for one element: 1.
    """
    with enable_grad():
        one_in, inputs = _start(inputs, "vjp", create_graph)
        one_out, outputs = _run(func, inputs, "vjp")
        _expect_graph(outputs, strict)
        v = _vector(v, outputs, "vjp", "output")
        grads = _grads(outputs, inputs, v, create_graph, strict)
    return _finish(outputs, one_out, create_graph), _finish(grads, one_in, create_graph)


def jvp(func, inputs, v=None, create_graph=False, strict=False):
    """The outputs, and the product of the Jacobian with ``v``: the derivative of the outputs in
    that direction, by differentiating twice.

    Args:
        v: of the inputs' shape; None for one element: 1.
    """
    with enable_grad():
        _, inputs = _start(inputs, "jvp", create_graph)
        v = _vector(v, inputs, "jvp", "input")
        one_out, outputs = _run(func, inputs, "jvp")
        _expect_graph(outputs, strict)
        seeds = tuple(_C.zeros_like(o).requires_grad_() for o in outputs)
        grads = _grads(outputs, inputs, seeds, True, strict)
        result = _grads(grads, seeds, v, create_graph, strict)
    return _finish(outputs, one_out, create_graph), _finish(result, one_out, create_graph)


def vhp(func, inputs, v=None, create_graph=False, strict=False):
    """The output of a function with one element, and the product of ``v`` with its Hessian.

    Args:
        v: of the inputs' shape; None for one element: 1.
    """
    return _hessian_product("vhp", func, inputs, v, create_graph, strict)


def hvp(func, inputs, v=None, create_graph=False, strict=False):
    """The output of a function with one element, and the product of its Hessian with ``v``, which
    is that of :func:`vhp`: the Hessian is symmetric.
    """
    return _hessian_product("hvp", func, inputs, v, create_graph, strict)


def _hessian_product(name, func, inputs, v, create_graph, strict):
    with enable_grad():
        one_in, inputs = _start(inputs, name, create_graph)
        v = _vector(v, inputs, name, "input")
        one_out, outputs = _run(func, inputs, name)
        if not one_out or outputs[0].numel() != 1:
            what = "should contain a single element" if one_out else "should be a single Tensor"
            raise RuntimeError(f"The Tensor returned by the function given to {name} {what}")
        _expect_graph(outputs, strict)
        grads = _grads(outputs, inputs, None, True, strict)
        result = _grads(grads, inputs, v, create_graph, strict)
    return _finish(outputs, True, create_graph), _finish(result, one_in, create_graph)


def _tuple_of(x, what, name):
    if isinstance(x, _C.Tensor):
        return True, (x,)
    if not isinstance(x, tuple):
        where = "given to" if what == "inputs" else "of the user-provided function given to"
        given = "inputs" if what == "inputs" else "outputs of the user-provided function"
        raise TypeError(
            f"The {what} {where} {name} must be either a Tensor or a tuple of Tensors but the "
            f"given {given} has type {type(x)}."
        )
    for i, item in enumerate(x):
        if not isinstance(item, _C.Tensor):
            raise TypeError(
                f"The {what} given to {name} must be either a Tensor or a tuple of Tensors but the "
                f"value at index {i} of the given {what} has type {type(item)}."
            )
    return False, x


def _start(inputs, name, create_graph):
    """The inputs as new tensors that require a gradient; part of the old graph if wanted."""
    one, inputs = _tuple_of(inputs, "inputs", name)
    if create_graph:
        return one, tuple(x.view_as(x) if x.requires_grad else _leaf(x) for x in inputs)
    return one, tuple(map(_leaf, inputs))


def _leaf(x):
    return x.detach().requires_grad_()


def _run(func, inputs, name):
    return _tuple_of(func(*inputs), "outputs", name)


def _expect_graph(outputs, strict):
    for i, o in enumerate(outputs):
        if strict and not o.requires_grad:
            raise RuntimeError(
                f"Output {i} of the user-provided function does not require gradients. The "
                "outputs must be computed in a differentiable manner from the input when running "
                "in strict mode."
            )


def _grads(outputs, inputs, seeds, create_graph, strict):
    """Gradients of those outputs that have a graph; zeros for what does not depend on an input."""
    keep = [i for i, o in enumerate(outputs) if o.requires_grad]
    found = [None] * len(inputs)
    if keep:
        outs = [outputs[i] for i in keep]
        outs_seeds = None if seeds is None else [seeds[i] for i in keep]
        found = _C._grad(outs, inputs, outs_seeds, True, create_graph, True)
    for i, g in enumerate(found):
        if g is None and strict:
            raise RuntimeError(
                f"The output of the user-provided function is independent of input {i}. This is "
                "not allowed in strict mode."
            )
    return tuple(_C.zeros_like(x) if g is None else g for g, x in zip(found, inputs))


def _rows(output, inputs, create_graph, strict):
    """For each input the derivatives of one output, shaped (*output.shape, *input.shape)."""
    flat = output.reshape(-1)
    rows = [_grads((flat[i],), inputs, None, create_graph, strict) for i in range(flat.numel())]
    result = []
    for k, x in enumerate(inputs):
        shape = (*output.shape, *x.shape)
        if rows:
            result.append(_C.stack([r[k] for r in rows]).reshape(shape))
        else:
            result.append(x.new_zeros(shape))
    return tuple(result)


def _vector(v, like, name, what):
    if v is None:
        if len(like) != 1 or like[0].numel() != 1:
            which = (
                "user-provided function returns"
                if what == "output"
                else "input to the user-provided function is"
            )
            raise RuntimeError(
                f"The vector v can only be None if the {which} a single Tensor with a single "
                "element."
            )
        return (_C.ones_like(like[0]),)
    _, v = _tuple_of(v, "v", name)
    if len(v) != len(like):
        if len(like) == 1:
            raise RuntimeError("The given v should contain a single Tensor.")
        raise RuntimeError(
            f"v is a tuple of invalid length: should be {len(like)} but got {len(v)}."
        )
    for i, (a, b) in enumerate(zip(v, like)):
        if a.shape != b.shape:
            entry = f"Entry {i} in " if len(like) > 1 else ""
            raise RuntimeError(f"{entry}v has invalid size: should be {b.shape} but got {a.shape}.")
    return v


def _finish(tensors, one, create_graph):
    if not create_graph:
        tensors = tuple(t.detach() for t in tensors)
    return _shaped(tensors, one)


def _shaped(tensors, one=False):
    tensors = tuple(tensors)
    return tensors[0] if one else tensors
