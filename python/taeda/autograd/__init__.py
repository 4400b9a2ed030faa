"""Gradients by the chain rule, through the graph that ops record."""

import warnings
from importlib import import_module as _import_module

from .. import _C
from . import anomaly_mode, function, grad_mode, graph, variable
from .anomaly_mode import detect_anomaly, set_detect_anomaly
from .function import Function, once_differentiable
from .grad_mode import (
    enable_grad,
    inference_mode,
    no_grad,
    set_grad_enabled,
    set_multithreading_enabled,
)
from .gradcheck import GradcheckError, gradcheck, gradgradcheck
from .variable import Variable

__all__ = [
    "Variable",
    "Function",
    "backward",
    "grad_mode",
    "grad",
    "gradcheck",
    "gradgradcheck",
    "no_grad",
    "enable_grad",
    "set_grad_enabled",
    "inference_mode",
    "detect_anomaly",
    "set_detect_anomaly",
    "graph",
]


def _sequence(tensors):
    return (tensors,) if isinstance(tensors, _C.Tensor) else tuple(tensors)


def backward(
    tensors,
    grad_tensors=None,
    retain_graph=None,
    create_graph=False,
    grad_variables=None,
    inputs=None,
):
    """Gradients of the leaves that ``tensors`` were made from, added into their ``.grad``.

    Args:
        tensors: a tensor or a sequence of them.
        grad_tensors: the gradient of each of them, of its shape; None for one element: 1.
        retain_graph: whether the graph is kept for another run; None: as ``create_graph``.
        create_graph: whether the gradients can be differentiated again.
        grad_variables: the old name of ``grad_tensors``.
        inputs: if given, only these tensors, leaves or not, are given a ``.grad``.
    """
    if grad_variables is not None:
        warnings.warn(
            "`grad_variables` is deprecated. Use `grad_tensors` instead.", FutureWarning, 2
        )
        if grad_tensors is not None:
            raise RuntimeError(
                "`grad_tensors` and `grad_variables` (deprecated) arguments both passed to "
                "`backward()`. Please only use `grad_tensors`."
            )
        grad_tensors = grad_variables
    if inputs is not None:
        inputs = _sequence(inputs)
        if not inputs:
            raise RuntimeError("`inputs` argument to `backward()` cannot be empty.")
    _C._backward(_sequence(tensors), grad_tensors, retain_graph, create_graph, inputs)


def grad(
    outputs,
    inputs,
    grad_outputs=None,
    retain_graph=None,
    create_graph=False,
    only_inputs=True,
    allow_unused=None,
    is_grads_batched=False,
    materialize_grads=False,
):
    """The gradients of ``outputs`` with respect to ``inputs``, as a tuple; ``.grad`` is left alone.

    Args:
        outputs: a tensor or a sequence of them.
        inputs: the tensors, leaves or not, whose gradients are wanted.
        grad_outputs: the gradient of each output, of its shape; None for one element: 1.
        retain_graph: whether the graph is kept for another run; None: as ``create_graph``.
        create_graph: whether the gradients can be differentiated again.
        only_inputs: always True.
        allow_unused: whether an input that is not used gives None; else it is a RuntimeError.
        is_grads_batched: whether ``grad_outputs`` have a leading axis of gradients to run one by
            one; so have the results then.
        materialize_grads: zeros instead of None; implies ``allow_unused``.
    """
    if materialize_grads and allow_unused is False:
        raise ValueError(
            "Expected allow_unused to be True or not passed when materialize_grads=True, but got: "
            "allow_unused=False."
        )
    if not only_inputs:
        warnings.warn(
            "only_inputs argument is deprecated and is ignored now (defaults to True). To "
            "accumulate gradient for other parts of the graph, please use "
            "torch.autograd.backward.",
            FutureWarning,
            2,
        )
    outputs, inputs = _sequence(outputs), _sequence(inputs)
    if not inputs:
        raise RuntimeError("`inputs` argument to `grad()` cannot be empty.")
    allow = materialize_grads if allow_unused is None else allow_unused
    if is_grads_batched:
        result = _batched_grad(outputs, inputs, grad_outputs, retain_graph, create_graph, allow)
    else:
        result = _C._grad(outputs, inputs, grad_outputs, retain_graph, create_graph, allow)
    if materialize_grads and any(g is None for g in result):
        zeros = _C.zeros_like
        result = tuple(zeros(x) if g is None else g for g, x in zip(result, inputs))
    return result


def _batched_grad(outputs, inputs, grad_outputs, retain_graph, create_graph, allow_unused):
    rows = list(zip(*(g.unbind() for g in _sequence(grad_outputs))))
    retained = [True] * (len(rows) - 1) + [retain_graph]
    runs = [
        _C._grad(outputs, inputs, row, retain, create_graph, allow_unused)
        for row, retain in zip(rows, retained)
    ]
    if not runs:
        raise RuntimeError("grad_outputs must have at least one gradient along the first axis")
    return tuple(None if g[0] is None else _C.stack(g) for g in zip(*runs))


def __getattr__(name):
    if name == "functional":
        try:
            return _import_module(f"{__name__}.functional")
        except ModuleNotFoundError as error:
            if error.name != f"{__name__}.functional":
                raise
    raise AttributeError(f"module 'torch.autograd' has no attribute '{name}'")
