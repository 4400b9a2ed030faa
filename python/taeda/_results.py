"""Named tuples that print as those of ops do."""

from collections import namedtuple

__all__ = ["named_result"]


def _repr(self):
    fields = zip(self._fields, self, strict=True)
    name = type(self).__name__
    return f"torch.return_types.{name}(\n" + ",\n".join(f"{f}={v}" for f, v in fields) + ")"


def named_result(name, *fields):
    """The class of a result with these fields: ``torch.return_types.<name>``."""
    cls = namedtuple(name, fields)
    cls.__module__, cls.__repr__ = "torch.return_types", _repr
    return cls
