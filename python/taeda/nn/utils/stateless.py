"""A module called with other parameters and buffers than its own."""

import contextlib
import warnings

from ... import _C

__all__ = ["functional_call"]


def functional_call(
    module, parameters_and_buffers, args=None, kwargs=None, *, tie_weights=True, strict=False
):
    """module(*args, **kwargs) as if its tensors were these, by dotted name.

    tie_weights: what replaces a tensor replaces all its names. strict: every parameter and buffer
    is given, and no others. The module is as before when the call is done.
    """
    warnings.warn(
        "`torch.nn.utils.stateless.functional_call` is deprecated as of PyTorch 2.0 and will be "
        "removed in a future version of PyTorch. Please use `torch.func.functional_call` instead "
        "which is a drop-in replacement.",
        FutureWarning,
        stacklevel=2,
    )
    return _functional_call(
        module, parameters_and_buffers, args, kwargs, tie_weights=tie_weights, strict=strict
    )


def _functional_call(
    module, parameters_and_buffers, args=None, kwargs=None, *, tie_weights=True, strict=False
):
    if args is None:
        args = ()
    elif not isinstance(args, tuple):
        args = (args,)
    with _replaced(module, parameters_and_buffers, tie_weights, strict):
        return module(*args, **(kwargs or {}))


def _all_names(module):
    """For each parameter and buffer all its dotted names."""
    names = {}
    for walk in (module.named_parameters, module.named_buffers):
        for name, t in walk(remove_duplicate=False):
            names.setdefault(id(t), []).append(name)
    return names


def _with_ties(module, given):
    out = dict(given)
    for names in _all_names(module).values():
        values = {id(given[n]): given[n] for n in names if n in given}
        if len(values) > 1:
            raise ValueError(
                "functional_call got multiple values for keys "
                f"{sorted(n for n in names if n in given)}, which are tied. Consider using "
                "tie_weights=False"
            )
        for value in values.values():
            out.update(dict.fromkeys(names, value))
    return out


@contextlib.contextmanager
def _replaced(module, given, tie_weights, strict):
    known = {n for names in _all_names(module).values() for n in names}
    extra = set(given) - known
    if tie_weights:
        given = _with_ties(module, given)
    if strict:
        problems = []
        if extra:
            problems.append("Unexpected key(s): " + ", ".join(sorted(extra)) + ".")
        missing = known - set(given)
        if missing:
            problems.append("Missing key(s): " + ", ".join(sorted(missing)) + ".")
        if problems:
            raise RuntimeError(
                f"Error(s) in reparametrizing for {module._get_name()}:\n\t" + "\n\t".join(problems)
            )
    before = []
    try:
        for name, value in given.items():
            path, _, last = name.rpartition(".")
            owner = module.get_submodule(path)
            for role in (owner._parameters, owner._buffers):
                if last in role:
                    if not isinstance(value, _C.Tensor):
                        raise TypeError(f"{value} is not an instance of torch.Tensor")
                    before.append((role, last, role[last]))
                    role[last] = value
                    break
        yield
    finally:
        for role, last, value in reversed(before):
            role[last] = value
