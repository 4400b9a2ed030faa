"""The optimizer LBFGS."""

from .. import _C
from .optimizer import Optimizer, ParamsT

__all__ = ["LBFGS"]


class LBFGS(Optimizer):
    """L-BFGS: limited-memory quasi-Newton steps on all parameters as one vector.

    Nocedal and Wright, Numerical Optimization (2006), chapters 3 and 7. It keeps ``history_size``
    pairs of vectors as long as all parameters, and takes one group only.

    Args:
        params: tensors, ``(name, tensor)`` pairs or one group to optimize.
        lr: the length of a step, without a line search.
        max_iter: iterations a step.
        max_eval: evaluations of the loss a step; ``max_iter * 1.25`` if not given.
        tolerance_grad: stop when no element of the gradient is greater.
        tolerance_change: stop when neither parameters nor loss change more.
        history_size: pairs of vectors kept.
        line_search_fn: None or "strong_wolfe".
    """

    def __init__(
        self,
        params: ParamsT,
        lr=1,
        max_iter=20,
        max_eval=None,
        tolerance_grad=1e-7,
        tolerance_change=1e-9,
        history_size=100,
        line_search_fn=None,
    ) -> None:
        if isinstance(lr, _C.Tensor) and lr.numel() != 1:
            raise ValueError("Tensor lr must be 1-element")
        if not 0.0 <= lr:
            raise ValueError(f"Invalid learning rate: {lr}")
        options = {
            "lr": lr,
            "max_iter": max_iter,
            "max_eval": max_iter * 5 // 4 if max_eval is None else max_eval,
            "tolerance_grad": tolerance_grad,
            "tolerance_change": tolerance_change,
            "history_size": history_size,
            "line_search_fn": line_search_fn,
        }
        super().__init__(params, options)
        if len(self.param_groups) != 1:
            raise ValueError("LBFGS doesn't support per-parameter options (parameter groups)")

    def step(self, closure):
        """Makes up to ``max_iter`` iterations.

        Args:
            closure: clears the gradients, computes the loss, calls ``backward`` and returns the
                loss.

        Returns the loss before the step.
        """
        group = self.param_groups[0]
        return _C._optim.lbfgs_step(group, self.state[group["params"][0]], closure)
