"""The rows of the benchmark, one line each, a module a group or a few related ones."""

from . import (
    compute,
    data,
    move,
    norm,
    overhead,
    pointwise,
    products,
    reductions,
    steps,
    training,
)

ROWS = [
    row
    for module in (
        overhead,
        pointwise,
        reductions,
        products,
        compute,
        norm,
        move,
        training,
        steps,
        data,
    )
    for row in module.ROWS
]
