"""Forms of views that return copies: torch.expand_copy and its kin."""

from . import _C

_Tensor = _C.Tensor


def _copied(result):
    if isinstance(result, (tuple, list)):
        return tuple(map(_copied, result))
    return result.clone(memory_format=_C.contiguous_format)


def _written(result, out):
    if out is None:
        return result
    if isinstance(result, tuple):
        for to, value in zip(out, result):
            to.resize_(value.shape).copy_(value)
        return None
    return out.resize_(result.shape).copy_(result)


def _copy_of(name, view):
    def function(input, *args, out=None, **kwargs):
        return _written(_copied(view(input, *args, **kwargs)), out)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"A copy of what {name.removesuffix('_copy')} shows."
    return function


def _method(name):
    return lambda x, *args, **kwargs: getattr(x, name)(*args, **kwargs)


_VIEWS = {
    "alias": lambda x: x,
    "as_strided": _method("as_strided"),
    "detach": _method("detach"),
    "diagonal": _method("diagonal"),
    "expand": lambda x, size, *, implicit=False: x.expand(size),
    "narrow": _method("narrow"),
    "permute": _method("permute"),
    "select": _method("select"),
    "slice": lambda x, dim=0, start=None, end=None, step=1: _sliced(x, dim, start, end, step),
    "split": _method("split"),
    "split_with_sizes": lambda x, split_sizes, dim=0: x.split(list(split_sizes), dim),
    "squeeze": _method("squeeze"),
    "t": _method("t"),
    "transpose": _method("transpose"),
    "unbind": _method("unbind"),
    "unfold": _method("unfold"),
    "unsqueeze": _method("unsqueeze"),
    "view": lambda x, size=None, dtype=None: x.view(size if dtype is None else dtype),
    "view_as_complex": lambda x: _C.view_as_complex(x),
    "view_as_real": lambda x: _C.view_as_real(x),
}


def _sliced(x, dim, start, end, step):
    return x[(slice(None),) * (dim % x.dim()) + (slice(start, end, step),)]


__all__ = []
for _name, _view in _VIEWS.items():
    globals()[f"{_name}_copy"] = _copy_of(f"{_name}_copy", _view)
    __all__.append(f"{_name}_copy")
