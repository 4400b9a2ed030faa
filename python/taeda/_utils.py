"""What checkpoints call to make tensors: the names and arguments are the file format's."""

from collections import OrderedDict

from . import _C

__all__ = []


def _below(storage):
    """The bytes of a storage, as a uint8 tensor."""
    return storage._bytes if hasattr(storage, "_bytes") else _C._bytes_below(storage._tensor)


def _on(storage, dtype, offset, size, stride):
    if storage.device.type == "meta":
        return _C.empty_strided(tuple(size), tuple(stride), dtype=dtype, device="meta")
    return _C._on_bytes(_below(storage), dtype, tuple(size), tuple(stride), offset)


def _rebuild_tensor(storage, storage_offset, size, stride):
    return _on(storage, storage.dtype, storage_offset, size, stride)


def _rebuild_tensor_v2(
    storage, storage_offset, size, stride, requires_grad, backward_hooks, metadata=None
):
    out = _rebuild_tensor(storage, storage_offset, size, stride)
    if requires_grad:
        out.requires_grad_()
    return out


def _rebuild_tensor_v3(
    storage, storage_offset, size, stride, requires_grad, backward_hooks, dtype, metadata=None
):
    return _on(storage, dtype, storage_offset, size, stride)


def _rebuild_meta_tensor_no_storage(dtype, size, stride, requires_grad):
    return _C.empty_strided(
        tuple(size), tuple(stride), dtype=dtype, device="meta", requires_grad=requires_grad
    )


def _rebuild_parameter(data, requires_grad, backward_hooks):
    from .nn.parameter import Parameter

    return Parameter(data, requires_grad)


def _rebuild_parameter_with_state(data, requires_grad, backward_hooks, state):
    return _set_obj_state(_rebuild_parameter(data, requires_grad, backward_hooks), state)


def _rebuild_from_type_v2(func, new_type, args, state):
    out = func(*args)
    if type(out) is not new_type:
        out = out.as_subclass(new_type)
    if getattr(out.__class__, "__setstate__", _C.Tensor.__setstate__) is not _C.Tensor.__setstate__:
        out.__setstate__(state)
        return out
    return _set_obj_state(out, state)


# The file format knows this one under torch._tensor.
_rebuild_from_type_v2.__module__ = f"{__package__}._tensor"


def _set_obj_state(obj, state):
    slots = None
    if isinstance(state, tuple):
        if len(state) != 2:
            raise RuntimeError(f"Invalid serialized state: {state}")
        state, slots = state
    if state:
        for key, value in state.items():
            setattr(obj, key, value)
    if slots:
        for key, value in slots.items():
            setattr(obj, key, value)
    return obj


def _reduce_tensor(tensor, storages):
    """A tensor as a call of the functions above; `storages` gives (typed, untyped) storages."""
    from .nn.parameter import Parameter

    state = dict(tensor.__dict__)
    if type(tensor) is Parameter:
        args = tensor.data, tensor.requires_grad, OrderedDict()
        if not state:
            return _rebuild_parameter, args
        return _rebuild_parameter_with_state, (*args, state)
    size, stride = tuple(tensor.shape), tuple(tensor.stride())
    if tensor.device.type == "meta":
        call = _rebuild_meta_tensor_no_storage
        args = tensor.dtype, size, stride, tensor.requires_grad
    else:
        storage, typed = storages(tensor)
        call = _rebuild_tensor_v2 if typed else _rebuild_tensor_v3
        args = (
            storage,
            tensor.storage_offset(),
            size,
            stride,
            tensor.requires_grad,
            OrderedDict(),
        )
        if not typed:
            args = (*args, tensor.dtype)
    if type(tensor) is _C.Tensor and not state:
        return call, args
    return _rebuild_from_type_v2, (call, type(tensor), args, state)
