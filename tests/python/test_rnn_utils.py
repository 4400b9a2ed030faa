"""Sequences of different lengths: padded and packed as PyTorch 2.13 does, and taken apart again."""

import pytest
from taeda.nn.utils import rnn

import taeda as torch

THREE = [torch.arange(n, dtype=torch.float32).view(n, 1) + 10 * n for n in (2, 4, 1)]


def test_pad():
    padded = rnn.pad_sequence(THREE, batch_first=True, padding_value=-1)
    assert padded.squeeze(2).tolist() == [[20, 21, -1, -1], [40, 41, 42, 43], [10, -1, -1, -1]]
    left = rnn.pad_sequence(THREE, padding_side="left")
    assert left.squeeze(2).t().tolist() == [[0, 0, 20, 21], [40, 41, 42, 43], [0, 0, 0, 10]]
    again = rnn.unpad_sequence(padded, torch.tensor([2, 4, 1]), batch_first=True)
    assert all(torch.equal(a, b) for a, b in zip(again, THREE, strict=True))
    assert rnn.pad_sequence(torch.ones(2, 3)).shape == (3, 2)
    with pytest.raises(RuntimeError, match="received an empty list of sequences"):
        rnn.pad_sequence([])
    with pytest.raises(RuntimeError, match="one of left or right, but got up"):
        rnn.pad_sequence(THREE, padding_side="up")


def test_pack():
    packed = rnn.pack_sequence(THREE, enforce_sorted=False)
    assert isinstance(packed, rnn.PackedSequence)
    assert packed.data.view(-1).tolist() == [40, 20, 10, 41, 21, 42, 43]
    assert packed.batch_sizes.tolist() == [3, 2, 1, 1]
    assert packed.sorted_indices.tolist() == [1, 0, 2]
    assert packed.unsorted_indices.tolist() == [1, 0, 2]
    padded, lengths = rnn.pad_packed_sequence(packed, batch_first=True, total_length=5)
    assert padded.shape == (3, 5, 1) and lengths.tolist() == [2, 4, 1]
    assert all(torch.equal(a, b) for a, b in zip(rnn.unpack_sequence(packed), THREE, strict=True))
    ordered = rnn.pack_padded_sequence(torch.ones(4, 2, 3), [4, 2])
    assert ordered.sorted_indices is None and ordered.unsorted_indices is None
    assert ordered.batch_sizes.tolist() == [2, 2, 1, 1]
    assert rnn.invert_permutation(torch.tensor([2, 0, 1])).tolist() == [1, 2, 0]
    assert rnn.invert_permutation(None) is None


def test_gradients_pass_through():
    x = torch.randn(3, 4, 2, requires_grad=True)
    packed = rnn.pack_padded_sequence(x, [1, 4, 2], batch_first=True, enforce_sorted=False)
    rnn.pad_packed_sequence(packed)[0].sum().backward()
    assert x.grad.sum(2).tolist() == [[2, 0, 0, 0], [2, 2, 2, 2], [2, 2, 0, 0]]


@pytest.mark.parametrize(
    "lengths, text",
    [
        ([1, 2], "must be sorted in decreasing order when `enforce_sorted` is True"),
        ([2, 0], "Length of all samples has to be greater than 0"),
        ([2, 2, 1], r"Expected `len\(lengths\)` to be equal to batch_size, but got 3"),
    ],
)
def test_refused(lengths, text):
    with pytest.raises(RuntimeError, match=text):
        rnn.pack_padded_sequence(torch.ones(2, 2), lengths)
    with pytest.raises(ValueError, match="total_length=1 and max sequence length being 2"):
        rnn.pad_packed_sequence(rnn.pack_sequence([torch.ones(2)]), total_length=1)
