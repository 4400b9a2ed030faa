"""How samples become a batch.

A batch of tensors is stacked along a new first dimension; numbers become a tensor; containers keep
their shape with batches inside. ``default_collate_fn_map`` may be extended by users: it maps a type
(or a tuple of types) to ``f(batch, *, collate_fn_map)``.
"""

import collections.abc
import copy
import sys

import taeda

_UNKNOWN = (
    "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found {}"
)
_Text = (str, bytes)


def _numpy_kind(value):
    """One of "array", "scalar", None. NumPy is never imported: its objects imply it is there."""
    numpy = sys.modules.get("numpy")
    if numpy is None or not hasattr(numpy, "ndarray"):
        return None
    if isinstance(value, numpy.ndarray):
        return "array"
    return "scalar" if isinstance(value, numpy.generic) else None


def _rebuilt_mapping(like, items):
    try:
        if isinstance(like, collections.abc.MutableMapping):
            out = copy.copy(like)
            out.update(items)
            return out
        return type(like)(items)
    except TypeError:  # not copyable, or its constructor takes no mapping
        return dict(items)


def _rebuilt_sequence(like, values):
    try:
        if isinstance(like, collections.abc.MutableSequence):
            out = copy.copy(like)
            for i, value in enumerate(values):
                out[i] = value
            return out
        return type(like)(values)
    except TypeError:  # no item assignment, or a constructor such as range's
        return list(values)


def _is_namedtuple(value):
    return isinstance(value, tuple) and hasattr(value, "_fields")


def default_convert(data):
    """NumPy arrays and scalars inside ``data`` as tensors; everything else as it is.

    Mappings, sequences and named tuples are rebuilt with converted members; a tuple becomes a list.
    """
    if isinstance(data, taeda.Tensor) or isinstance(data, _Text):
        return data
    kind = _numpy_kind(data)
    if kind:
        return data if data.dtype.kind in "SaUO" else taeda.as_tensor(data)
    if isinstance(data, collections.abc.Mapping):
        return _rebuilt_mapping(data, {key: default_convert(data[key]) for key in data})
    if _is_namedtuple(data):
        return type(data)(*(default_convert(member) for member in data))
    if isinstance(data, tuple):
        return [default_convert(member) for member in data]
    if isinstance(data, collections.abc.Sequence):
        return _rebuilt_sequence(data, [default_convert(member) for member in data])
    return data


def collate_tensor_fn(batch, *, collate_fn_map=None):
    return taeda.stack(batch, 0)


def collate_float_fn(batch, *, collate_fn_map=None):
    return taeda.tensor(batch, dtype=taeda.float64)


def collate_int_fn(batch, *, collate_fn_map=None):
    return taeda.tensor(batch)


def collate_str_fn(batch, *, collate_fn_map=None):
    return batch


def collate_numpy_array_fn(batch, *, collate_fn_map=None):
    if batch[0].dtype.kind in "SaUO":
        raise TypeError(_UNKNOWN.format(batch[0].dtype))
    return collate([taeda.as_tensor(array) for array in batch], collate_fn_map=collate_fn_map)


def collate_numpy_scalar_fn(batch, *, collate_fn_map=None):
    return taeda.as_tensor(sys.modules["numpy"].asarray(batch))


default_collate_fn_map = {
    taeda.Tensor: collate_tensor_fn,
    float: collate_float_fn,
    int: collate_int_fn,
    str: collate_str_fn,
    bytes: collate_str_fn,
}


def _function_for(sample, table):
    """The entry for the sample's own type, else the first one whose type it is an instance of."""
    exact = table.get(type(sample))
    if exact is not None:
        return exact
    kind = _numpy_kind(sample)
    if kind and not isinstance(sample, _Text):
        return collate_numpy_array_fn if kind == "array" else collate_numpy_scalar_fn
    for types, function in table.items():
        if isinstance(sample, types):
            return function
    return None


def collate(batch, *, collate_fn_map=None):
    """Collates ``batch``, a list of samples, by the functions of ``collate_fn_map``.

    TypeError for a sample of an unknown type; RuntimeError for sequences of different lengths.
    """
    sample = batch[0]
    if collate_fn_map is not None:
        function = _function_for(sample, collate_fn_map)
        if function is not None:
            return function(batch, collate_fn_map=collate_fn_map)
    if isinstance(sample, collections.abc.Mapping):
        merged = {
            key: collate([other[key] for other in batch], collate_fn_map=collate_fn_map)
            for key in sample
        }
        return _rebuilt_mapping(sample, merged)
    if _is_namedtuple(sample):
        columns = zip(*batch)
        return type(sample)(*(collate(column, collate_fn_map=collate_fn_map) for column in columns))
    if isinstance(sample, collections.abc.Sequence):
        size = len(sample)
        if any(len(other) != size for other in batch):
            raise RuntimeError("each element in list of batch should be of equal size")
        merged = [collate(column, collate_fn_map=collate_fn_map) for column in zip(*batch)]
        return merged if isinstance(sample, tuple) else _rebuilt_sequence(sample, merged)
    raise TypeError(_UNKNOWN.format(type(sample)))


def default_collate(batch):
    """The batch of a list of samples: what a DataLoader does where no ``collate_fn`` is given.

    Tensors ``[..]`` -> one tensor ``[B, ..]``; float -> float64 ``[B]``; int -> int64 ``[B]``;
    bool -> bool ``[B]``; NumPy arrays and scalars -> tensors of their dtype; str and bytes stay a
    list; mappings, named tuples and sequences are collated member by member.
    """
    return collate(batch, collate_fn_map=default_collate_fn_map)
