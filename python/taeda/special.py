"""Special functions of mathematics, under the names of torch.special."""

from . import _C
from ._C import (
    digamma as psi,
    erf,
    erfc,
    exp2,
    expm1,
    igamma as gammainc,
    igammac as gammaincc,
    lgamma as gammaln,
    log1p,
    log_softmax,
    logsumexp,
    mvlgamma as multigammaln,
    round,
    sigmoid as expit,
    softmax,
)
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
