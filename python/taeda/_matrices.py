"""Linear algebra under its older names, in torch itself and as methods."""

from . import _C, linalg
from ._results import named_result

methods = [  # of tensors too
    "cholesky",
    "cholesky_inverse",
    "cholesky_solve",
    "det",
    "inverse",
    "logdet",
    "matrix_exp",
    "matrix_power",
    "pinverse",
    "qr",
    "slogdet",
    "svd",
]
__all__ = [*methods, "pca_lowrank", "svd_lowrank"]


_Svd, _Qr = named_result("svd", "U", "S", "V"), named_result("qr", "Q", "R")
_Slogdet = named_result("slogdet", "sign", "logabsdet")
matrix_power, pinverse = linalg.matrix_power, linalg.pinv


def cholesky(input, upper=False):
    """The triangular factor of symmetric positive definite matrices."""
    return linalg.cholesky(input, upper=upper)


def det(input):
    """The determinants of square matrices."""
    return linalg.det(input)


def inverse(input):
    """The inverses of square matrices."""
    return linalg.inv(input)


def matrix_exp(input):
    """The exponentials of square matrices."""
    return linalg.matrix_exp(input)


def slogdet(input):
    """The signs of determinants, and the logarithms of their sizes."""
    return _Slogdet(*linalg.slogdet(input))


def logdet(input):
    """The logarithms of determinants; NaN for negative ones."""
    sign, size = linalg.slogdet(input)
    return _C.where(sign == -1, float("nan"), size)


def svd(input, some=True, compute_uv=True):
    """U, S, V with U diag(S) V^T = input; linalg.svd gives V^T.

    Args:
        some: whether there are as many columns as singular values.
        compute_uv: False: U and V are zeros.
    """
    U, S, Vh = linalg.svd(input, not some)
    if not compute_uv:
        m, n = input.shape[-2:]
        batch = input.shape[:-2]
        return _Svd(input.new_zeros(batch + (m, m)), S, input.new_zeros(batch + (n, n)))
    return _Svd(U, S, Vh.mT)


def qr(input, some=True):
    """Q and R of linalg.qr, in mode "reduced", or "complete" if not some."""
    return _Qr(*linalg.qr(input, "reduced" if some else "complete"))


def cholesky_solve(B, L, upper=False):
    """x of A x = B, where L is the lower, or the upper, Cholesky factor of A."""
    if upper:
        return linalg.solve_triangular(L, linalg.solve_triangular(L.mT, B, upper=False), upper=True)
    return linalg.solve_triangular(L.mT, linalg.solve_triangular(L, B, upper=False), upper=True)


def cholesky_inverse(L, upper=False):
    """The inverse of A, where L is its lower, or upper, Cholesky factor."""
    one = _C.eye(L.shape[-1], dtype=L.dtype).expand(L.shape)
    return cholesky_solve(one, L, upper)


def svd_lowrank(A, q=6, niter=2, M=None):
    """U, S, V of the q greatest singular values of A - M, about.

    Source: Halko et al., 2009, "Finding structure with randomness", algorithms 4.4 and 5.1.
    """
    A = A if M is None else A - M
    q = min(q, *A.shape[-2:])
    Q = linalg.qr(A @ _C.randn(A.shape[-1], q, dtype=A.dtype)).Q
    for _ in range(niter):
        Q = linalg.qr(A.mT @ Q).Q
        Q = linalg.qr(A @ Q).Q
    U, S, Vh = linalg.svd(Q.mT @ A, False)
    return Q @ U, S, Vh.mT


def pca_lowrank(A, q=None, center=True, niter=2):
    """svd_lowrank of A, with the mean of each column taken away if center."""
    q = min(6, *A.shape[-2:]) if q is None else q
    if not 0 <= q <= min(A.shape[-2:]):
        raise ValueError(
            f"q(={q}) must be non-negative integer and not greater than min(m, n)="
            f"{min(A.shape[-2:])}"
        )
    return svd_lowrank(A - A.mean(-2, keepdim=True) if center else A, q, niter)
