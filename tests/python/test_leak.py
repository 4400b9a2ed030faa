"""Nothing is left behind: bytes, graph nodes and Python objects return to where they were."""

import gc
import sys

import pytest

import taeda as torch

pytestmark = pytest.mark.taeda_only


def counts():
    while gc.collect():  # a leaf's cycle shows only when the graph that holds it has gone
        pass
    return torch._C.live_bytes(), torch._C.live_nodes()


@pytest.fixture
def base():
    """Runs the given work once to warm up; then it must end where it began."""

    def check(work, times=3):
        work()
        before = counts()
        for _ in range(times):
            work()
        assert counts() == before

    return check


def test_counters_count():
    before = counts()
    x = torch.ones(1000, requires_grad=True)
    y = x * 2
    bytes_, nodes = counts()
    assert bytes_ - before[0] >= 8000 and nodes > before[1]
    del x, y
    assert counts() == before


def test_a_thousand_training_steps():
    nn = torch.nn
    net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 4))
    optimizer = torch.optim.SGD(net.parameters(), lr=1e-3, momentum=0.9)
    x, y = torch.randn(5, 8), torch.randn(5, 4)

    def step():
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(net(x), y)
        loss.backward()
        optimizer.step()

    for _ in range(5):
        step()
    optimizer.zero_grad()
    before, blocks = counts(), sys.getallocatedblocks()
    for _ in range(1000):
        step()
    optimizer.zero_grad()
    after = counts()
    assert after == before
    assert sys.getallocatedblocks() - blocks < 200


def test_peak_of_training_does_not_grow():
    w = torch.ones(1000, requires_grad=True)
    sizes = []
    for i in range(30):
        (w * w).sum().backward()
        sizes.append(counts()[0])
    assert len(set(sizes[2:])) == 1


def test_graphs_without_backward(base):
    def work():
        x = torch.ones(100, requires_grad=True)
        for _ in range(10):
            x = (x * 2).exp().sum() + x
        torch.stack([x[0], x[1]]), x.max(0), x.unbind(0), torch.cat([x, x])

    base(work)


def test_errors(base):
    def work():
        x = torch.ones(100, requires_grad=True)
        for bad in (
            lambda: x + torch.ones(3),
            lambda: x.view(7),
            lambda: x[200],
            lambda: x.add_(1),
            lambda: (x * x).backward(),
            lambda: torch.cat([x, torch.ones(2, 2)]),
        ):
            with pytest.raises((RuntimeError, IndexError)):
                bad()

    base(work)


def test_failed_backward(base):
    def work():
        x = torch.ones(100, requires_grad=True)
        y = x * 2
        y.register_hook(lambda g: 1 / 0)
        z = (y * y).sum()
        with pytest.raises(ZeroDivisionError):
            z.backward()

    base(work)


def test_views_and_in_place(base):
    def work():
        x = torch.zeros(10, 10)
        y = torch.ones(10, requires_grad=True) * 2
        for i in range(10):
            x[i] = y
            x.t()[i].mul_(2)
        x.sum().backward()

    base(work)


def test_hooks_functions_and_cycles(base):
    class Keep(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            ctx.save_for_backward(a)
            ctx.me = ctx
            return a * 2

        @staticmethod
        def backward(ctx, g):
            return g

    def work():
        x = torch.ones(100, requires_grad=True)
        y = Keep.apply(x)
        y.register_hook(lambda g, y=y: None)
        y.me = y
        y.sum().backward(retain_graph=True)
        x.register_post_accumulate_grad_hook(lambda p, x=x: None)

    base(work)


def test_create_graph(base):
    def work():
        x = torch.ones(100, requires_grad=True)
        (g,) = torch.autograd.grad((x**3).sum(), x, create_graph=True)
        (g * g).sum().backward(create_graph=True)
        x.grad = None  # its graph refers to x

    base(work)


def test_numpy_bridge(base):
    np = pytest.importorskip("numpy")

    def work():
        a = np.ones(1000)
        t = torch.from_numpy(a)
        b = torch.ones(1000).numpy()
        t.add_(torch.from_numpy(b))

    base(work)
    a = np.ones(10)
    references = sys.getrefcount(a)
    t = torch.from_numpy(a)
    v = t[2:]
    del t
    assert sys.getrefcount(a) > references
    del v
    assert sys.getrefcount(a) == references


def test_threads(base):
    import threading

    def work():
        def inside():
            x = torch.ones(1000, requires_grad=True)
            (x * x).sum().backward()

        threads = [threading.Thread(target=inside) for _ in range(4)]
        [t.start() for t in threads], [t.join() for t in threads]

    base(work)


def test_random_programs(base):
    """A few hundred calls of many kinds."""

    def work():
        torch.manual_seed(3)
        x = torch.randn(20, 20, requires_grad=True)
        h = x
        for k in range(40):
            h = [
                lambda: (h @ x).tanh(),
                lambda: h.softmax(1),
                lambda: h.t().contiguous(),
                lambda: h[:, torch.randperm(20)],
                lambda: torch.where(h > 0, h, -h),
                lambda: h.clone().clamp_(-1, 1),
                lambda: h + h.mean(0, keepdim=True),
                lambda: torch.nn.functional.layer_norm(h, (20,)),
                lambda: h.sort(1).values,
                lambda: h.cumsum(0) / 20,
            ][k % 10]()
        h.sum().backward()

    base(work)
