"""Gradient checkpoints: what a function saves for backward is computed again when it is needed."""

import warnings
from contextlib import nullcontext

from .. import _C, random
from ..autograd import enable_grad, no_grad
from ..autograd.graph import saved_tensors_hooks

__all__ = ["checkpoint", "CheckpointError", "checkpoint_sequential", "noop_context_fn"]


def noop_context_fn():
    """Two contexts that do nothing, for forward and for the second forward."""
    return nullcontext(), nullcontext()


class CheckpointError(RuntimeError):
    """The second forward saved other tensors than the first."""


class _Frame:
    """What one checkpoint remembers: how to run forward again, and what that gave."""

    def __init__(self, run):
        self.run, self.count, self.found = run, 0, None
        self.shapes = []

    def pack(self, tensor):
        self.shapes.append((tensor.shape, tensor.dtype))
        self.count += 1
        return self.count - 1

    def unpack(self, index):
        if self.found is None:
            found = []
            with saved_tensors_hooks(lambda t: found.append(t.detach()), _fail_unpack):
                self.run()
            if len(found) != self.count:
                raise CheckpointError(
                    "torch.utils.checkpoint: A different number of tensors was saved during the "
                    "original forward and recomputation.\nNumber of tensors saved during forward: "
                    f"{self.count}\nNumber of tensors saved during recomputation: {len(found)}."
                )
            self.found = dict(enumerate(found))
        tensor = self.found.pop(index) if index in self.found else None
        if tensor is None:  # backward through a kept graph runs again
            self.found = None
            return self.unpack(index)
        if not self.found:
            self.found = None
        if (tensor.shape, tensor.dtype) != self.shapes[index]:
            raise CheckpointError(
                "torch.utils.checkpoint: Recomputed values for the following tensors have "
                "different metadata than during the forward pass.\ntensor at position "
                f"{index}:\nsaved metadata: {self.shapes[index]}\nrecomputed metadata: "
                f"{(tensor.shape, tensor.dtype)}"
            )
        return tensor


def _fail_unpack(index):
    raise CheckpointError("a tensor of a second forward was used before it was complete")


def checkpoint(
    function,
    *args,
    use_reentrant=None,
    context_fn=noop_context_fn,
    determinism_check="default",
    debug=False,
    early_stop=True,
    preserve_rng_state=True,
    **kwargs,
):
    """function(*args, **kwargs), without keeping what it saves for backward: that runs it again.

    Args:
        use_reentrant: should be False. If True, or not given, an output needs a gradient only if
            one of args does, as PyTorch has it.
        context_fn: returns two contexts, for the first and for the second forward.
        determinism_check, debug, early_stop: accepted.
        preserve_rng_state: whether the second forward draws the random numbers of the first.

    Errors:
        CheckpointError, a RuntimeError: function saved other tensors when it ran again.
    """
    if use_reentrant is None:
        warnings.warn(
            "torch.utils.checkpoint: the use_reentrant parameter should be passed explicitly. "
            "Starting in PyTorch 2.9, calling checkpoint without use_reentrant will raise an "
            "exception. use_reentrant=False is recommended, but if you need to preserve the "
            "current default behavior, you can pass use_reentrant=True. Refer to docs for more "
            "details on the differences between the two variants.",
            stacklevel=2,
        )
        use_reentrant = True
    if use_reentrant and not any(isinstance(a, _C.Tensor) and a.requires_grad for a in args):
        warnings.warn(
            "None of the inputs have requires_grad=True. Gradients will be None", stacklevel=2
        )
        with no_grad():
            return function(*args, **kwargs)
    state = random.get_rng_state() if preserve_rng_state else None
    first, second = context_fn()

    def again():
        with random.fork_rng(enabled=preserve_rng_state), second, enable_grad():
            if preserve_rng_state:
                random.set_rng_state(state)
            function(*args, **kwargs)

    frame = _Frame(again)
    with saved_tensors_hooks(frame.pack, frame.unpack), first:
        return function(*args, **kwargs)


def checkpoint_sequential(functions, segments, input, use_reentrant=None, **kwargs):
    """A Sequential, or list of functions, in segments of which all but the last are checkpoints."""
    from ..nn import Sequential

    preserve = kwargs.pop("preserve_rng_state", True)
    if kwargs:
        raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
    if use_reentrant is None:
        use_reentrant = True
    if isinstance(functions, Sequential):
        functions = list(functions.children())

    def chain(start, end):
        def run(x):
            for f in functions[start:end]:
                x = f(x)
            return x

        return run

    size = len(functions) // segments
    for start in range(0, size * (segments - 1), size):
        input = checkpoint(
            chain(start, start + size),
            input,
            use_reentrant=use_reentrant,
            preserve_rng_state=preserve,
        )
    return chain(size * (segments - 1), len(functions))(input)
