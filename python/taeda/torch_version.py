"""The version that programs see under the name torch, and how they compare it."""

import re

from .version import __version__ as _own

__all__ = ["TorchVersion"]

FOLLOWED = "2.13.0"  # the PyTorch release whose behaviour is followed
_MARKS = {"dev": -4, "a": -3, "alpha": -3, "b": -2, "beta": -2, "rc": -1, "c": -1}


def _key(version):
    """What versions are ordered by: (release, stage), as PEP 440 orders them."""
    if isinstance(version, (tuple, list)):
        version = ".".join(map(str, version))
    found = re.match(r"v?(\d+(?:\.\d+)*)[-_.]?([a-z]+)?\.?(\d+)?", str(version).strip().lower())
    if found is None:
        return None
    release = [int(n) for n in found[1].split(".")]
    while len(release) > 1 and release[-1] == 0:
        release.pop()
    return release, _MARKS.get(found[2], 0), int(found[3] or 0) if found[2] else 0


class TorchVersion(str):
    """A version as text that is compared as a version: with texts, tuples and versions.

    ``TorchVersion("1.10.0") > "1.9"`` and ``>= (1, 10)`` hold. What is no version is compared as
    text. The part after ``+`` does not count, unless both sides are texts that have it.
    """

    def _compare(self, other, compare):
        a, b = _key(self), _key(other)
        if b is None:
            return getattr(str, compare)(self, str(other))
        if a == b and isinstance(other, str) and "+" in self and "+" in other:
            a, b = str(self), str(other)
        return getattr(a, compare)(b)

    def __lt__(self, other):
        return self._compare(other, "__lt__")

    def __le__(self, other):
        return self._compare(other, "__le__")

    def __eq__(self, other):
        return self._compare(other, "__eq__")

    def __ne__(self, other):
        return not self == other

    def __gt__(self, other):
        return self._compare(other, "__gt__")

    def __ge__(self, other):
        return self._compare(other, "__ge__")

    __hash__ = str.__hash__


__version__ = TorchVersion(f"{FOLLOWED}+taeda{_own}")
