"""Neural networks: Module, layers, losses, their functions and initial values."""

from .parameter import Buffer, Parameter  # noqa: F401, I001
from .modules import *  # noqa: F403
from .modules.module import Module  # noqa: F401
from . import functional, init, modules, parameter, utils  # noqa: F401
