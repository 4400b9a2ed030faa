"""The optimizer Adafactor."""

from .. import _C
from .._dtype_info import finfo
from ._matrix import MatrixOptimizer, check_least, check_lr
from .optimizer import ParamsT

__all__ = ["Adafactor"]


class Adafactor(MatrixOptimizer):
    """Adafactor (Shazeer and Stern 2018, https://arxiv.org/abs/1804.04235): Adam's second moment
    kept as a row and a column whose product estimates it.

    Args:
        params: tensors, ``(name, tensor)`` pairs or groups to optimize.
        lr: an upper bound of the relative step size, ``min(lr, 1 / sqrt(step))``.
        beta2_decay: the running averages decay by ``1 - step ** beta2_decay``.
        eps: the least second moment, None: of the parameter's dtype; and the least scale of a
            parameter.
        d: the greatest root mean square of an update.
        weight_decay: decay of the parameters themselves, times lr.
        maximize: ascend instead of descend.
        foreach: accepted and kept in the groups.
    """

    def __init__(
        self,
        params: ParamsT,
        lr=1e-2,
        beta2_decay=-0.8,
        eps=(None, 1e-3),
        d=1.0,
        weight_decay=0.0,
        *,
        foreach=None,
        maximize=False,
    ) -> None:
        check_lr(lr)
        if not 0.0 >= beta2_decay:
            raise ValueError(f"beta2_decay should be <= 0 but is: {beta2_decay}")
        if eps[0] is not None:
            check_least("epsilon1", eps[0])
        check_least("epsilon2", eps[1])
        if not 1.0 <= d:
            raise ValueError(f"Clipping threshold d should be >= 1 but is: {d}")
        check_least("weight_decay", weight_decay)
        options = {
            "lr": lr,
            "beta2_decay": beta2_decay,
            "eps": eps,
            "d": d,
            "weight_decay": weight_decay,
            "foreach": foreach,
            "maximize": maximize,
        }
        super().__init__(params, options)

    def _begin(self, p):
        state = {"step": _C.tensor(0.0, dtype=_C.float32)}
        if p.dim() > 1:
            state["row_var"] = p.new_zeros((*p.shape[:-1], 1))
            state["col_var"] = p.new_zeros((*p.shape[:-2], 1, p.shape[-1]))
        else:
            state["variance"] = _C.zeros_like(p)
        return state

    def _update(self, group, p, g):
        if p.is_complex():
            raise RuntimeError("Adafactor does not support complex parameters")
        state = self.state[p]
        if not state:
            state.update(self._begin(p))
        lr, d = float(group["lr"]), group["d"]
        least, least_scale = group["eps"]
        least = finfo(p.dtype).eps if least is None else least
        g = -g if group["maximize"] else g
        state["step"] += 1
        step = state["step"].item()
        gain = step ** group["beta2_decay"]
        scale = max(least_scale, _rms(p)) * min(lr, step**-0.5)
        if group["weight_decay"] != 0:
            p.mul_(1 - lr * group["weight_decay"])
        if "row_var" in state:
            rows, columns = state["row_var"], state["col_var"]
            square = g * g
            rows.lerp_(square.mean(-1, keepdim=True), gain)
            columns.lerp_(square.mean(-2, keepdim=True), gain)
            variance = rows @ columns / rows.mean(-2, keepdim=True).clamp(min=least)
        else:
            variance = state["variance"].lerp_(g * g, gain)
        update = variance.clamp(min=least * least).rsqrt() * g
        p.sub_(update * (scale / max(1.0, _rms(update) / d)))


def _rms(x):
    return x.norm().item() / max(1, x.numel()) ** 0.5
