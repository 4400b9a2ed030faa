"""Linear algebra against NumPy, its gradients, its results' forms and its errors."""

import pytest

import taeda as torch
from taeda import linalg
from taeda.autograd import gradcheck, gradgradcheck

np = pytest.importorskip("numpy")
SHAPES = [(0, 0), (1, 1), (3, 3), (7, 7), (2, 4, 4), (2, 0, 3, 3), (30, 30)]


def draw(*shape, seed=0, dtype=np.float64):
    return np.random.RandomState(seed).randn(*shape).astype(dtype)


def positive(x):
    return x @ np.swapaxes(x, -1, -2) + np.eye(x.shape[-1])


def same(x, expected, tolerance=1e-8):
    x = x.detach().numpy()
    assert x.shape == np.shape(expected)
    np.testing.assert_allclose(x, expected, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_equations_and_determinants(shape, dtype):
    tolerance = 1e-3 if dtype == np.float32 else 1e-9
    a = draw(*shape, dtype=dtype) + 2 * np.eye(shape[-1], dtype=dtype)
    b = draw(*shape[:-1], 2, seed=1, dtype=dtype)
    x = torch.from_numpy(a)
    same(linalg.inv(x), np.linalg.inv(a), tolerance)
    same(linalg.solve(x, torch.from_numpy(b)), np.linalg.solve(a, b), tolerance)
    left = linalg.solve(x.mT, torch.from_numpy(b).mT, left=False)
    same(left, np.swapaxes(np.linalg.solve(a, b), -1, -2), tolerance)
    if shape[-1] < 30:
        same(linalg.det(x), np.linalg.det(a), tolerance)
    sign, size = np.linalg.slogdet(a)
    found = linalg.slogdet(x)
    same(found.sign, sign, tolerance)
    same(found.logabsdet, size, tolerance)


def test_vectors_and_broadcast_batches():
    a, b = draw(3, 4, 4), draw(3, 4, seed=1)
    got = linalg.solve(torch.from_numpy(a), torch.from_numpy(b))
    same(got, np.linalg.solve(a, b[..., None])[..., 0])
    got = linalg.solve(torch.from_numpy(a[0]), torch.from_numpy(b[0]))
    same(got, np.linalg.solve(a[0], b[0]))
    many = draw(3, 4, 2, seed=2)
    same(linalg.solve(torch.from_numpy(a[0]), torch.from_numpy(many)), np.linalg.solve(a[0], many))


@pytest.mark.parametrize("upper", [False, True])
@pytest.mark.parametrize("unit", [False, True])
@pytest.mark.parametrize("left", [False, True])
def test_triangles(upper, unit, left):
    a, b = draw(2, 5, 5) + 3 * np.eye(5), draw(5, 5, seed=1)
    half = np.triu(a) if upper else np.tril(a)
    if unit:
        half = half - half * np.eye(5) + np.eye(5)
    got = linalg.solve_triangular(
        torch.from_numpy(a), torch.from_numpy(b), upper=upper, left=left, unitriangular=unit
    )
    same(got, np.linalg.solve(half, b) if left else b @ np.linalg.inv(half))


@pytest.mark.parametrize("shape", SHAPES)
def test_cholesky(shape):
    a = positive(draw(*shape))
    x = torch.from_numpy(a)
    same(linalg.cholesky(x), np.linalg.cholesky(a))
    same(linalg.cholesky(x, upper=True), np.swapaxes(np.linalg.cholesky(a), -1, -2))
    b = draw(*shape[:-1], 2, seed=3)
    same(torch.cholesky_solve(torch.from_numpy(b), linalg.cholesky(x)), np.linalg.solve(a, b))
    same(torch.cholesky_inverse(linalg.cholesky(x)), np.linalg.inv(a))


@pytest.mark.parametrize("shape", [(4, 4), (6, 3), (3, 6), (2, 5, 3), (1, 1), (2, 2, 5)])
def test_qr_is_that_of_lapack(shape):
    a = draw(*shape)
    q, r = linalg.qr(torch.from_numpy(a))
    want = [np.linalg.qr(m) for m in a.reshape(-1, *shape[-2:])]
    same(q.reshape(-1, *q.shape[-2:]), np.array([w[0] for w in want]))
    same(r.reshape(-1, *r.shape[-2:]), np.array([w[1] for w in want]))
    q, r = linalg.qr(torch.from_numpy(a), "complete")
    same(q @ r, a)
    same(q.mT @ q, np.broadcast_to(np.eye(shape[-2]), q.shape))
    assert linalg.qr(torch.from_numpy(a), "r").Q.shape == (0,)


@pytest.mark.parametrize("shape", SHAPES + [(60, 60)])
@pytest.mark.parametrize("UPLO", ["L", "U"])
def test_eigh(shape, UPLO):
    a = draw(*shape)
    half = np.tril(a) if UPLO == "L" else np.triu(a)
    whole = half + np.swapaxes(half, -1, -2) - half * np.eye(shape[-1])
    w, v = linalg.eigh(torch.from_numpy(a), UPLO)
    same(w, np.linalg.eigvalsh(whole))
    same(v @ (w.unsqueeze(-1) * v.mT), whole)
    same(v.mT @ v, np.broadcast_to(np.eye(shape[-1]), shape))


def test_eigh_of_matrices_that_repeat_eigenvalues():
    for a in (np.zeros((5, 5)), np.eye(6), np.ones((9, 9)), np.diag([1.0, 2, 1, 2])):
        w, v = linalg.eigh(torch.from_numpy(a))
        same(w, np.linalg.eigvalsh(a))
        same(v @ torch.diag(w) @ v.mT, a)
        same(v.mT @ v, np.eye(len(a)))


@pytest.mark.parametrize(
    "shape", [(4, 4), (7, 3), (3, 7), (2, 5, 3), (1, 1), (0, 2), (50, 20), (20, 50)]
)
@pytest.mark.parametrize("full", [False, True])
def test_svd(shape, full):
    a = draw(*shape)
    u, s, vh = linalg.svd(torch.from_numpy(a), full)
    same(s, np.linalg.svd(a, compute_uv=False))
    k = s.shape[-1]
    same((u[..., :k] * s.unsqueeze(-2)) @ vh[..., :k, :], a)
    same(u.mT @ u, np.broadcast_to(np.eye(u.shape[-1]), (*shape[:-2], *[u.shape[-1]] * 2)))
    same(vh @ vh.mT, np.broadcast_to(np.eye(vh.shape[-2]), (*shape[:-2], *[vh.shape[-2]] * 2)))


def test_svd_of_low_rank_and_of_wide_ranges():
    low = np.outer(np.arange(1.0, 5), np.arange(1.0, 4))
    graded = np.linalg.qr(draw(6, 6))[0] @ np.diag(10.0 ** -np.arange(0, 12, 2))
    for a in (low, graded, np.zeros((4, 3)), np.ones((3, 5))):
        u, s, vh = linalg.svd(torch.from_numpy(a), full_matrices=False)
        want = np.linalg.svd(a, compute_uv=False)
        np.testing.assert_allclose(s.numpy(), want, rtol=1e-5, atol=1e-14)
        same(u @ torch.diag(s) @ vh, a)
        same(u.mT @ u, np.eye(s.numel()))
    assert linalg.matrix_rank(torch.from_numpy(low)) == 1
    same(linalg.pinv(torch.from_numpy(low)), np.linalg.pinv(low))


@pytest.mark.parametrize("ord", ["fro", "nuc", 2, -2, 1, -1, float("inf"), -float("inf")])
@pytest.mark.parametrize("keepdim", [False, True])
def test_matrix_norms(ord, keepdim):
    a = draw(3, 4, 5)
    x = torch.from_numpy(a)
    same(
        linalg.matrix_norm(x, ord, keepdim=keepdim),
        np.linalg.norm(a, ord, (1, 2), keepdims=keepdim),
    )
    same(linalg.norm(x, ord, (2, 0), keepdim), np.linalg.norm(a, ord, (2, 0), keepdims=keepdim))


def test_other_norms_and_powers():
    a = draw(4, 4)
    x = torch.from_numpy(a)
    same(linalg.norm(x), np.linalg.norm(a))
    same(linalg.norm(x, dim=1), np.linalg.norm(a, axis=1))
    same(linalg.vector_norm(x, 3), (np.abs(a) ** 3).sum() ** (1 / 3))
    same(linalg.cond(x), np.linalg.cond(a))
    same(linalg.cond(x, 1), np.linalg.cond(a, 1))
    for n in (-2, 0, 1, 5):
        same(linalg.matrix_power(x, n), np.linalg.matrix_power(a, n))
    b = draw(6, 2, seed=5)
    got = linalg.lstsq(torch.from_numpy(draw(6, 3)), torch.from_numpy(b))
    want = np.linalg.lstsq(draw(6, 3), b, rcond=None)
    same(got.solution, want[0])
    same(got.residuals, want[1])
    assert got.rank == 3
    same(linalg.multi_dot([x, x, x[0]]), a @ a @ a[0])
    scipy_linalg = pytest.importorskip("scipy.linalg")
    same(torch.matrix_exp(3 * x), scipy_linalg.expm(3 * a), 1e-7)


@pytest.mark.parametrize(
    "function",
    [
        linalg.inv,
        linalg.det,
        lambda x: linalg.slogdet(x)[1],
        lambda x: linalg.solve(x, x.mT @ x),
        lambda x: linalg.solve(x, x[..., 0]),
        lambda x: linalg.solve_triangular(x, x.mT, upper=True),
        lambda x: linalg.solve_triangular(x, x.mT, upper=False, unitriangular=True, left=False),
        lambda x: linalg.cholesky(x @ x.mT),
        lambda x: linalg.cholesky(x @ x.mT, upper=True),
        lambda x: linalg.qr(x[..., :2]),
        lambda x: linalg.qr(x),
        lambda x: linalg.eigh(x + x.mT)[0],
        lambda x: linalg.eigh(x + x.mT)[1].abs(),
        lambda x: linalg.svdvals(x),
        lambda x: [linalg.svd(x[..., :2], False)[i].abs() for i in range(3)],
        lambda x: [linalg.svd(x[..., :2, :], False)[i].abs() for i in range(3)],
        lambda x: linalg.pinv(x[..., :2]),
        lambda x: linalg.lstsq(x[..., :2], x).solution,
        lambda x: linalg.matrix_norm(x, "nuc"),
        lambda x: linalg.matrix_power(x, -2),
        torch.matrix_exp,
    ],
)
@pytest.mark.parametrize("shape", [(3, 3), (2, 3, 3)])
def test_gradients(function, shape):
    x = torch.from_numpy(draw(*shape, seed=4) + 2 * np.eye(3)).requires_grad_()

    def outputs(x):
        out = function(x)
        return tuple(out) if isinstance(out, (tuple, list)) else out

    assert gradcheck(outputs, (x,))
    assert gradgradcheck(outputs, (x,), atol=1e-4)


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (
            lambda: linalg.inv(torch.ones(2, 3)),
            "linalg.inv: A must be batches of square matrices, but they are 2 by 3 matrices",
        ),
        (lambda: linalg.inv(torch.zeros(2, 2)), "linalg.inv: The diagonal element 1 is zero"),
        (
            lambda: linalg.inv(torch.zeros(1, 2, 2)),
            r"linalg.inv: \(Batch element 0\): The diagonal",
        ),
        (lambda: linalg.inv(torch.ones(3)), "The input tensor A must have at least 2 dimensions"),
        (lambda: linalg.inv(torch.ones(2, 2).int()), "Expected a floating point or complex tensor"),
        (
            lambda: linalg.inv(torch.ones(2, 2).half()),
            "Low precision dtypes not supported",
        ),
        (lambda: linalg.cholesky(-torch.eye(2)), "the leading minor of order 1 is not positive"),
        (
            lambda: linalg.solve(torch.eye(2), torch.ones(3)),
            r"Incompatible shapes of A and B for "
            r"the equation AX = B \(2x2 and 3x1\)",
        ),
        (lambda: linalg.solve(torch.zeros(2, 2), torch.ones(2)), "input matrix is singular"),
        (lambda: linalg.qr(torch.eye(2), "x"), "qr received unrecognized mode 'x'"),
        (lambda: linalg.eigh(torch.eye(2), "Q"), "Expected UPLO argument to be 'L' or 'U'"),
        (lambda: linalg.norm(torch.eye(2), "x"), "linalg.matrix_norm: Order x not supported"),
    ],
)
def test_errors(call, text):
    with pytest.raises(linalg.LinAlgError, match=text):
        call()


def test_forms_of_results():
    x = torch.eye(2)
    assert repr(linalg.slogdet(x)) == (
        "torch.return_types.linalg_slogdet(\nsign=tensor(1.),\nlogabsdet=tensor(0.))"
    )
    assert linalg.svd(x).Vh.abs().equal(x)
    assert torch.svd(x).V.shape == (2, 2) and torch.slogdet(x).sign == 1
    assert linalg.inv_ex(torch.zeros(2, 2)).info == 1 and linalg.cholesky_ex(-x).info == 1
    assert x.inverse().equal(x) and x.det() == 1 and torch.logdet(x) == 0 and x.pinverse().equal(x)
    x = (x + 0.5).requires_grad_()
    names = [
        (linalg.inv(x), "LinalgInvExBackward0"),
        (linalg.det(x), "LinalgDetBackward0"),
        (linalg.cholesky(x), "LinalgCholeskyExBackward0"),
        (linalg.solve(x, torch.ones(2, 1)), "LinalgSolveExBackward0"),
        (linalg.eigh(x)[0], "LinalgEighBackward0"),
        (linalg.svd(x)[1], "LinalgSvdBackward0"),
    ]
    assert [type(y.grad_fn).__name__ for y, _ in names] == [name for _, name in names]
