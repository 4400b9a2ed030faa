"""Parametrizations: weights of a norm, of spectral norm 1, orthogonal ones."""

from enum import Enum, auto

from ... import _C
from ...autograd import no_grad
from ..functional import normalize
from ..modules.conv import ConvTranspose1d, ConvTranspose2d, ConvTranspose3d
from ..modules.module import Module
from . import parametrize
from .weight_norm import norm_except_dim

__all__ = ["orthogonal", "spectral_norm", "weight_norm"]


class _OrthMaps(Enum):
    matrix_exp = auto()
    cayley = auto()
    householder = auto()


def _matrix_exp(a):
    """exp(a) by scaling and squaring of its Taylor series."""
    from ... import eye

    norm = float(a.detach().abs().sum(-1).max())
    halvings = 0
    while norm > 0.5:
        norm, halvings = norm / 2, halvings + 1
    a = a / 2**halvings
    unit = eye(a.size(-1), dtype=a.dtype, device=a.device)
    out = term = unit.expand_as(a)
    for k in range(1, 19):
        term = term @ a / k
        out = out + term
    for _ in range(halvings):
        out = out @ out
    return out


def _solve(a, b):
    """x with a @ x = b, by Gauss elimination without row exchange: a is I plus a skew matrix."""
    from ... import cat

    n = a.size(-1)
    m = cat([a, b], -1)
    for i in range(n):
        row = m[..., i : i + 1, :] / m[..., i : i + 1, i : i + 1]
        rest = m - m[..., :, i : i + 1] * row
        m = cat([rest[..., :i, :], row, rest[..., i + 1 :, :]], -2)
    return m[..., n:]


def _reflected(a, tau):
    """The first columns of a product of Householder reflections; their vectors are a's columns."""
    from ... import eye

    n, k = a.size(-2), a.size(-1)
    lower = a.tril(-1) + eye(n, k, dtype=a.dtype, device=a.device)
    q = eye(n, k, dtype=a.dtype, device=a.device).expand(*a.shape[:-2], n, k)
    for i in reversed(range(k)):
        v = lower[..., :, i : i + 1]
        q = q - tau[..., i : i + 1].unsqueeze(-1) * v @ (v.transpose(-1, -2) @ q)
    return q


def _qr_factors(a):
    """a as Householder vectors below the diagonal and their factors (geqrf), in float64."""
    from ... import zeros

    out, k = a.double().clone(), min(a.size(-2), a.size(-1))
    tau = zeros(*a.shape[:-2], k, dtype=out.dtype)
    for i in range(k):
        x = out[..., i:, i].clone()
        below = (x[..., 1:] ** 2).sum(-1)
        alpha = x[..., 0]
        length = (alpha**2 + below).sqrt()
        beta = -length * (alpha >= 0).double() + length * (alpha < 0).double()
        flat = below == 0
        beta = beta.where(~flat, alpha)
        safe = (alpha - beta).where(~flat, alpha.new_ones(alpha.shape))
        t = ((beta - alpha) / beta.where(~flat, alpha.new_ones(alpha.shape))).where(
            ~flat, alpha.new_zeros(alpha.shape)
        )
        v = x / safe.unsqueeze(-1)
        v[..., 0] = 1
        part = out[..., i:, i:].clone()
        product = v.unsqueeze(-2) @ part
        out[..., i:, i:] = part - t[..., None, None] * v.unsqueeze(-1) @ product
        out[..., i + 1 :, i] = v[..., 1:]
        tau[..., i] = t
    return out.to(a.dtype), tau.to(a.dtype)


def _is_orthogonal(q, eps=None):
    from ... import eye, finfo

    n, k = q.size(-2), q.size(-1)
    unit = eye(k, dtype=q.dtype, device=q.device)
    eps = 10.0 * n * finfo(q.dtype).eps if eps is None else eps
    return bool(((q.transpose(-1, -2) @ q - unit).abs() <= eps).all())


class _Orthogonal(Module):
    def __init__(self, weight, orthogonal_map, *, use_trivialization=True):
        super().__init__()
        if weight.is_complex() and orthogonal_map == _OrthMaps.householder:
            raise ValueError("The householder parametrization does not support complex tensors.")
        self.shape = weight.shape
        self.orthogonal_map = orthogonal_map
        if use_trivialization:
            self.register_buffer("base", None)

    def forward(self, X):
        from ... import cat, eye

        n, k = X.size(-2), X.size(-1)
        transposed = n < k
        if transposed:
            X, n, k = X.transpose(-1, -2), k, n
        if self.orthogonal_map == _OrthMaps.householder:
            tau = 2.0 / (1.0 + (X.tril(-1) ** 2).sum(-2))
            Q = _reflected(X, tau) * X.diagonal(0, -2, -1).int().unsqueeze(-2)
        else:
            A = X.tril()
            if n != k:
                A = cat([A, A.new_zeros(*A.shape[:-1], n - k)], -1)
            A = A - A.transpose(-1, -2)
            if self.orthogonal_map == _OrthMaps.matrix_exp:
                Q = _matrix_exp(A)
            else:
                unit = eye(n, dtype=A.dtype, device=A.device).expand_as(A)
                Q = _solve(unit - A / 2, unit + A / 2)
            if n != k:
                Q = Q[..., :k]
        if hasattr(self, "base") and self.base is not None:
            Q = self.base @ Q
        return Q.transpose(-1, -2) if transposed else Q

    @no_grad()
    def right_inverse(self, Q):
        """What forward makes Q of."""
        if Q.shape != self.shape:
            raise ValueError(
                f"Expected a matrix or batch of matrices of shape {self.shape}. "
                f"Got a tensor of shape {Q.shape}."
            )
        n, k = Q.size(-2), Q.size(-1)
        transposed = n < k
        if transposed:
            Q, n, k = Q.transpose(-1, -2), k, n
        if not hasattr(self, "base"):
            if self.orthogonal_map in (_OrthMaps.cayley, _OrthMaps.matrix_exp):
                raise NotImplementedError(
                    "It is not possible to assign to the matrix exponential or the Cayley "
                    "parametrizations when use_trivialization=False."
                )
            A, tau = _qr_factors(Q)
            sign = A.diagonal(0, -2, -1).sign()
            A = A.clone()
            A.diagonal(0, -2, -1).copy_(sign.where(tau != 0, -sign))
            return A.transpose(-1, -2) if transposed else A
        from ... import eye, randn, zeros_like

        if n == k:
            base = Q.clone() if _is_orthogonal(Q) else _orthonormal(Q)
        else:
            base = _orthonormal(Q, randn(*Q.shape[:-2], n, n - k, dtype=Q.dtype, device=Q.device))
        self.base = base
        out = zeros_like(Q)
        out = out + eye(n, k, dtype=Q.dtype, device=Q.device) * -1.0
        return out.transpose(-1, -2) if transposed else out


def _orthonormal(a, more=None):
    """An orthogonal matrix whose first columns span those of a, and with `more` columns."""
    from ... import cat

    whole = a if more is None else cat([a, more], -1)
    A, tau = _qr_factors(whole)
    Q = _reflected(A, tau)
    sign = A.diagonal(0, -2, -1).sign()
    return Q * sign.unsqueeze(-2)


def orthogonal(module, name="weight", orthogonal_map=None, *, use_trivialization=True):
    """The module, its matrices `name` orthogonal: rows or columns, whichever are fewer.

    orthogonal_map: "matrix_exp" (of square matrices), "cayley" or "householder".
    use_trivialization: relative to a fixed orthogonal matrix.
    """
    weight = getattr(module, name, None)
    if not isinstance(weight, _C.Tensor):
        raise ValueError(f"Module '{module}' has no parameter or buffer with name '{name}'")
    if weight.ndim < 2:
        raise ValueError(
            f"Expected a matrix or batch of matrices. Got a tensor of {weight.ndim} dimensions."
        )
    if orthogonal_map is None:
        square = weight.size(-2) == weight.size(-1) or weight.is_complex()
        orthogonal_map = "matrix_exp" if square else "householder"
    found = getattr(_OrthMaps, orthogonal_map, None)
    if found is None:
        raise ValueError(
            'orthogonal_map has to be one of "matrix_exp", "cayley", "householder". '
            f"Got: {orthogonal_map}"
        )
    made = _Orthogonal(weight, found, use_trivialization=use_trivialization)
    return parametrize.register_parametrization(module, name, made, unsafe=True)


class _WeightNorm(Module):
    def __init__(self, dim=0):
        super().__init__()
        self.dim = -1 if dim is None else dim

    def forward(self, weight_g, weight_v):
        return weight_v * (weight_g / norm_except_dim(weight_v, self.dim))

    def right_inverse(self, weight):
        """Norms and directions."""
        return norm_except_dim(weight, self.dim), weight


def weight_norm(module, name="weight", dim=0):
    """The module, its tensor `name` made of norms along dim (original0) and directions."""
    made = _WeightNorm(dim)
    parametrize.register_parametrization(module, name, made, unsafe=True)

    def old_names(state_dict, prefix, *rest):
        # States of nn.utils.weight_norm: weight_g and weight_v.
        old = [f"{prefix}{name}_{part}" for part in "gv"]
        if all(key in state_dict for key in old):
            for i, key in enumerate(old):
                new = f"{prefix}parametrizations.{name}.original{i}"
                state_dict[new] = state_dict.pop(key)

    module._register_load_state_dict_pre_hook(old_names)
    return module


class _SpectralNorm(Module):
    def __init__(self, weight, n_power_iterations=1, dim=0, eps=1e-12):
        super().__init__()
        rank = weight.ndim
        if dim >= rank or dim < -rank:
            raise IndexError(
                "Dimension out of range (expected to be in range of "
                f"[-{rank}, {rank - 1}] but got {dim})"
            )
        if n_power_iterations <= 0:
            raise ValueError(
                "Expected n_power_iterations to be positive, but got "
                f"n_power_iterations={n_power_iterations}"
            )
        self.dim = dim if dim >= 0 else dim + rank
        self.eps = eps
        if rank > 1:
            self.n_power_iterations = n_power_iterations
            matrix = self._reshape_weight_to_matrix(weight)
            rows, columns = matrix.size()
            u = matrix.new_empty(rows).normal_(0, 1)
            v = matrix.new_empty(columns).normal_(0, 1)
            self.register_buffer("_u", normalize(u, dim=0, eps=eps))
            self.register_buffer("_v", normalize(v, dim=0, eps=eps))
            self._power_method(matrix, 15)

    def _reshape_weight_to_matrix(self, weight):
        if self.dim != 0:
            axes = [self.dim, *(d for d in range(weight.dim()) if d != self.dim)]
            weight = weight.permute(*axes)
        return weight.flatten(1)

    @no_grad()
    def _power_method(self, matrix, n_power_iterations):
        for _ in range(n_power_iterations):
            self._u.copy_(normalize(matrix.mv(self._v), dim=0, eps=self.eps))
            self._v.copy_(normalize(matrix.t().mv(self._u), dim=0, eps=self.eps))

    def forward(self, weight):
        if weight.ndim == 1:
            return normalize(weight, dim=0, eps=self.eps)
        matrix = self._reshape_weight_to_matrix(weight)
        if self.training:
            self._power_method(matrix, self.n_power_iterations)
        u, v = self._u.clone(), self._v.clone()
        return weight / u.dot(matrix.mv(v))

    def right_inverse(self, value):
        """The weight itself."""
        return value


def spectral_norm(module, name="weight", n_power_iterations=1, eps=1e-12, dim=None):
    """The module, its tensor `name` divided by its largest singular value."""
    weight = getattr(module, name, None)
    if not isinstance(weight, _C.Tensor):
        raise ValueError(f"Module '{module}' has no parameter or buffer with name '{name}'")
    if dim is None:
        transposed = (ConvTranspose1d, ConvTranspose2d, ConvTranspose3d)
        dim = 1 if isinstance(module, transposed) else 0
    made = _SpectralNorm(weight.detach(), n_power_iterations, dim, eps)
    return parametrize.register_parametrization(module, name, made)
