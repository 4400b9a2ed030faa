"""Functions of functions: gradients, Jacobians, and calls with other parameters."""

from .._vmap import vmap as vmap
from ._derivatives import (
    grad as grad,
    grad_and_value as grad_and_value,
    hessian as hessian,
    jacfwd as jacfwd,
    jacrev as jacrev,
    jvp as jvp,
    vjp as vjp,
)
from ._functional_call import (
    functional_call as functional_call,
    stack_module_state as stack_module_state,
)
