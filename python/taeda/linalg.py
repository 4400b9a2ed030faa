"""Linear algebra, under the names of torch.linalg."""

from . import _C
from ._numeric import chain_matmul
from ._results import named_result

__all__ = [
    "LinAlgError",
    "cholesky",
    "cholesky_ex",
    "cond",
    "cross",
    "det",
    "diagonal",
    "eigh",
    "eigvalsh",
    "inv",
    "inv_ex",
    "lstsq",
    "matmul",
    "matrix_exp",
    "matrix_norm",
    "matrix_power",
    "matrix_rank",
    "multi_dot",
    "norm",
    "pinv",
    "qr",
    "slogdet",
    "solve",
    "solve_triangular",
    "svd",
    "svdvals",
    "vander",
    "vecdot",
    "vector_norm",
]

LinAlgError = RuntimeError  # what singular matrices and the like raise
matmul = _C.matmul
cholesky, cholesky_ex = _C._linalg_cholesky, _C._linalg_cholesky_ex
det, slogdet = _C._linalg_det, _C._linalg_slogdet
eigh, qr, svd = _C._linalg_eigh, _C._linalg_qr, _C._linalg_svd
inv, inv_ex = _C._linalg_inv, _C._linalg_inv_ex
solve, solve_triangular = _C._linalg_solve, _C._linalg_solve_triangular
matrix_exp = _C._linalg_matrix_exp


def _matrix(name, A):
    if A.dim() < 2:
        raise RuntimeError(f"linalg.{name}: The input tensor A must have at least 2 dimensions.")
    return A


def cross(input, other, *, dim=-1, out=None):
    """The cross product of vectors of 3 along dim."""
    return _C.cross(input, other, dim=dim) if out is None else _C.cross(input, other, dim, out=out)


def diagonal(A, *, offset=0, dim1=-2, dim2=-1):
    """The diagonals of matrices, as a view."""
    return _C.diagonal(A, offset, dim1, dim2)


def vecdot(x, y, *, dim=-1):
    """The sums of products of x, conjugated, and y along dim."""
    x = x.conj() if x.is_complex() else x
    return (x * y).sum(dim)


def vander(x, N=None):
    """The powers 0 .. N - 1 of x along a new last axis; N is by default the length of x."""
    return _C.vander(x, N, True)


def multi_dot(tensors):
    """The product of two or more matrices, in the order that costs least; the first and the last
    may be vectors.
    """
    tensors = list(tensors)
    if len(tensors) < 2:
        raise RuntimeError("multi_dot(): expected at least 2 tensors but got " + str(len(tensors)))
    first, last = tensors[0].dim() == 1, tensors[-1].dim() == 1
    if first:
        tensors[0] = tensors[0].unsqueeze(0)
    if last:
        tensors[-1] = tensors[-1].unsqueeze(-1)
    out = chain_matmul(*tensors)
    out = out.squeeze(0) if first else out
    return out.squeeze(-1) if last else out


# ---- norms ----


def vector_norm(x, ord=2, dim=None, keepdim=False, *, dtype=None, out=None):
    """(sum |x| ** ord) ** (1 / ord) over the axes in dim, or over all; the greatest for inf."""
    dim = (dim,) if isinstance(dim, int) else dim
    if out is not None:
        return _C.norm(x, ord, dim, keepdim, dtype=dtype, out=out)
    return _C.norm(x, ord, dim, keepdim, dtype=dtype)


def matrix_norm(A, ord="fro", dim=(-2, -1), keepdim=False, *, dtype=None, out=None):
    """A norm of matrices, which lie along two axes.

    Args:
        ord: "fro", the root of the sum of squares; "nuc", the sum of singular values; 2 and -2,
            the greatest and the least of them; 1 and -1, of the columns' sums of sizes; inf and
            -inf, of the rows'.
    """
    _matrix("matrix_norm", A)
    if dtype is not None:
        A = A.to(dtype)
    rows, columns = (d % A.dim() for d in dim)
    if rows == columns:
        raise RuntimeError(f"linalg.matrix_norm: dims must be different. Got ({dim[0]}, {dim[1]})")
    if ord == "fro":
        found = _C.norm(A, 2, (rows, columns), keepdim)
    elif ord in ("nuc", 2, -2):
        values = svdvals(A.movedim((rows, columns), (-2, -1)))
        found = values.sum(-1) if ord == "nuc" else values.amax(-1) if ord == 2 else values.amin(-1)
        if keepdim:
            for d in sorted((rows, columns)):
                found = found.unsqueeze(d)
    elif ord in (1, -1, float("inf"), -float("inf")):
        over, rest = (rows, columns) if ord in (1, -1) else (columns, rows)
        sums = A.abs().sum(over, keepdim=True)
        found = sums.amax(rest, keepdim=True) if ord > 0 else sums.amin(rest, keepdim=True)
        if not keepdim:
            found = found.squeeze(max(rows, columns)).squeeze(min(rows, columns))
    elif isinstance(ord, str):
        raise RuntimeError(f"linalg.matrix_norm: Order {ord} not supported.")
    else:
        raise RuntimeError(f"linalg.matrix_norm: Order {ord} not supported.")
    return found if out is None else out.copy_(found)


def norm(A, ord=None, dim=None, keepdim=False, *, out=None, dtype=None):
    """A norm of vectors or of matrices.

    Args:
        ord: for vectors a number, for matrices what matrix_norm takes; by default 2 over all.
        dim: an axis for vectors, two for matrices. Without it an A with two axes is a matrix if
            ord is given.
    """
    if dim is not None:
        dim = (dim,) if isinstance(dim, int) else tuple(dim)
    if ord is not None:
        if dim is not None and len(dim) not in (1, 2):
            raise RuntimeError(
                f"linalg.norm: If dim is specified, it must be of length 1 or 2. Got {list(dim)}"
            )
        if dim is None and A.dim() not in (1, 2):
            raise RuntimeError(
                "linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got "
                f"{A.dim()}D."
            )
        if isinstance(ord, str) or len(dim if dim is not None else A.shape) == 2:
            return matrix_norm(A, ord, dim or (-2, -1), keepdim, dtype=dtype, out=out)
    return vector_norm(A, 2 if ord is None else ord, dim, keepdim, dtype=dtype, out=out)


# ---- from factors ----


def eigvalsh(A, UPLO="L"):
    """The eigenvalues of symmetric matrices, ascending."""
    return eigh(A, UPLO)[0]


def svdvals(A):
    """The singular values of matrices, descending."""
    return svd(A, False)[1]


def cond(A, p=None):
    """The condition numbers of matrices: norm(A, p) * norm(inv(A), p).

    Args:
        p: an order of matrix_norm; 2 by default.
    """
    _matrix("cond", A)
    if p is None or p in (2, -2):
        values = svdvals(A)
        ratio = values[..., 0] / values[..., -1]
        return 1 / ratio if p == -2 else ratio
    return matrix_norm(A, p) * matrix_norm(inv(A), p)


def _threshold(A, values, atol, rtol):
    from ._dtype_info import finfo

    if rtol is None:
        rtol = 0.0 if atol is not None else finfo(A.dtype).eps * max(A.shape[-2:])
    limit = _C.as_tensor(rtol, dtype=values.dtype).unsqueeze(-1) * values[..., :1]
    return (
        limit
        if atol is None
        else _C.maximum(_C.as_tensor(atol, dtype=values.dtype).unsqueeze(-1), limit)
    )


def matrix_rank(A, tol=None, hermitian=False, *, atol=None, rtol=None):
    """How many singular values are greater than max(atol, rtol * the greatest).

    Args:
        tol: the old name of atol.
        hermitian: whether A is symmetric.
    """
    _matrix("matrix_rank", A)
    values = svdvals(A)
    limit = _threshold(A, values, tol if atol is None else atol, rtol)
    return (values > limit).sum(-1)


def pinv(A, rcond=None, hermitian=False, *, atol=None, rtol=None):
    """Moore and Penrose's pseudoinverses of matrices.

    Args:
        rcond: the old name of rtol.
        hermitian: whether A is symmetric.
        atol, rtol: singular values up to max(atol, rtol * the greatest) count as 0.
    """
    _matrix("pinv", A)
    U, S, Vh = svd(A, False)
    keep = S > _threshold(A, S.detach(), atol, rcond if rtol is None else rtol)
    inverse = _C.where(keep, 1 / _C.where(keep, S, 1), 0)
    return (Vh.mT * inverse.unsqueeze(-2)) @ U.mT


_Lstsq = named_result("linalg_lstsq", "solution", "residuals", "rank", "singular_values")


def lstsq(A, B, rcond=None, *, driver=None):
    """X for which norm(A X - B) is least, and of those the one of least norm.

    Args:
        A: (.., m, n).
        B: (.., m, k), or vectors (.., m) of A's batch.
        rcond: singular values up to rcond times the greatest count as 0; eps * max(m, n).
        driver: "gels", "gelsy", "gelsd" or "gelss": accepted, but "gels" takes A to have full rank.

    Returns:
        A named tuple (solution, residuals, rank, singular_values). residuals is empty unless
        m > n and A has full rank; rank is empty for "gels"; singular_values are for "gelsd" and
        "gelss".
    """
    _matrix("lstsq", A)
    driver = driver or "gelsy"
    if driver not in ("gels", "gelsy", "gelsd", "gelss"):
        raise RuntimeError(
            "torch.linalg.lstsq: parameter `driver` should be one of (gels, gelsy, gelsd, gelss)"
        )
    vector = B.dim() == A.dim() - 1
    right = B.unsqueeze(-1) if vector else B
    solution = pinv(A, rtol=rcond) @ right
    none = A.new_empty(0)
    values = svdvals(A.detach())
    rank = (values > _threshold(A, values, None, rcond)).sum(-1)
    residuals = none
    if A.shape[-2] > A.shape[-1] and bool((rank == A.shape[-1]).all()):
        residuals = (A @ solution - right).pow(2).sum(-2)
        residuals = residuals.squeeze(-1) if vector else residuals
    return _Lstsq(
        solution.squeeze(-1) if vector else solution,
        residuals,
        rank.new_empty(0) if driver == "gels" else rank,
        values if driver in ("gelsd", "gelss") else none,
    )


def matrix_power(A, n):
    """The n-th powers of square matrices; of their inverses if n is negative."""
    _matrix("matrix_power", A)
    if A.shape[-1] != A.shape[-2]:
        raise RuntimeError(
            "linalg.matrix_power: A must be batches of square matrices, but they are "
            f"{A.shape[-2]} by {A.shape[-1]} matrices"
        )
    if n == 0:
        return _C.eye(A.shape[-1], dtype=A.dtype).expand(A.shape).clone()
    if n < 0:
        A, n = inv(A), -n
    result = None
    while True:
        if n & 1:
            result = A if result is None else result @ A
        n >>= 1
        if not n:
            return result.clone() if result is A else result
        A = A @ A
