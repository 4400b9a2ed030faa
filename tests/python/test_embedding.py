"""Embedding's options: max_norm, scale_grad_by_freq, sparse; numbers worked out by hand."""

import pytest

import taeda as torch

F = torch.nn.functional


@pytest.mark.parametrize("module", [False, True])
def test_max_norm_scales_the_rows_that_are_read(module):
    weight = torch.tensor([[3.0, 4.0], [0.3, 0.4], [6.0, 8.0]])
    at = torch.tensor([0, 1])
    if module:
        table = torch.nn.Embedding(3, 2, max_norm=1.0)
        with torch.no_grad():
            table.weight.copy_(weight)
        out, weight = table(at), table.weight.detach()
    else:
        out = F.embedding(at, weight, max_norm=1.0)
    want = [[0.6, 0.8], [0.3, 0.4]]
    assert out.tolist() == [pytest.approx(row, rel=1e-5) for row in want]
    assert weight.tolist()[:2] == out.tolist() and weight[2].tolist() == [6.0, 8.0]


def test_max_norm_by_another_norm():
    weight = torch.tensor([[3.0, 4.0]])
    F.embedding(torch.tensor([0]), weight, max_norm=1.0, norm_type=1.0)
    assert weight[0].tolist() == pytest.approx([3 / 7, 4 / 7], rel=1e-5)


def test_scale_grad_by_freq():
    weight = torch.ones(4, 2, requires_grad=True)
    at = torch.tensor([[1, 1, 1, 2]])
    F.embedding(at, weight, padding_idx=2, scale_grad_by_freq=True).sum().backward()
    assert weight.grad[:, 0].tolist() == pytest.approx([0.0, 1.0, 0.0, 0.0])


@pytest.mark.taeda_only
@pytest.mark.parametrize(
    "call",
    [
        lambda w, i: F.embedding(i, w, sparse=True),
        lambda w, i: F.embedding_bag(i[None], w, sparse=True),
        lambda w, i: torch.nn.Embedding(3, 2, _weight=w, sparse=True)(i),
        lambda w, i: torch.nn.EmbeddingBag(3, 2, _weight=w, sparse=True)(i[None]),
        lambda w, i: torch.gather(w, 0, i[:, None], sparse_grad=True),
    ],
)
def test_a_sparse_gradient_is_dense_and_says_so(call):
    weight = torch.nn.Parameter(torch.ones(3, 2))
    with pytest.warns(UserWarning, match="no sparse gradients.*dense"):
        call(weight, torch.tensor([0, 2]))


def test_addbmm_takes_the_size_of_the_sum():
    for dtype in (torch.float32, torch.bfloat16):
        x = torch.ones(1, dtype=dtype)
        back = x.addbmm_(torch.ones(5, 5, 5, dtype=dtype), torch.ones(5, 5, 10, dtype=dtype))
        assert back is x and x.shape == (5, 10) and (x == 26).all()
