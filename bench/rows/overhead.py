"""What a small call costs: the rows of bench/overhead.py, which has targets and more detail."""

import overhead
from harness import Row

ROWS = [
    Row("overhead", name, statement, "import overhead; globals().update(overhead.scope(torch))")
    for name, (statement, _) in overhead.ROWS.items()
]
