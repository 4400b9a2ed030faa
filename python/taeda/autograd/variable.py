"""Variable, the old name of a tensor that takes part in the graph."""

from .. import _C

__all__ = ["Variable"]


class _VariableMeta(type):
    def __instancecheck__(cls, instance):
        return isinstance(instance, _C.Tensor)

    def __subclasscheck__(cls, subclass):
        return subclass is cls or issubclass(subclass, _C.Tensor)

    def __getattr__(cls, name):
        return getattr(_C.Tensor, name)


class Variable(metaclass=_VariableMeta):
    """Variable(tensor, requires_grad=False): a tensor on the same memory, outside the graph.

    Tensors do all that Variables did; ``volatile`` has no effect.
    """

    def __new__(cls, data=None, requires_grad=False, volatile=None):
        if data is None:
            data = _C.empty(0)
        if not isinstance(data, _C.Tensor):
            raise TypeError(f"Variable data has to be a tensor, but got {type(data).__name__}")
        _C._hint(
            "Variable(x)",
            "Variable(x) is the old way to record gradients, which every tensor does today: write "
            "x itself, and x.requires_grad_() where requires_grad=True.",
        )
        if volatile:
            _C._hint(
                "volatile=True",
                "volatile was removed and now has no effect. Use `with torch.no_grad():` instead.",
            )
        out = data.detach()
        return out.requires_grad_() if requires_grad else out
