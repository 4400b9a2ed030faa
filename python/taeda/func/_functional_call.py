"""Modules called with other parameters than their own."""

from contextlib import contextmanager

from .. import _C

__all__ = ["functional_call", "stack_module_state"]


@contextmanager
def _swapped(module, tensors):
    """Within it the module's parameters and buffers of these dotted names are these tensors."""
    before = []
    try:
        for name, tensor in tensors.items():
            path, _, last = name.rpartition(".")
            owner = module.get_submodule(path) if path else module
            for store in (owner._parameters, owner._buffers):
                if last in store:
                    before.append((store, last, store[last]))
                    store[last] = tensor
                    break
            else:
                raise AttributeError(f"{type(owner).__name__} has no parameter or buffer '{last}'")
        yield
    finally:
        for store, last, tensor in reversed(before):
            store[last] = tensor


def functional_call(
    module, parameter_and_buffer_dicts, args=None, kwargs=None, *, tie_weights=True, strict=False
):
    """module(*args, **kwargs) with tensors in place of parameters and buffers of these names.

    Args:
        parameter_and_buffer_dicts: a dict by dotted name, or several that together are one.
        tie_weights: whether a parameter known under several names is replaced under all.
        strict: whether every parameter and buffer must be given, and no other.
    """
    dicts = parameter_and_buffer_dicts
    given = {}
    for d in (dicts,) if isinstance(dicts, dict) else dicts:
        twice = given.keys() & d.keys()
        if twice:
            raise ValueError(
                f"{sorted(twice)} appeared in multiple dictionaries; behavior of "
                "functional call is ambiguous"
            )
        given.update(d)
    own = {
        **dict(module.named_parameters(remove_duplicate=False)),
        **dict(module.named_buffers(remove_duplicate=False)),
    }
    unexpected = given.keys() - own.keys()
    if strict and (unexpected or own.keys() - given.keys()):
        raise RuntimeError(
            "Error(s) in reparametrizing:\n\tUnexpected key(s): "
            f"{', '.join(sorted(unexpected))}.\n\tMissing key(s): "
            f"{', '.join(sorted(own.keys() - given.keys()))}."
        )
    if tie_weights:
        values = {id(own[name]): value for name, value in given.items() if name in own}
        for name, tensor in own.items():
            if id(tensor) in values:
                given.setdefault(name, values[id(tensor)])
    args = () if args is None else args if isinstance(args, tuple) else (args,)
    given = {name: value for name, value in given.items() if name in own}
    with _swapped(module, given):
        return module(*args, **(kwargs or {}))


def stack_module_state(models):
    """The parameters and the buffers of models of one class, stacked along a new first axis."""
    if not models:
        raise RuntimeError("stack_module_state: Expected at least one model, got 0.")
    if len({m.training for m in models}) > 1:
        raise RuntimeError(
            "stack_module_state: Expected all models to have the same training mode."
        )
    if len(set(map(type, models))) > 1:
        raise RuntimeError("stack_module_state: Expected all models to be of the same class.")

    def stacked(all_tensors, learn):
        out = {}
        for name in all_tensors[0]:
            tensors = [t[name] for t in all_tensors]
            stack = _C.stack(tensors).detach()
            out[name] = stack.requires_grad_(learn and tensors[0].requires_grad)
        return out

    return (
        stacked([dict(m.named_parameters()) for m in models], True),
        stacked([dict(m.named_buffers()) for m in models], False),
    )
