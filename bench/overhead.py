"""What a small call costs in Python: nanoseconds a call, Taeda beside the installed PyTorch, in
one run.

Rounds of both alternate, so that a busy moment of the machine hits both; a row is the fastest
round. Run it on an idle machine: `python bench/overhead.py [--rounds N] [--filter TEXT] [--json
FILE] [--check]`. README.md says how to read it.
"""

import argparse
import gc
import importlib
import json
import subprocess
import sys
import time

# Each row: what is timed (a statement, over and over), and the target in ns for Taeda, where there
# is one.
ROWS = {
    "a + b": ("a + b", 80),
    "a.add_(b)": ("a.add_(b)", None),
    "a * 2": ("a * 2", None),
    "L.add(a, b)": ("L.add(a, b)", None),
    "r + b, with gradient": ("r + b", None),
    "a.view(2, 2)": ("a.view(2, 2)", None),
    "m[0]": ("m[0]", None),
    "m[0, 1]": ("m[0, 1]", None),
    "m[:, 1]": ("m[:, 1]", None),
    "m[0] = 1": ("m[0] = 1.0", None),
    "s.item()": ("s.item()", None),
    "a.sum()": ("a.sum()", None),
    "m.sum(1)": ("m.sum(1)", None),
    "m.mm(m), 4 x 4": ("q.mm(q)", None),
    "a.exp()": ("a.exp()", None),
    "softplus(a, beta=2.0)": ("softplus(a, beta=2.0)", None),
    "a.shape": ("a.shape", None),
    "(r + b).sum().backward()": ("(r + b).sum().backward()", None),
    "Linear(4, 8)": ("linear(x)", None),
    "two layers": ("net(x)", 450),
    "two layers and backward": ("net(x).sum().backward()", None),
    "Adam step, 100 parameters": ("adam.step()", None),
    "DataLoader, a batch of 32": ("next_batch()", None),
}
SLOW = {
    "Adam step, 100 parameters",
    "DataLoader, a batch of 32",
    "two layers and backward",
    "(r + b).sum().backward()",
}
IMPORT_TARGETS = {"import, ms": 60.0, "import, MB resident": 30.0}


def library(name):
    """The module of that name, or None."""
    try:
        module = importlib.import_module(name)
    except ImportError:
        return None
    module.set_num_threads(1)
    return module


def scope(torch):
    """The names the statements use."""
    nn, leaf = torch.nn, torch.tensor([1.0, 2, 3, 4], requires_grad=True)

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc1, self.act, self.fc2 = nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2)

        def forward(self, x):
            return self.fc2(self.act(self.fc1(x)))

    parameters = [nn.Parameter(torch.ones(8)) for _ in range(100)]
    for p in parameters:
        p.grad = torch.ones(8)
    data = torch.utils.data
    samples = data.TensorDataset(torch.zeros(32 * 400, 8), torch.zeros(32 * 400, dtype=torch.int64))
    loader = data.DataLoader(samples, batch_size=32)

    def batches():
        while True:
            yield from loader

    a = torch.tensor([1.0, 2, 3, 4])
    return {
        "L": torch,
        "a": a,
        "b": torch.tensor([5.0, 6, 7, 8]),
        "r": leaf,
        "m": torch.tensor([[1.0, 2], [3, 4]]),
        "s": torch.tensor(1.0),
        "q": torch.eye(4),
        "softplus": nn.functional.softplus,
        "linear": nn.Linear(4, 8),
        "net": Net(),
        "x": torch.ones(2, 4),
        "adam": torch.optim.Adam(parameters, lr=1e-3),
        "next_batch": batches().__next__,
    }


def loop_of(statement, names):
    """A function that runs the statement n times and returns the time of one, in ns."""
    source = (
        f"def make({', '.join(names)}, clock):\n"
        "    def loop(rounds):\n"
        "        start = clock()\n"
        "        for _ in rounds:\n"
        f"            {statement}\n"
        "        return (clock() - start) / len(rounds)\n"
        "    return loop\n"
    )
    exec(source, space := {})
    return space["make"](*names.values(), time.perf_counter_ns)


def calibrated(loop, milliseconds):
    """How many turns take about that long."""
    n = 1
    while loop(range(n)) * n < milliseconds * 1e6 / 4 and n < 1 << 20:
        n *= 2
    return range(max(1, int(milliseconds * 1e6 / max(loop(range(n)), 1))))


def measure(libraries, rounds, wanted):
    """{row: {library: ns}}; the libraries take turns within a row."""
    scopes = {name: scope(module) for name, module in libraries.items()}
    results = {}
    for row, (statement, _) in {"nothing": ("pass", None), **ROWS}.items():
        if wanted not in row and row != "nothing":
            continue
        loops = {name: loop_of(statement, s) for name, s in scopes.items()}
        turns = {name: calibrated(f, 20 if row in SLOW else 4) for name, f in loops.items()}
        best = dict.fromkeys(loops, float("inf"))
        gc.collect()
        gc.disable()
        for k in range(rounds):
            for name in list(loops)[:: 1 if k % 2 else -1]:
                best[name] = min(best[name], loops[name](turns[name]))
        gc.enable()
        results[row] = best
    empty = results.pop("nothing")
    return {
        row: {name: ns - empty[name] for name, ns in best.items()} for row, best in results.items()
    }


CHILD = """
import sys, time, resource
start = time.perf_counter()
{statement}
ms = (time.perf_counter() - start) * 1e3
with open("/proc/self/statm") as f:
    mb = int(f.read().split()[1]) * resource.getpagesize() / 2**20
print(ms, mb)
"""


def fresh(statement, times=5):
    """The least time (ms) and resident memory (MB) of a fresh process that runs the statement."""
    pairs = []
    for _ in range(times):
        out = subprocess.run(
            [sys.executable, "-c", CHILD.format(statement=statement)],
            capture_output=True,
            text=True,
            check=True,
        )
        pairs.append(tuple(map(float, out.stdout.split())))
    return min(p[0] for p in pairs), min(p[1] for p in pairs)


def measure_imports(libraries):
    bare = fresh("pass")
    results = {row: {} for row in IMPORT_TARGETS}
    for name in libraries:
        ms, mb = fresh(f"import {name}")
        results["import, ms"][name], results["import, MB resident"][name] = ms, mb - bare[1]
    return results


def table(results, targets, libraries):
    """The rows as text, and those that missed their target."""
    lines, missed = [], []
    has_torch = "torch" in libraries
    lines.append(
        f"{'ns a call, fastest round':<30}{'Taeda':>10}{'PyTorch':>11}{'ratio':>8}{'target':>9}"
    )
    for row, values in results.items():
        ours, target = values["taeda"], targets.get(row)
        theirs = (
            f"{values['torch']:11.1f}{values['torch'] / max(ours, 0.1):7.1f}x"
            if has_torch
            else f"{'-':>11}{'-':>8}"
        )
        mark = "" if target is None else f"{target:9g}{' ' if ours <= target else ' missed'}"
        lines.append(f"{row:<30}{ours:10.1f}{theirs}{mark}".rstrip())
        if target is not None and ours > target:
            missed.append(row)
    return "\n".join(lines), missed


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=21, help="rounds of each row")
    parser.add_argument("--filter", default="", help="only rows that contain this text")
    parser.add_argument("--json", help="write the numbers to this file")
    parser.add_argument("--check", action="store_true", help="exit with 1 if a target is missed")
    args = parser.parse_args()
    libraries = {name: module for name in ("taeda", "torch") if (module := library(name))}
    if "taeda" not in libraries:
        sys.exit("taeda is not installed here")
    targets = {row: target for row, (_, target) in ROWS.items()} | IMPORT_TARGETS
    results = measure(libraries, args.rounds, args.filter)
    if args.filter in "import":
        results |= measure_imports(libraries)
    text, missed = table(results, targets, libraries)
    print(text)
    if "torch" in libraries:
        version = libraries["torch"].__version__
        print(f"PyTorch {version}, Python {sys.version.split()[0]}, one thread each")
    if args.json:
        with open(args.json, "w") as file:
            json.dump(results, file, indent=1)
    return bool(args.check and missed)


if __name__ == "__main__":
    sys.exit(main())
