"""Special functions of mathematics, under the names of torch.special."""

from . import _C
from ._C import digamma as psi
from ._C import (
    erf,
    erfc,
    exp2,
    expm1,
    log1p,
    log_softmax,
    logsumexp,
    round,
    softmax,
)
from ._C import igamma as gammainc
from ._C import igammac as gammaincc
from ._C import lgamma as gammaln
from ._C import mvlgamma as multigammaln
from ._C import sigmoid as expit
from ._C._special import *  # noqa: F403
from ._numeric import polygamma

__all__ = [
    *(name for name in dir(_C._special) if not name.startswith("_")),
    "erf",
    "erfc",
    "exp2",
    "expit",
    "expm1",
    "gammainc",
    "gammaincc",
    "gammaln",
    "log1p",
    "log_softmax",
    "logsumexp",
    "multigammaln",
    "polygamma",
    "psi",
    "round",
    "softmax",
]
