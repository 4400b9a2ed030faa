"""The optimizer Muon."""

from .. import _C
from ._matrix import MatrixOptimizer, check_least, check_lr
from .optimizer import ParamsT

__all__ = ["Muon"]


class Muon(MatrixOptimizer):
    """Muon (Jordan et al. 2024, https://kellerjordan.github.io/posts/muon): momentum whose matrix
    is made orthogonal by Newton-Schulz iterations, in bfloat16.

    Args:
        params: matrices, ``(name, matrix)`` pairs or groups of them.
        lr: the learning rate.
        weight_decay: decay of the parameters themselves, times lr.
        momentum: of the gradients' average.
        nesterov: whether to look one step ahead.
        ns_coefficients: a, b, c of the iteration ``a X + (b X X' + c (X X')^2) X``.
        eps: the least norm to divide by.
        ns_steps: iterations.
        adjust_lr_fn: how lr follows the shape: "original" (and None), by ``sqrt(max(1, rows /
            columns))``; "match_rms_adamw", by ``0.2 sqrt(max(rows, columns))``.
    """

    def __init__(
        self,
        params: ParamsT,
        lr=1e-3,
        weight_decay=0.1,
        momentum=0.95,
        nesterov=True,
        ns_coefficients=(3.4445, -4.775, 2.0315),
        eps=1e-7,
        ns_steps=5,
        adjust_lr_fn=None,
    ) -> None:
        check_lr(lr)
        check_least("momentum", momentum)
        check_least("weight decay", weight_decay)
        if adjust_lr_fn not in (None, "original", "match_rms_adamw"):
            raise ValueError(f"Adjust learning rate function {adjust_lr_fn} is not supported")
        options = {
            "lr": lr,
            "weight_decay": weight_decay,
            "momentum": momentum,
            "nesterov": nesterov,
            "ns_coefficients": ns_coefficients,
            "eps": eps,
            "ns_steps": ns_steps,
            "adjust_lr_fn": adjust_lr_fn,
        }
        super().__init__(params, options)
        for group in self.param_groups:
            for p in group["params"]:
                if p.dim() != 2:
                    raise ValueError(
                        "Muon only supports 2D parameters whereas we found a parameter with size: "
                        f"{p.size()}"
                    )

    def _update(self, group, p, g):
        if p.is_complex():
            raise RuntimeError("Muon does not support complex parameters")
        state, momentum, lr = self.state[p], group["momentum"], float(group["lr"])
        if "momentum_buffer" not in state:
            state["momentum_buffer"] = _C.zeros_like(g)
        average = state["momentum_buffer"].lerp_(g, 1 - momentum)
        direction = g.lerp(average, momentum) if group["nesterov"] else average
        direction = _orthogonal(
            direction, group["ns_coefficients"], group["ns_steps"], group["eps"]
        )
        rows, columns = p.shape
        if group["adjust_lr_fn"] == "match_rms_adamw":
            rate = lr * 0.2 * max(rows, columns) ** 0.5
        else:
            rate = lr * max(1, rows / columns) ** 0.5
        p.mul_(1 - lr * group["weight_decay"])
        p.sub_(direction.to(p.dtype) * rate)


def _orthogonal(x, coefficients, steps, eps):
    """The nearest matrix with orthogonal rows, or columns, roughly."""
    if steps >= 100:
        raise ValueError("Number of steps must be less than 100 for computational efficiency")
    if len(coefficients) != 3:
        raise ValueError("Coefficients must be a tuple of exactly 3 values")
    a, b, c = coefficients
    tall = x.shape[0] > x.shape[1]
    x = x.to(_C.bfloat16)
    x = x.t() if tall else x
    x = x / x.norm().clamp(min=eps)
    for _ in range(steps):
        gram = x @ x.t()
        x = _C.addmm(x, _C.addmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return x.t() if tall else x
