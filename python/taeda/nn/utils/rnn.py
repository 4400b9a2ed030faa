"""Sequences of different lengths as one tensor."""

from collections import namedtuple

from ... import _C

__all__ = [
    "PackedSequence",
    "pack_padded_sequence",
    "pack_sequence",
    "pad_packed_sequence",
    "pad_sequence",
    "unpack_sequence",
    "unpad_sequence",
]

_Fields = namedtuple(
    "PackedSequence", ["data", "batch_sizes", "sorted_indices", "unsorted_indices"]
)


def invert_permutation(permutation):
    """The permutation that undoes this one."""
    if permutation is None:
        return None
    return _C._layers.invert_permutation(permutation)


class PackedSequence(_Fields):
    """Steps of sequences behind each other: at each step one row of every sequence still running.

    data: (sum of lengths, *); batch_sizes: rows of each step.
    """

    def __new__(cls, data, batch_sizes=None, sorted_indices=None, unsorted_indices=None):
        if unsorted_indices is None:
            unsorted_indices = invert_permutation(sorted_indices)
        return super().__new__(cls, data, batch_sizes, sorted_indices, unsorted_indices)

    def to(self, *args, **kwargs):
        """The same with its data moved or converted."""
        return PackedSequence(self.data.to(*args, **kwargs), *self[1:])

    @property
    def is_cuda(self):
        """Whether the data are on a CUDA device."""
        return self.data.is_cuda


def pad_sequence(sequences, batch_first=False, padding_value=0.0, padding_side="right"):
    """Sequences (length, *) as one tensor (longest, N, *), or (N, longest, *) if batch_first."""
    if isinstance(sequences, _C.Tensor):
        sequences = sequences.unbind(0)
    return _C._layers.pad_sequence(list(sequences), batch_first, padding_value, padding_side)


def unpad_sequence(padded_sequences, lengths, batch_first=False):
    """The sequences that pad_sequence() put together."""
    if not batch_first:
        padded_sequences = padded_sequences.transpose(0, 1)
    return [s[: int(n)] for s, n in zip(padded_sequences.unbind(0), lengths)]


def pack_padded_sequence(input, lengths, batch_first=False, enforce_sorted=True):
    """Packs (longest, N, *), or (N, longest, *) if batch_first, given each sequence's length."""
    if not isinstance(lengths, _C.Tensor):
        lengths = _C.tensor([int(n) for n in lengths])
    return _C._layers.pack_padded_sequence(input, lengths, batch_first, enforce_sorted)


def pad_packed_sequence(sequence, batch_first=False, padding_value=0.0, total_length=None):
    """The padded tensor and the lengths, as a tensor, of a PackedSequence."""
    return _C._layers.pad_packed_sequence(sequence, batch_first, padding_value, total_length)


def pack_sequence(sequences, enforce_sorted=True):
    """Packs a list of sequences (length, *)."""
    lengths = [s.size(0) for s in sequences]
    return pack_padded_sequence(pad_sequence(sequences), lengths, False, enforce_sorted)


def unpack_sequence(packed_sequences):
    """The list of sequences of a PackedSequence."""
    padded, lengths = pad_packed_sequence(packed_sequences, batch_first=True)
    return unpad_sequence(padded, lengths, batch_first=True)
