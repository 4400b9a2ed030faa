"""A softmax over many classes whose rare ones share smaller matrices (Grave et al. 2016)."""

from collections import namedtuple

from ..._C import _layers
from ..._C._layers import AdaptiveLogSoftmaxWithLoss  # noqa: F401
from . import _bases  # noqa: F401, I001  makes the native layers

__all__ = ["AdaptiveLogSoftmaxWithLoss"]

_ASMoutput = namedtuple("_ASMoutput", ["output", "loss"])
_layers.set_adaptive_output(_ASMoutput)


def _log_prob(self, input):
    """The log-probabilities of all classes: (N, n_classes)."""
    return _layers.adaptive_log_prob(self, input)


def _predict(self, input):
    """The most probable class of each sample: (N)."""
    return _layers.adaptive_predict(self, input)


def _reset_parameters(self):
    """Gives the parameters new initial values."""
    _layers.adaptive_reset(self)


for _name, _function in (
    ("log_prob", _log_prob),
    ("predict", _predict),
    ("reset_parameters", _reset_parameters),
):
    _function.__name__ = _name
    _function.__qualname__ = f"AdaptiveLogSoftmaxWithLoss.{_name}"
    setattr(AdaptiveLogSoftmaxWithLoss, _name, _function)
AdaptiveLogSoftmaxWithLoss.shortlist_size = property(lambda self: self.cutoffs[0])
AdaptiveLogSoftmaxWithLoss.n_clusters = property(lambda self: len(self.cutoffs) - 1)
AdaptiveLogSoftmaxWithLoss.head_size = property(lambda self: self.shortlist_size + self.n_clusters)
