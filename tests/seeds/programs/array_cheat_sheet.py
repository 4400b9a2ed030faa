"""Tensors for those who know NumPy: making, reducing, converting, printing them."""

import numpy as np
import torch

np.random.seed(0)
torch.manual_seed(0)
print(
    torch.tensor([[1.0, 2.0], [3.0, 4.0]]).numpy().dtype,
    torch.from_numpy(np.arange(3)).dtype,
    torch.as_tensor(np.ones(2, dtype=np.float32)),
)
a = np.ones((2, 3))
t = torch.as_tensor(a)
a[0, 0] = 7
print(t, t.dtype, t.float().dtype)
print(
    np.sum(torch.ones(3).numpy()),
    np.array(torch.ones(2)),
    np.asarray([torch.tensor(1.0), torch.tensor(2.0)]),
    torch.tensor(np.float32(3)),
    torch.tensor(np.int64(3)),
    torch.tensor([np.float64(1.5), 2]),
)
print(
    torch.ones(2) * np.float32(2),
    np.sin(torch.zeros(2)),
    np.mean(torch.arange(4.0).numpy()),
)
print(
    torch.linspace(0, 1, 5),
    torch.logspace(0, 2, 3),
    torch.arange(0, 1, 0.25),
    torch.arange(5),
    torch.arange(1.0, 4.0),
    torch.full((2, 2), 7),
    torch.full((2,), 1.5),
    torch.eye(2, 3),
    torch.zeros_like(t),
    torch.empty(0),
    torch.randint(0, 5, (3,)),
    torch.randint(10, (2, 2)),
    torch.rand(2),
    torch.randn(2, 2),
    torch.randperm(5),
    torch.normal(0.0, 1.0, (2,)),
    torch.normal(torch.zeros(2), torch.ones(2)),
    torch.bernoulli(torch.full((3,), 0.5)),
    torch.multinomial(torch.tensor([0.1, 0.2, 0.7]), 2),
    torch.multinomial(torch.ones(2, 3), 4, replacement=True),
)
x = torch.tensor([[1.0, -2.0, 3.0], [4.0, 5.0, -6.0]])
print(
    x.sum(),
    x.sum(0),
    x.sum(1, keepdim=True),
    x.mean(),
    x.std(),
    x.var(unbiased=False),
    x.std(0),
    x.prod(),
    x.cumsum(1),
    x.cumprod(0),
    x.max(),
    x.min(),
    x.argmax(),
    x.argmin(1),
    x.abs(),
    x.sign(),
    x.clamp(-1, 2),
    x.clamp(min=0),
    x.pow(2),
    x**3,
    x.sqrt(),
    x.exp(),
    x.abs().log(),
    x.round(),
    torch.floor(x / 2),
    torch.ceil(x / 2),
    x // 2,
    x % 2,
    -x,
    1 / x,
    2 - x,
    x.reciprocal(),
    x.median(),
    x.median(1),
    x.mode(),
    x.norm(),
    x.norm(1),
    x.norm(dim=1),
    x.norm(float("inf")),
    x.dist(x * 2),
    x.t(),
    x.T,
    x.any(),
    (x > 0).all(1),
    x.unique(),
    torch.unique(torch.tensor([1, 2, 2, 3]), return_counts=True),
    x.quantile(0.5),
    torch.cov(x),
    torch.corrcoef(x),
    x.histc(4),
    torch.bincount(torch.tensor([0, 1, 1, 3])),
    torch.std_mean(x),
    torch.var_mean(x, 1),
    torch.aminmax(x),
    x.logsumexp(1),
    x.softmax(1),
    x.sigmoid(),
    x.tanh(),
    x.relu(),
    torch.erf(x),
    x.trunc(),
    x.frac(),
    x.isnan().any(),
    torch.isinf(x / 0),
    torch.isfinite(x),
    x.nan_to_num(),
    torch.allclose(x, x + 1e-9),
    torch.equal(x, x),
    x.eq(x),
    x.ne(1),
    x.gt(0),
    x.le(0),
    torch.maximum(x, -x),
    torch.minimum(x, torch.zeros(1)),
    torch.lerp(x, -x, 0.5),
    torch.addcmul(x, x, x, value=0.5),
    torch.cross(x, x.flip(1), dim=1),
    torch.dot(x[0], x[1]),
    torch.outer(x[0], x[1]),
    torch.einsum("ij,kj->ik", x, x),
    torch.mv(x, x[0]),
    x @ x[0],
    torch.kron(torch.eye(2), x[:1]),
    torch.trapezoid(x),
    torch.diff(x),
    torch.searchsorted(torch.tensor([1.0, 3.0, 5.0]), torch.tensor([2.0, 5.0])),
    torch.bucketize(torch.tensor([2.0]), torch.tensor([1.0, 3.0])),
    torch.hstack((x, x)).shape,
    torch.vstack((x, x)).shape,
    torch.dstack((x, x)).shape,
    torch.column_stack((x[0], x[1])),
    torch.stack([x, x], dim=-1).shape,
    torch.cat((x, x), -1).shape,
    torch.cdist(x, x),
    torch.combinations(torch.arange(3)),
    torch.cartesian_prod(torch.arange(2), torch.arange(2)),
    torch.block_diag(torch.eye(1), x[:1]),
    torch.trace(x[:, :2]),
    torch.tensordot(x, x, dims=([1], [1])),
    torch.logical_and(x > 0, x < 4),
    torch.logical_not(x > 0),
    (x > 0) & (x < 4) | (x == -6),
    ~(x > 0),
    torch.bitwise_and(torch.tensor(6), torch.tensor(3)),
    torch.tensor(5) ^ 1,
    torch.tensor(4) << 1,
    torch.fmod(x, 2),
    torch.remainder(x, 2),
    torch.atan2(x, x),
    torch.hypot(x, x),
    torch.deg2rad(x),
    torch.count_nonzero(x),
    torch.argwhere(x > 3),
    torch.isin(torch.arange(4), torch.tensor([1, 3])),
    torch.clone(x).fill_diagonal_(0),
    sep="\n",
)
print(
    x.to(torch.int),
    x.long(),
    x.half(),
    x.bool(),
    x.type(torch.float64),
    x.to(torch.complex64),
    x.dtype,
    torch.int64,
    torch.float32 == torch.float,
    x.element_size(),
    x.nelement(),
    x.ndim,
    x.dim(),
    x.ndimension(),
    x.size(-1),
    x.shape[0],
    tuple(x.shape),
    list(x.size()),
    x.shape.numel(),
    torch.Size([2, 3]) == x.shape,
    x.device,
    x.layout,
    x.requires_grad,
    x.is_leaf,
    x.is_cuda,
    x.itemsize,
    x.nbytes,
)
c = torch.tensor([1 + 2j, 3 - 1j])
print(c, c.real, c.imag, c.abs(), c.angle(), c.conj(), c * c, torch.view_as_real(c), c.dtype)
print(
    torch.finfo(torch.float32).eps,
    torch.finfo(torch.float16).max,
    torch.iinfo(torch.int8),
    torch.finfo(torch.bfloat16),
    torch.pi,
    torch.inf,
    torch.nan,
    torch.e,
)
print(
    torch.get_default_dtype(),
    torch.is_tensor(x),
    torch.is_floating_point(x),
    torch.numel(x),
    torch.result_type(torch.tensor(1), 1.0),
    torch.can_cast(torch.float, torch.int),
    torch.promote_types(torch.int8, torch.float16),
)
torch.set_printoptions(precision=2, sci_mode=False)
print(x / 3, torch.tensor([1e-8, 1e8]))
torch.set_printoptions(profile="default")
print(torch.tensor([1e-8, 1e8]), torch.arange(2000), torch.rand(3).tolist().__class__)
torch.set_printoptions(threshold=5, edgeitems=2, linewidth=60)
print(torch.arange(100).view(10, 10))
torch.set_printoptions(profile="default")
u = torch.ones(2, 2)
u += 1
u *= 2
u -= 0.5
u /= 2
u **= 2
print(u)
u.zero_()
u.fill_(3.0)
u.uniform_(0, 1)
u.normal_()
print(
    u.shape,
    u.copy_(torch.ones(2)),
    u.t_(),
    u.resize_(1, 4),
    u.add(1, alpha=2),
    torch.add(u, 1, alpha=0.5),
)
