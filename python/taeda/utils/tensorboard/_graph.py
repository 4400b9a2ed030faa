"""One run of a model, recorded as the graph that TensorBoard draws."""

from ... import _C


def record_graph(model, inputs, verbose):
    """The run of model(*inputs) as a GraphDef message, in bytes."""
    inputs = tuple(inputs) if isinstance(inputs, (list, tuple)) else (inputs,)
    recorder = _C._io.GraphRecorder()
    hooks = []
    if hasattr(model, "named_modules"):
        modules = list(model.named_modules())
        types = [(name, type(m).__name__) for name, m in modules]
        for (_, m), scope in zip(modules, _C._io.module_scopes(types[0][1], types)):
            for name, p in (*m.named_parameters(recurse=False), *m.named_buffers(recurse=False)):
                recorder.add_parameter(f"{scope}/{name}", p)
            hooks.append(m.register_forward_pre_hook(_enter(recorder, scope)))
            hooks.append(m.register_forward_hook(_leave(recorder), always_call=True))
    for i, x in enumerate(_tensors(inputs)):
        recorder.add_input("input" if not i else f"input_{i}", x)
    grad = _C.is_grad_enabled()
    _C._set_grad_enabled(False)
    recorder.begin()
    try:
        output = model(*inputs)
    finally:
        recorder.end()
        _C._set_grad_enabled(grad)
        for hook in hooks:
            hook.remove()
    for x in _tensors(output):
        recorder.add_output("output", x)
    if verbose:
        print(recorder.text())
    return recorder.graph_def()


def _enter(recorder, scope):
    return lambda module, args: recorder.push_scope(scope)


def _leave(recorder):
    return lambda module, args, output: recorder.pop_scope()


def _tensors(x):
    """The tensors in lists, tuples and dicts."""
    if isinstance(x, _C.Tensor):
        return [x]
    if isinstance(x, dict):
        x = x.values()
    elif not isinstance(x, (list, tuple)):
        return []
    return [t for item in x for t in _tensors(item)]
