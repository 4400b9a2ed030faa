"""torch.linalg: equations, factors, norms, their gradients."""

import torch

torch.manual_seed(0)
A = torch.randn(4, 4)
S = A @ A.t() + torch.eye(4)
b = torch.randn(4)
B = torch.randn(4, 2)
L = torch.linalg
print(
    L.norm(A),
    L.norm(b, 2),
    L.norm(A, "fro"),
    L.norm(A, dim=1),
    L.norm(A, ord=1),
    L.norm(A, float("inf")),
    L.vector_norm(A, ord=3),
    L.matrix_norm(A),
    L.norm(A, 2),
    L.norm(A, "nuc"),
)
print(
    L.det(A),
    torch.det(A),
    L.slogdet(A),
    torch.logdet(S),
    L.inv(S),
    torch.inverse(S),
    L.solve(S, b),
    L.solve(S, B),
    L.matrix_rank(A),
    L.cond(S),
    L.matrix_power(A, 3),
    torch.trace(A),
)
C = L.cholesky(S)
print(
    C,
    torch.cholesky_solve(B, C),
    L.solve_triangular(C, B, upper=False),
    torch.linalg.multi_dot([A, S, B]),
)
Q, R = L.qr(A)
print(Q @ R - A < 1e-5, R)
e, V = L.eigh(S)
print(e, (S @ V - V * e).abs().max() < 1e-4, L.eigvalsh(S))
U, s, Vh = L.svd(A)
print(s, (U @ torch.diag(s) @ Vh - A).abs().max() < 1e-4, L.svdvals(A))
U, s, V = torch.svd(A)
print(s, (U * s @ V.T - A).abs().max() < 1e-4)
# PCA
X = torch.randn(50, 3) @ torch.randn(3, 3)
Xc = X - X.mean(0)
U, s, Vt = L.svd(Xc, full_matrices=False)
proj = Xc @ Vt[:2].T
print(U.shape, proj.shape, (s**2 / s.pow(2).sum()), s)
cov = Xc.T @ Xc / 49
ew, ev = L.eigh(cov)
print(ew.flip(0))
S.requires_grad_()
l = L.inv(S).sum() + L.slogdet(S)[1] + L.cholesky(S).sum() + L.solve(S, b).sum()
l.backward()
print(l, S.grad)
A.requires_grad_()
l = L.svdvals(A).sum() + L.eigvalsh(A @ A.T).sum() + L.det(A) + L.norm(A)
l.backward()
print(l, A.grad)
print(
    L.cross(torch.tensor([1.0, 0, 0]), torch.tensor([0.0, 1, 0])),
    L.vecdot(b, b),
    L.diagonal(A.detach()),
    L.lstsq(A.detach(), B).solution,
    L.matrix_exp(torch.zeros(2, 2)),
    torch.matrix_exp(torch.eye(2)),
)
for f in (
    lambda: L.inv(torch.ones(2, 3)),
    lambda: L.inv(torch.zeros(2, 2)),
    lambda: L.cholesky(-torch.eye(2)),
    lambda: L.solve(torch.eye(2), torch.ones(3)),
):
    try:
        f()
    except Exception as e:
        print(isinstance(e, RuntimeError), str(e)[:100])
