"""The handle that registering a hook of a module returns."""

from ..nn.modules._hooks import RemovableHandle

__all__ = ["RemovableHandle"]
