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
    from ... import arange, empty_like

    out = empty_like(permutation)
    return out.scatter_(0, permutation, arange(0, permutation.numel()))


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
    sequences = list(sequences)
    if not sequences:
        raise RuntimeError("received an empty list of sequences")
    if padding_side not in ("left", "right"):
        raise RuntimeError(
            f"Expected padding_side to be one of left or right, but got {padding_side}."
        )
    longest = max(s.size(0) for s in sequences)
    rest = sequences[0].shape[1:]
    out = sequences[0].new_full((len(sequences), longest, *rest), padding_value)
    from ... import cat, stack

    rows = []
    for s in sequences:
        n = longest - s.size(0)
        if n:
            fill = out[0, :n]
            s = cat([s, fill] if padding_side == "right" else [fill, s])
        rows.append(s)
    return stack(rows, 0 if batch_first else 1)


def unpad_sequence(padded_sequences, lengths, batch_first=False):
    """The sequences that pad_sequence() put together."""
    if not batch_first:
        padded_sequences = padded_sequences.transpose(0, 1)
    return [s[: int(n)] for s, n in zip(padded_sequences.unbind(0), lengths)]


def pack_padded_sequence(input, lengths, batch_first=False, enforce_sorted=True):
    """Packs (longest, N, *), or (N, longest, *) if batch_first, given each sequence's length."""
    from ... import cat, tensor

    lengths = [int(n) for n in lengths]
    order = None
    if enforce_sorted:
        if any(a < b for a, b in zip(lengths, lengths[1:])):
            raise RuntimeError(
                "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. "
                "You can pass `enforce_sorted=False` to pack_padded_sequence and/or pack_sequence "
                "to sidestep this requirement if you do not need ONNX exportability."
            )
    else:
        places = sorted(range(len(lengths)), key=lambda i: -lengths[i])
        lengths = [lengths[i] for i in places]
        order = tensor(places)
        input = input.index_select(0 if batch_first else 1, order)
    if batch_first:
        input = input.transpose(0, 1)
    if not lengths or lengths[-1] <= 0:
        raise RuntimeError(
            "Length of all samples has to be greater than 0, but found an element in 'lengths' "
            "that "
            "is <= 0"
        )
    if input.size(1) != len(lengths):
        raise RuntimeError(
            f"Expected `len(lengths)` to be equal to batch_size, but got {len(lengths)} "
            f"(batch_size={input.size(1)})"
        )
    sizes = [sum(n > t for n in lengths) for t in range(lengths[0])]
    data = cat([input[t, :b] for t, b in enumerate(sizes)])
    return PackedSequence(data, tensor(sizes), order, None)


def pad_packed_sequence(sequence, batch_first=False, padding_value=0.0, total_length=None):
    """The padded tensor and the lengths, as a tensor, of a PackedSequence."""
    from ... import cat, stack, tensor

    sizes = sequence.batch_sizes.tolist()
    longest, n = len(sizes), sizes[0]
    if total_length is not None:
        if total_length < longest:
            raise ValueError(
                "Expected total_length to be at least the length of the longest sequence in input, "
                f"but got total_length={total_length} and max sequence length being {longest}"
            )
        longest = total_length
    steps, at = [], 0
    for t in range(longest):
        b = sizes[t] if t < len(sizes) else 0
        step = sequence.data[at : at + b]
        at += b
        if b < n:
            fill = sequence.data.new_full((n - b, *sequence.data.shape[1:]), padding_value)
            step = cat([step, fill])
        steps.append(step)
    out = stack(steps)
    lengths = tensor([sum(b > i for b in sizes) for i in range(n)])
    if sequence.unsorted_indices is not None:
        out = out.index_select(1, sequence.unsorted_indices)
        lengths = lengths[sequence.unsorted_indices]
    return (out.transpose(0, 1) if batch_first else out), lengths


def pack_sequence(sequences, enforce_sorted=True):
    """Packs a list of sequences (length, *)."""
    lengths = [s.size(0) for s in sequences]
    return pack_padded_sequence(pad_sequence(sequences), lengths, False, enforce_sorted)


def unpack_sequence(packed_sequences):
    """The list of sequences of a PackedSequence."""
    padded, lengths = pad_packed_sequence(packed_sequences, batch_first=True)
    return unpad_sequence(padded, lengths, batch_first=True)
