"""Operations with a gradient written by the user."""

import functools

from .. import _C

__all__ = ["Function", "FunctionCtx", "InplaceFunction", "once_differentiable"]

FunctionCtx = _C.FunctionCtx


class Function(FunctionCtx):
    """An operation with its own gradient.

    ``forward(ctx, *args)`` and ``backward(ctx, *grads)`` are static methods; ``apply(*args)``
    calls them. With a static method ``setup_context(ctx, inputs, output)``, ``forward`` takes the
    arguments alone. ``backward`` returns a gradient or None for each argument.

    ctx keeps tensors (``save_for_backward``, then ``saved_tensors``) and any attribute, and knows
    ``needs_input_grad``.
    """

    def __new__(cls, *args, **kwargs):
        _C._hint(
            "Function()",
            f"{cls} should not be instantiated. Methods on autograd functions are all static, so "
            "you should invoke them on the class itself: mark forward and backward with "
            f"@staticmethod, call their first argument ctx, and write {cls.__name__}.apply(x).",
            DeprecationWarning,
        )
        self = super().__new__(cls)
        FunctionCtx.__init__(self)
        return self

    def __init__(self, *args, **kwargs):
        pass  # __new__ has made it

    @staticmethod
    def forward(*args, **kwargs):
        """The operation itself; gradients are off inside."""
        raise NotImplementedError(
            "You must implement the forward function for custom autograd.Function."
        )

    @staticmethod
    def setup_context(ctx, inputs, output):
        """Fills ctx after a forward without ctx."""
        raise NotImplementedError("setup_context is not implemented.")

    @staticmethod
    def backward(ctx, *grad_outputs):
        """The gradients of the arguments, from those of the results."""
        raise NotImplementedError(
            "You must implement either the backward or vjp method for your custom "
            "autograd.Function to use it with backward mode AD."
        )

    vjp = backward  # the same under another name

    @classmethod
    def _is_base_vjp(cls):
        if cls.vjp is Function.vjp:
            return True
        if cls.backward is not Function.backward:
            raise RuntimeError(
                "Implementing both 'backward' and 'vjp' for a custom Function is not allowed. You "
                "should only implement one of them."
            )
        return False

    @classmethod
    def apply(cls, *args, **kwargs):
        """Runs forward on the arguments, and records the gradient if one of them wants it."""
        ctx = FunctionCtx()
        separate = cls.setup_context is not Function.setup_context
        if kwargs:
            args, kwargs = _by_position(cls.forward, args if separate else (ctx, *args), kwargs)
            args = args if separate else args[1:]
        if separate:

            def run():
                output = cls.forward(*args, **kwargs)
                cls.setup_context(ctx, args, output)
                return output

        else:

            def run():
                return cls.forward(ctx, *args, **kwargs)

        return _C._apply_function(cls, ctx, None, args, run)

    def __call__(self, *args):
        """The old form: an instance's own forward and backward, used once."""
        cls = type(self)
        own = next(c.__dict__["forward"] for c in cls.__mro__ if "forward" in c.__dict__)
        static = isinstance(own, staticmethod)
        forward = functools.partial(cls.forward, self) if static else self.forward
        backward = None if static else self.backward
        return _C._apply_function(cls, self, backward, args, lambda: forward(*args))


def _by_position(function, args, kwargs):
    """Arguments given by name moved to their places, as far as they have one."""
    from inspect import signature

    bound = signature(function).bind(*args, **kwargs)
    return bound.args, bound.kwargs


class InplaceFunction(Function):
    """A Function with the flag ``inplace``, for the old form."""

    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace


class _Refusal(Function):
    """The identity, which cannot be differentiated."""

    @staticmethod
    def forward(ctx, *tensors):
        return tensors

    @staticmethod
    def backward(ctx, *grads):
        raise RuntimeError(
            "trying to differentiate twice a function that was marked with @once_differentiable"
        )


def once_differentiable(fn):
    """Decorates a backward that is no graph of differentiable ops: its results are constants, and
    differentiating them again raises a RuntimeError.
    """

    @functools.wraps(fn)
    def once(ctx, *args):
        enabled = _C.is_grad_enabled()
        _C._set_grad_enabled(False)
        try:
            results = fn(ctx, *args)
        finally:
            _C._set_grad_enabled(enabled)
        wants = any(isinstance(a, _C.Tensor) and a.requires_grad for a in args)
        if not enabled or not wants:
            return results
        several = isinstance(results, tuple)
        out = []
        for result in results if several else (results,):
            if isinstance(result, _C.Tensor):
                (result,) = _Refusal.apply(result.detach().requires_grad_())
            out.append(result)
        return tuple(out) if several else out[0]

    return once
