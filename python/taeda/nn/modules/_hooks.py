"""Calling a module that has hooks, and the handles that remove them."""

import itertools
import warnings
import weakref
from collections import OrderedDict

from ... import _C
from ..._C import _layers

_ids = itertools.count()
# Hooks of every module, by registry.
global_hooks = {
    name: OrderedDict()
    for name in (
        "forward_pre",
        "forward_pre_with_kwargs",
        "forward",
        "forward_with_kwargs",
        "forward_always_called",
        "backward_pre",
        "backward",
        "parameter_registration",
        "buffer_registration",
        "module_registration",
    )
}
full_backward = {"global": None}  # None, or whether the global backward hooks are full ones


class RemovableHandle:
    """Removes the hook it was returned for. Also a context manager."""

    def __init__(self, hooks, *, extra_dict=None):
        self.id = next(_ids)
        self.hooks_dict_ref = weakref.ref(hooks)
        extra = (
            []
            if extra_dict is None
            else extra_dict
            if isinstance(extra_dict, list)
            else [extra_dict]
        )
        self.extra_dict_ref = tuple(weakref.ref(d) for d in extra)

    def remove(self):
        for ref in (self.hooks_dict_ref, *self.extra_dict_ref):
            hooks = ref()
            if hooks is not None:
                hooks.pop(self.id, None)
        refresh_global()

    def __getstate__(self):
        return self.hooks_dict_ref(), self.id, tuple(ref() for ref in self.extra_dict_ref)

    def __setstate__(self, state):
        hooks, self.id, extra = state
        refs = [weakref.ref(d if d is not None else OrderedDict()) for d in (hooks, *extra)]
        self.hooks_dict_ref, self.extra_dict_ref = refs[0], tuple(refs[1:])

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.remove()


def set_global_kind(full):
    """Says whether the backward hooks of all modules are full ones: never of both kinds."""
    if full_backward["global"] is (not full):
        raise RuntimeError(
            "Cannot use both regular backward hooks and full backward hooks as a global Module "
            "hook. Please use only one of them."
        )
    full_backward["global"] = full


def refresh_global():
    _layers.set_global_hooks(
        any(global_hooks[n] for n in ("forward_pre", "forward", "backward_pre", "backward"))
    )


def add_hook(hooks, hook, prepend=False, **flags):
    """Puts a hook into a registry. `flags`: name -> registry of the ids that have that flag,
    or None.
    """
    extra = [f for f in flags.values() if f is not None]
    handle = RemovableHandle(hooks, extra_dict=extra)
    hooks[handle.id] = hook
    for flag in extra:
        flag[handle.id] = True
    if prepend:
        hooks.move_to_end(handle.id, last=False)
    refresh_global()
    return handle


def _merged(name, module_hooks):
    return list(global_hooks[name].items()) + list(module_hooks.items())


class _Backward:
    """Watches the gradients at a module's inputs and outputs through identity nodes in the
    graph.
    """

    def __init__(self, module, pre_hooks, hooks):
        self.module, self.pre_hooks, self.hooks = module, pre_hooks, hooks
        self.grad_output = None
        self.watches_inputs = False

    def _identity(self, tensors, on_backward):
        from ...autograd import Function

        class BackwardHookFunction(Function):
            @staticmethod
            def forward(ctx, *args):
                ctx.mark_non_differentiable(*[a for a in args if not a.requires_grad])
                return args if len(args) > 1 else args[0]

            @staticmethod
            def backward(ctx, *grads):
                return on_backward(grads)

        # Views, so that in-place changes inside the module are seen.
        out = BackwardHookFunction.apply(*[t.view_as(t) for t in tensors])
        return out if isinstance(out, tuple) else (out,)

    def _apply(self, args, on_backward):
        if not isinstance(args, tuple):
            raise RuntimeError("expected a tuple of arguments")
        at = [i for i, a in enumerate(args) if isinstance(a, _C.Tensor)]
        if not (_C.is_grad_enabled() and any(args[i].requires_grad for i in at)):
            return args, at
        new = list(args)
        for i, t in zip(at, self._identity([args[i] for i in at], on_backward)):
            new[i] = t
        if type(args) is not tuple:
            new = type(args)(*new)
        return tuple(new) if type(args) is tuple else new, at

    def _spread(self, grads, at, n):
        out = [None] * n
        for i, g in zip(at, grads):
            out[i] = g
        return tuple(out)

    def _run(self, grad_input):
        result = grad_input
        for hook in self.hooks:
            changed = hook(self.module, result, self.grad_output)
            if changed is None:
                continue
            changed = changed if isinstance(changed, tuple) else (changed,)
            if len(changed) != len(result):
                raise RuntimeError(
                    "Backward hook returned an invalid number of grad_input, "
                    f"got {len(changed)}, but expected {len(result)}"
                )
            result = changed
        self.grad_output = None
        return result

    def inputs(self, args):
        if not self.hooks:
            return args
        n = len(args)

        def on_backward(grads):
            if self.grad_output is None:
                raise RuntimeError(
                    "Module backward hook for grad_input is called before the grad_output one. "
                    "This "
                    "happens because the gradient in your nn.Module flows to the Module's input "
                    "without passing through the Module's output. Make sure that the output "
                    "depends "
                    "on the input and that the loss is computed based on the output."
                )
            changed = self._run(self._spread(grads, at, n))
            return tuple(changed[i] for i in at)

        new, at = self._apply(args, on_backward)
        self.watches_inputs = new is not args
        return new

    def outputs(self, result):
        single = not isinstance(result, tuple)
        args = (result,) if single else result
        n = len(args)

        def on_backward(grads):
            grad_output = self._spread(grads, at, n)
            for hook in self.pre_hooks:
                changed = hook(self.module, grad_output)
                if changed is None:
                    continue
                changed = changed if isinstance(changed, tuple) else (changed,)
                if len(changed) != n:
                    raise RuntimeError(
                        "Backward pre hook returned an invalid number of grad_output, "
                        f"got {len(changed)}, but expected {n}"
                    )
                grad_output = changed
            self.grad_output = grad_output
            if self.hooks and not self.watches_inputs:
                warnings.warn(
                    "Full backward hook is firing when gradients are computed with respect to "
                    "module outputs since no inputs require gradients. See "
                    "https://docs.pytorch.org/docs/main/generated/torch.nn.Module.html"
                    "#torch.nn.Module.register_full_backward_hook for more details.",
                    stacklevel=5,
                )
                changed = self._run((None,) * self.inputs_count)
                if any(g is not None for g in changed):
                    raise RuntimeError(
                        "Backward hook for Modules where no input requires gradient should always "
                        "return None or None for all gradients."
                    )
            return tuple(grad_output[i] for i in at)

        new, at = self._apply(args, on_backward)
        return new[0] if single else new


def _warn_of_nonfull(args, node):
    """The old hooks see one node: not all of a module that makes several."""
    inputs = {a.grad_fn for a in args if isinstance(a, _C.Tensor)} - {None}
    leaves = [n for n, _ in node.next_functions if n is not None and n not in inputs]
    if any(n.name() != "torch::autograd::AccumulateGrad" for n in leaves):
        warnings.warn(
            "Using a non-full backward hook when the forward contains multiple autograd Nodes is "
            "deprecated and will be removed in future versions. This hook will be missing some "
            "grad_input. Please use register_full_backward_hook to get the documented behavior.",
            FutureWarning,
            stacklevel=5,
        )


def _watch_nonfull(module, hooks, result, args):
    from functools import partial

    var = result
    while not isinstance(var, _C.Tensor):
        var = next(iter(var.values())) if isinstance(var, dict) else var[0]
    if var.grad_fn is None:
        return
    _warn_of_nonfull(args, var.grad_fn)
    for hook in hooks:
        var.grad_fn.register_hook(partial(hook, module))


def _call_forward_hook(hook, module, args, kwargs, result, with_kwargs):
    return hook(module, args, kwargs, result) if with_kwargs else hook(module, args, result)


def call_with_hooks(module, args, kwargs):
    own = _layers.hooks_of(module)
    empty = {}
    always = {
        **global_hooks["forward_always_called"],
        **own.get("_forward_hooks_always_called", empty),
    }
    forward_hooks = _merged("forward", own.get("_forward_hooks", empty))
    with_kwargs = {
        **global_hooks["forward_with_kwargs"],
        **own.get("_forward_hooks_with_kwargs", empty),
    }
    if not always:
        return _call(module, args, kwargs, own, forward_hooks, with_kwargs, set())
    called = set()
    try:
        return _call(module, args, kwargs, own, forward_hooks, with_kwargs, called)
    except Exception:
        for key, hook in forward_hooks:
            if key in always and key not in called:
                try:
                    _call_forward_hook(hook, module, args, kwargs, None, key in with_kwargs)
                except Exception as error:
                    warnings.warn(
                        "module forward hook with ``always_call=True`` raised an exception that "
                        "was "
                        f"silenced as another error was raised in forward: {error}",
                        stacklevel=2,
                    )
        raise


def _call(module, args, kwargs, own, forward_hooks, with_kwargs, called):
    empty = {}
    pre_kwargs = {
        **global_hooks["forward_pre_with_kwargs"],
        **own.get("_forward_pre_hooks_with_kwargs", empty),
    }
    for key, hook in _merged("forward_pre", own.get("_forward_pre_hooks", empty)):
        if key in pre_kwargs:
            changed = hook(module, args, kwargs)
            if changed is not None:
                if not (isinstance(changed, tuple) and len(changed) == 2):
                    raise RuntimeError(
                        f"forward pre-hook must return None or a tuple of (new_args, new_kwargs), "
                        f"but got {changed}."
                    )
                args, kwargs = changed
        else:
            changed = hook(module, args)
            if changed is not None:
                args = changed if isinstance(changed, tuple) else (changed,)

    pre_backward = [h for _, h in _merged("backward_pre", own.get("_backward_pre_hooks", empty))]
    full, nonfull = [], []
    kind = full_backward["global"]
    (full if kind else nonfull).extend(global_hooks["backward"].values())
    kind = getattr(module, "_is_full_backward_hook", None)
    (full if kind else nonfull).extend(own.get("_backward_hooks", empty).values())

    watch = None
    if full or pre_backward:
        watch = _Backward(module, pre_backward, full)
        watch.inputs_count = len(args)
        args = watch.inputs(args)
    result = module._slow_forward(*args, **kwargs)
    for key, hook in forward_hooks:
        called.add(key)
        changed = _call_forward_hook(hook, module, args, kwargs, result, key in with_kwargs)
        if changed is not None:
            result = changed
    if watch is not None:
        result = watch.outputs(result)
    if nonfull:
        _watch_nonfull(module, nonfull, result, args)
    return result


_layers.set_hooked_call(call_with_hooks)
