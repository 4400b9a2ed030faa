"""Neural networks: Module, layers, losses, their functions and initial values."""

from .parameter import Buffer as Buffer, Parameter as Parameter  # noqa: F401, I001
from .modules import *  # noqa: F403
from .modules.module import Module as Module  # noqa: F401
from . import (
    attention as attention,
    functional as functional,
    init as init,
    modules as modules,
    parallel as parallel,
    parameter as parameter,
    utils as utils,
)  # noqa: F401
from .parallel import DataParallel as DataParallel  # noqa: F401
