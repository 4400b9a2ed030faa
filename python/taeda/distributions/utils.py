"""What distributions share: broadcasting of parameters, properties made at first use, logits."""

from numbers import Number

from .. import _C
from ..nn import functional as F

__all__ = [
    "broadcast_all",
    "clamp_probs",
    "lazy_property",
    "logits_to_probs",
    "probs_to_logits",
]


def broadcast_all(*values):
    """The tensors and numbers as tensors of one shape; numbers get the first tensor's dtype.

    Errors:
        ValueError: one of them is neither.
    """
    for v in values:
        if not isinstance(v, (_C.Tensor, Number)) and not hasattr(v, "__torch_function__"):
            raise ValueError(
                "Input arguments must all be instances of Number, torch.Tensor or objects "
                "implementing __torch_function__."
            )
    like = next((v for v in values if isinstance(v, _C.Tensor)), None)
    kind = {"dtype": _C.get_default_dtype()} if like is None else {"dtype": like.dtype}
    tensors = [v if isinstance(v, _C.Tensor) else _C.tensor(v, **kind) for v in values]
    from .._functions import broadcast_tensors

    return broadcast_tensors(*tensors)


def clamp_probs(probs):
    """Probabilities kept away from 0 and 1 by the dtype's eps."""
    from .._dtype_info import finfo

    eps = finfo(probs.dtype).eps
    return probs.clamp(min=eps, max=1 - eps)


def logits_to_probs(logits, is_binary=False):
    """Probabilities of logits: their sigmoid if binary, else their softmax over the last axis."""
    return _C.sigmoid(logits) if is_binary else F.softmax(logits, dim=-1)


def probs_to_logits(probs, is_binary=False):
    """Logits of probabilities: log(p / (1 - p)) if binary, else log(p)."""
    p = clamp_probs(probs)
    return p.log() - (-p).log1p() if is_binary else p.log()


class lazy_property:
    """A property that is computed once, with gradients, and then kept as an attribute."""

    def __init__(self, compute):
        self.compute = compute
        self.__doc__, self.__name__ = compute.__doc__, compute.__name__

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        from ..autograd import enable_grad

        with enable_grad():
            value = self.compute(instance)
        setattr(instance, self.__name__, value)
        return value
