"""The same operation on each of a list of tensors: torch._foreach_add_ and its kin."""

from . import _C

_UNARY = (
    "abs acos asin atan ceil cos cosh erf erfc exp expm1 floor frac lgamma log log10 log1p log2"
    " neg reciprocal round rsqrt sigmoid sign sin sinh sqrt tan tanh trunc"
).split()
# What stands beside the tensors: a number or 0-dim tensor for all, or a list with one for each.
_BINARY = "add clamp_max clamp_min div maximum minimum mul pow sub".split()


def _check(name, tensors, *others):
    if not isinstance(tensors, (tuple, list)):
        raise TypeError(
            f"{name}(): argument 'self' (position 1) must be tuple of Tensors, not "
            f"{type(tensors).__name__}"
        )
    for other in others:
        if len(other) != len(tensors):
            raise RuntimeError(
                "Tensor lists must have the same number of tensors, got "
                f"{len(tensors)} and {len(other)}"
            )


def _each(value, tensors):
    return value if isinstance(value, (tuple, list)) else [value] * len(tensors)


def _method(x, name):
    """The method `name` of x; maximum and minimum take numbers here, and work in place."""
    kind = name.removesuffix("_")
    if kind in ("maximum", "minimum"):
        limit = "clamp_min" if kind == "maximum" else "clamp_max"
        return getattr(x, limit + name[len(kind) :])
    return getattr(x, name)


def _unary(name):
    def function(self):
        _check(f"_foreach_{name}", self)
        out = [getattr(x, name)() for x in self]
        return self if name.endswith("_") else tuple(out)

    return function


def _binary(name):
    def function(self, other, **kwargs):
        others = _each(other, self)
        _check(f"_foreach_{name}", self, others)
        out = [_method(x, name)(o, **kwargs) for x, o in zip(self, others)]
        return self if name.endswith("_") else tuple(out)

    return function


def _weighted(name):
    """addcmul and addcdiv: value is a number, a list of numbers, or a vector."""

    def function(self, tensor1, tensor2, value=1):
        values = value.tolist() if isinstance(value, _C.Tensor) else _each(value, self)
        _check(f"_foreach_{name}", self, tensor1, tensor2, values)
        rows = zip(self, tensor1, tensor2, values)
        out = [getattr(x, name)(a, b, value=v) for x, a, b, v in rows]
        return self if name.endswith("_") else tuple(out)

    return function


def _lerp(name):
    def function(self, tensors1, weight):
        weights = _each(weight, self)
        _check(f"_foreach_{name}", self, tensors1, weights)
        out = [getattr(x, name)(end, w) for x, end, w in zip(self, tensors1, weights)]
        return self if name.endswith("_") else tuple(out)

    return function


def _foreach_zero_(self):
    """Every element of every tensor becomes 0."""
    _check("_foreach_zero_", self)
    for x in self:
        x.zero_()
    return self


def _foreach_copy_(self, src, non_blocking=False):
    """Every tensor takes the values of its partner."""
    _check("_foreach_copy_", self, src)
    for x, y in zip(self, src):
        x.copy_(y)
    return self


def _foreach_norm(self, ord=2, dtype=None):
    """The norm of each tensor."""
    _check("_foreach_norm", self)
    return tuple(x.norm(ord, dtype=dtype) for x in self)


__all__ = ["_foreach_copy_", "_foreach_norm", "_foreach_zero_"]
for _maker, _names in (
    (_unary, _UNARY),
    (_binary, _BINARY),
    (_weighted, ["addcdiv", "addcmul"]),
    (_lerp, ["lerp"]),
):
    for _name in _names:
        for _suffix in ("", "_"):
            _full = f"_foreach_{_name}{_suffix}"
            _made = _maker(_name + _suffix)
            _made.__name__ = _made.__qualname__ = _full
            _where = " in place" if _suffix else ""
            _made.__doc__ = f"{_name} of each tensor{_where}, with its partner if there is one."
            globals()[_full] = _made
            __all__.append(_full)
