"""The nodes of the gradient graph, and what it keeps of forward."""

import weakref
from _thread import _local
from collections import namedtuple

from .. import _C

__all__ = [
    "GradientEdge",
    "Node",
    "disable_saved_tensors_hooks",
    "get_gradient_edge",
    "increment_version",
    "register_multi_grad_hook",
    "save_on_cpu",
    "saved_tensors_hooks",
]

# A handle returned by register_hook: remove(), or the end of a with block, takes the hook away.
RemovableHandle = _C._HookHandle
RemovableHandle.__name__ = RemovableHandle.__qualname__ = "RemovableHandle"
RemovableHandle.__module__ = f"{__package__.rpartition('.')[0]}.utils.hooks"
RemovableHandle.__enter__ = lambda self: self
RemovableHandle.__exit__ = lambda self, *error: self.remove()


class Node:
    """A recorded op: what calls its gradient. Its class is named after the gradient.

    There is one object for a node as long as somebody holds it.
    """

    __slots__ = ("_node", "metadata", "__weakref__")

    def __init__(self, node):
        self._node = node
        self.metadata = {}

    def name(self):
        """The gradient's name: "AddBackward0"."""
        name = self._node.name()
        return "torch::autograd::AccumulateGrad" if name == "AccumulateGrad" else name

    @property
    def next_functions(self):
        """(node, number of its output) for each input; (None, 0) where no gradient is wanted."""
        edges = self._node.next_functions()
        if type(self).__name__ == "PowBackward0":  # an exponent without a gradient is no input
            edges = [edge for edge in edges if edge[0] is not None]
        return tuple((None if node is None else node_object(node), index) for node, index in edges)

    def register_hook(self, fn):
        """Calls fn(grad_inputs, grad_outputs) after the node; a tuple it returns replaces
        grad_inputs. Returns a handle with remove().
        """
        return self._node.register_hook(fn)

    def register_prehook(self, fn):
        """Calls fn(grad_outputs) before the node; a tuple it returns replaces them. Returns a
        handle with remove().
        """
        return self._node.register_prehook(fn)

    def __getattr__(self, name):
        if not name.startswith("__"):
            if name == "variable" and type(self).__name__ == "AccumulateGrad":
                return self._node.variable()
            ctx = self._node.python()
            if ctx is not None:
                return getattr(ctx, name)
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __repr__(self):
        return f"<{type(self).__name__} object at {self._node.address():#x}>"


_classes = {}  # name -> subclass of Node
_objects = weakref.WeakValueDictionary()  # address -> Node, which keeps the address taken


def node_object(node):
    """The one object of a node of the library's."""
    address = node.address()
    found = _objects.get(address)
    if found is None:
        name = node.name().rsplit("::", 1)[-1]
        cls = _classes.get(name)
        if cls is None:
            cls = _classes[name] = type(name, (Node,), {"__slots__": (), "__module__": "builtins"})
        found = _objects[address] = cls(node)
    return found


def _grad_fn(tensor):
    node = _C._grad_fn(tensor)
    return None if node is None else node_object(node)


GradientEdge = namedtuple("GradientEdge", ("node", "output_nr"))
GradientEdge.__doc__ = "Where a tensor's gradient arrives: a node, and which of its outputs."


def get_gradient_edge(tensor):
    """The GradientEdge of a tensor that requires a gradient; RuntimeError for others."""
    node, output = _C._gradient_edge(tensor)
    return GradientEdge(node_object(node), output)


def increment_version(tensor):
    """Counts a change of a tensor, or of each of several, that was made behind autograd's back."""
    for t in (tensor,) if isinstance(tensor, _C.Tensor) else tensor:
        _C._increment_version(t)


class _MultiHandle:
    """The handles of one hook on several tensors."""

    def __init__(self, handles):
        self.handles = tuple(handles)

    def remove(self):
        for handle in self.handles:
            handle.remove()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.remove()


def register_multi_grad_hook(tensors, fn, *, mode="all"):
    """Calls fn once in a backward run, on the gradients of several tensors.

    Args:
        tensors: those whose gradients are waited for; each requires a gradient.
        fn: with mode "all" called with a tuple of gradients, None where none came; with "any"
            called with the first that comes.
        mode: "all": when every tensor that the run reaches has its gradient; "any": at the first.

    Returns:
        A handle with ``remove()``.
    """
    if mode not in ("all", "any"):
        raise ValueError(f"Expects mode to be one of ('all', 'any') but got {mode}")
    tensors, runs = tuple(tensors), {}
    edges = [_C._gradient_edge(t)[0].address() for t in tensors]

    def hook_of(i):
        def hook(grad):
            run, reached = _C._backward_run(edges)
            if run not in runs:
                runs.clear()  # of runs that ended before all had come
                runs[run] = [sum(reached) if mode == "all" else 1, [None] * len(tensors)]
            state = runs[run]
            state[0] -= 1
            state[1][i] = grad
            if state[0] == 0:
                fn(grad if mode == "any" else tuple(state[1]))

        return hook

    return _MultiHandle(t.register_hook(hook_of(i)) for i, t in enumerate(tensors))


_thread = _local()  # .refusal: why saved-tensor hooks are refused


class saved_tensors_hooks:
    """Within it ``pack_hook(tensor)`` is kept for backward instead of each saved tensor, and
    ``unpack_hook`` makes the tensor of it again. The innermost pair counts.
    """

    def __init__(self, pack_hook, unpack_hook):
        self.pack_hook = pack_hook
        self.unpack_hook = unpack_hook

    def __enter__(self):
        refusal = getattr(_thread, "refusal", None)
        if refusal is not None:
            raise RuntimeError(refusal)
        _C._push_saved_hooks(self.pack_hook, self.unpack_hook)

    def __exit__(self, *error):
        _C._pop_saved_hooks()


class save_on_cpu(saved_tensors_hooks):
    """Within it saved tensors wait for backward in the CPU's memory.

    Args:
        pin_memory: accepted; the CPU's memory is never pinned.
        device_type: the device whose tensors are moved.
    """

    def __init__(self, pin_memory=False, device_type="cuda"):
        def pack(tensor):
            return tensor.device, tensor.cpu()

        def unpack(packed):
            device, tensor = packed
            return tensor.to(device)

        super().__init__(pack, unpack)


class disable_saved_tensors_hooks:
    """Within it entering saved_tensors_hooks raises a RuntimeError with this text."""

    def __init__(self, error_message):
        self.error_message = error_message

    def __enter__(self):
        self.prev = getattr(_thread, "refusal", None)
        _thread.refusal = self.error_message

    def __exit__(self, *error):
        _thread.refusal = self.prev
