"""Threads: the same bits for any number of them, Python threads side by side, the GIL, and fork."""

import os
import subprocess
import sys
import threading
import time

import pytest

import taeda as torch

COUNTS = (1, 2, 3, 8)


@pytest.fixture(autouse=True)
def restore():
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def test_the_count():
    torch.set_num_threads(3)
    assert torch.get_num_threads() == 3
    with pytest.raises(RuntimeError, match="set_num_threads expects a positive integer"):
        torch.set_num_threads(0)


BIG = {
    "sum": lambda x: x.sum(),
    "sum of a dim": lambda x: x.sum(0),
    "mean": lambda x: x.mean(1),
    "var": lambda x: x.var(),
    "norm": lambda x: x.norm(),
    "cumsum": lambda x: x.cumsum(1),
    "exp": lambda x: x.exp(),
    "tanh": lambda x: x.tanh(),
    "mm": lambda x: x @ x.t(),
    "mv": lambda x: x @ x[0],
    "softmax": lambda x: x.softmax(1),
    "sort": lambda x: x.sort(1).values,
    "topk": lambda x: x.topk(5, 1).values,
    "prod": lambda x: (1 + x / 1e4).prod(),
    "logsumexp": lambda x: x.logsumexp(0),
    "layer_norm": lambda x: torch.nn.functional.layer_norm(x, (x.shape[1],)),
    "conv2d": lambda x: torch.nn.functional.conv2d(
        x[:64, :1024].reshape(4, 16, 32, 32), x[:24, :144].reshape(24, 16, 3, 3)
    ),
    "index_add": lambda x: torch.zeros(10, x.shape[1]).index_add(
        0, torch.arange(x.shape[0]) % 10, x
    ),
    "var of a dim": lambda x: x.var(0),
    "var of rows": lambda x: x.var(1),
    "std": lambda x: x.std(),
    "norm of rows": lambda x: x.norm(dim=1),
    "prod of a dim": lambda x: (1 + x / 1e4).prod(0),
    "sum of outer axes": lambda x: x.reshape(30, 10, 1100).sum((0, 2)),
    "sum of a transposed": lambda x: x.t().sum(1),
    "softmax of a dim": lambda x: x.softmax(0),
    "log_softmax of a dim": lambda x: x.reshape(3, 100, 1100).log_softmax(1),
    "batch_norm of rows": lambda x: torch.nn.functional.batch_norm(x, None, None, training=True),
    "batch_norm of images": lambda x: torch.nn.functional.batch_norm(
        x.reshape(10, 30, 1100), None, None, training=True
    ),
    "cross_entropy": lambda x: torch.nn.functional.cross_entropy(x, torch.arange(x.shape[0])),
    "gelu": lambda x: torch.nn.functional.gelu(x),
    "cube": lambda x: x**3,
    "remainder": lambda x: x % 0.37,
    "gather": lambda x: x.gather(1, torch.arange(1100).flip(0).expand(300, 1100)),
    "columns": lambda x: x[:, torch.arange(1099, -1, -1)],
    "mask": lambda x: x[x > 0],
    "bfloat16 mm": lambda x: (x.bfloat16() @ x.bfloat16().t()).float(),
    "complex mm": lambda x: (torch.complex(x, x) @ torch.complex(x, -x).t()).abs(),
    "casts": lambda x: x.half().double().bfloat16().float(),
    "max_pool2d": lambda x: torch.nn.functional.max_pool2d(x[:64, :1024].reshape(4, 16, 32, 32), 2),
}


@pytest.mark.taeda_only
@pytest.mark.parametrize("name", BIG)
def test_same_bits_for_any_number_of_threads(name):
    torch.manual_seed(1)
    x = torch.randn(300, 1100, requires_grad=True)
    weight = None
    results = []
    for n in COUNTS:
        torch.set_num_threads(n)
        out = BIG[name](x)
        if weight is None:
            weight = torch.linspace(-1, 1, out.numel()).view(out.shape)
        (g,) = torch.autograd.grad((out * weight).sum(), x)
        results.append((out.detach(), g))
    for out, g in results[1:]:
        assert torch.equal(out, results[0][0]) and torch.equal(g, results[0][1])


@pytest.mark.taeda_only
def test_random_numbers_do_not_depend_on_the_number_of_threads():
    results = []
    for n in COUNTS:
        torch.set_num_threads(n)
        torch.manual_seed(5)
        results.append(
            torch.cat(
                [torch.randn(200_000), torch.rand(200_000), torch.empty(200_000).bernoulli_(0.3)]
            )
        )
    assert all(torch.equal(r, results[0]) for r in results)


def test_python_threads_compute_side_by_side():
    x = torch.arange(250_000.0).reshape(500, 500) / 1e5
    want = (x @ x).sum().item()
    got, errors = [], []

    def work():
        try:
            for _ in range(5):
                got.append((x @ x).sum().item())
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    [t.start() for t in threads], [t.join() for t in threads]
    assert not errors and got == [want] * 20


@pytest.mark.taeda_only
def test_big_kernels_let_go_of_the_interpreter():
    x = torch.ones(1500, 1500)
    beats, done = [], threading.Event()

    def beat():
        while not done.is_set():
            beats.append(time.perf_counter())
            time.sleep(0.001)

    thread = threading.Thread(target=beat)
    thread.start()
    start = time.perf_counter()
    for _ in range(3):
        x @ x
    end = time.perf_counter()
    done.set(), thread.join()
    assert sum(start < b < end for b in beats) >= 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.taeda_only
def test_a_forked_child_computes():
    torch.set_num_threads(4)
    x = torch.ones(1000, 1000)
    (x @ x).sum()  # the pool has started
    child = os.fork()
    if not child:
        ok = (x @ x).sum().item() == 1e9 and torch.ones(1 << 20).sum().item() == 1 << 20
        os._exit(0 if ok else 1)
    deadline = time.monotonic() + 30
    while (result := os.waitpid(child, os.WNOHANG)) == (0, 0):
        assert time.monotonic() < deadline, "the child hangs"
        time.sleep(0.01)
    assert os.waitstatus_to_exitcode(result[1]) == 0


@pytest.mark.taeda_only
def test_exit_with_running_threads():
    code = (
        f"import threading, {torch.__name__} as torch\n"
        "x = torch.ones(200, 200)\n"
        "def work():\n    while True: x @ x\n"
        "threading.Thread(target=work, daemon=True).start()\n"
        "(x @ x).sum()\n"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0


@pytest.mark.taeda_only
def test_the_environment_sets_the_count():
    code = "import taeda; print(taeda.get_num_threads())"
    for name in ("OMP_NUM_THREADS", "TAEDA_NUM_THREADS"):
        out = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, name: "1"},
            capture_output=True,
            text=True,
        )
        assert out.stdout.strip() == "1", name
