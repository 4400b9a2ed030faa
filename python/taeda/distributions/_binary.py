"""Distributions over probabilities that may be given as logits."""

from .distribution import shape_of
from .utils import broadcast_all, lazy_property, logits_to_probs, probs_to_logits


class BinaryLogits:
    """probs and logits of a yes or no, each made from the other when it is asked for."""

    @lazy_property
    def logits(self):
        return probs_to_logits(self.probs, is_binary=True)

    @lazy_property
    def probs(self):
        return logits_to_probs(self.logits, is_binary=True)

    def _take(self, probs, logits, *others):
        """Sets probs or logits, broadcast with the others. Returns those and the batch shape."""
        if (probs is None) == (logits is None):
            raise ValueError("Either `probs` or `logits` must be specified, but not both.")
        given = logits if probs is None else probs
        *rest, values = broadcast_all(*others, given)
        setattr(self, "logits" if probs is None else "probs", values)
        return rest, shape_of(values, given, *others)

    @property
    def _param(self):
        return self.__dict__["probs"] if "probs" in self.__dict__ else self.logits

    @property
    def param_shape(self):
        """The shape of the parameter."""
        return self._param.size()

    def _new(self, *args, **kwargs):
        return self._param.new(*args, **kwargs)
