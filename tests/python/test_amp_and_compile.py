"""Autocast, gradient scaling, compile, TorchScript's decorators, checkpoints, func, DataParallel."""

import pytest
from taeda.utils.checkpoint import checkpoint, checkpoint_sequential

import taeda as torch
from taeda import nn
from taeda.nn import functional as F


def test_autocast_by_op():
    x, half = torch.randn(4, 4), torch.randn(4, 4).bfloat16()
    labels = torch.tensor([0, 1, 2, 3])
    with torch.autocast("cpu"):
        for y in (x @ x, x.mm(x), F.linear(x, x), torch.einsum("ij,jk", x, x), half @ x):
            assert y.dtype == torch.bfloat16
        assert F.conv2d(torch.ones(1, 1, 4, 4), torch.ones(1, 1, 2, 2)).dtype == torch.bfloat16
        for y in (x + x, x.exp(), F.softmax(x, 0), x[0].dot(x[0]), half + x):
            assert y.dtype == torch.float32
        for y in (F.cross_entropy(half, labels), F.mse_loss(half, half), half.prod()):
            assert y.dtype == torch.float32
        assert (x.double() @ x.double()).dtype == torch.float64
        assert torch.is_autocast_enabled("cpu") and not torch.is_autocast_enabled()
        with torch.autocast("cpu", enabled=False):
            assert (x @ x).dtype == torch.float32
        with torch.autocast("cpu", dtype=torch.float16):
            assert (x @ x).dtype == torch.float16
        assert (x @ x).dtype == torch.bfloat16
    assert (x @ x).dtype == torch.float32 and not torch.is_autocast_enabled("cpu")


def test_autocast_trains_layers():
    torch.manual_seed(0)
    net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 3))
    x, y = torch.randn(5, 1, 8, 8), torch.tensor([0, 1, 2, 0, 1])
    exact = F.cross_entropy(net(x), y)
    with torch.autocast("cpu"):
        out = net(x)
        loss = F.cross_entropy(out, y)
    assert out.dtype == torch.bfloat16 and abs(loss.item() - exact.item()) < 0.02
    loss.backward()
    assert all(p.grad.dtype == p.dtype == torch.float32 for p in net.parameters())
    for layer in (nn.LSTM(3, 4), nn.GRU(3, 4), nn.MultiheadAttention(4, 2)):
        z = torch.randn(2, 1, 3 if not isinstance(layer, nn.MultiheadAttention) else 4)
        with torch.autocast("cpu"):
            got = layer(z)[0] if not isinstance(layer, nn.MultiheadAttention) else layer(z, z, z)[0]
        got.float().sum().backward()


def test_autocast_as_a_decorator_and_after_an_error():
    @torch.autocast("cpu")
    def product(x):
        return x @ x

    assert product(torch.ones(2, 2)).dtype == torch.bfloat16
    with pytest.raises(RuntimeError):
        product(torch.ones(2, 3))
    assert not torch.is_autocast_enabled("cpu")
    with pytest.warns(UserWarning, match="CUDA is not available. Disabling"):
        with torch.autocast("cuda"):
            assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype == torch.float32
    with pytest.raises(RuntimeError, match="unsupported autocast device_type"):
        torch.autocast("gpu")


def test_scaler():
    x = torch.ones(2, requires_grad=True)
    optimizer = torch.optim.SGD([x], lr=0.5)
    scaler = torch.amp.GradScaler("cpu", init_scale=4.0, growth_interval=2)
    scales = []
    for factor in (1.0, 1.0, float("inf"), 1.0):
        optimizer.zero_grad()
        scaler.scale((x * factor).sum()).backward()
        scaler.step(optimizer)
        scaler.update()
        scales.append(scaler.get_scale())
    assert scales == [4, 8, 4, 4] and x.tolist() == [-0.5, -0.5]
    other = torch.amp.GradScaler("cpu")
    other.load_state_dict(scaler.state_dict())
    assert other.get_scale() == 4
    scaler.scale(x.sum()).backward()
    scaler.unscale_(optimizer)
    with pytest.raises(RuntimeError, match="already been called"):
        scaler.unscale_(optimizer)
    assert torch.amp.GradScaler("cuda", enabled=False).scale(x) is x


def test_compile():
    net = nn.Linear(2, 3)
    fast = torch.compile(net)
    x = torch.ones(1, 2)
    assert torch.equal(fast(x), net(x)) and fast.weight is net.weight
    assert list(fast.state_dict()) == ["_orig_mod.weight", "_orig_mod.bias"]
    fast.eval()
    assert not net.training
    fast.extra = 3
    assert net.extra == 3
    assert torch.compile(lambda x: x + 1)(x).tolist() == [[2, 2]]

    @torch.compile(mode="reduce-overhead", fullgraph=True)
    def double(x):
        return x * 2

    assert double(x).tolist() == [[2, 2]] and double.__name__ == "double"
    with pytest.raises(RuntimeError, match="Unrecognized mode"):
        torch.compile(net, mode="fast")


def test_scripts_run_as_python():
    @torch.jit.script
    def double(x: torch.Tensor, n: int = 2) -> torch.Tensor:
        return x * n

    assert double(torch.ones(1)).item() == 2
    net = torch.jit.trace(nn.Linear(2, 2), torch.ones(1, 2))
    assert net(torch.ones(3, 2)).shape == (3, 2) and not torch.jit.is_scripting()
    with pytest.raises(NotImplementedError, match="no TorchScript files"):
        torch.jit.save(net, "x.pt")


@pytest.mark.parametrize("reentrant", [True, False])
def test_checkpoint_repeats_dropout(reentrant):
    net = nn.Sequential(
        *(nn.Sequential(nn.Linear(4, 4), nn.Tanh(), nn.Dropout(0.3)) for _ in range(4))
    )
    results = []
    for run in (net, lambda x: checkpoint_sequential(net, 2, x, use_reentrant=reentrant)):
        torch.manual_seed(3)
        net.zero_grad()
        x = torch.ones(5, 4, requires_grad=True)
        y = run(x)
        y.sum().backward()
        results.append([y.detach(), x.grad, *(p.grad.clone() for p in net.parameters())])
    assert all(map(torch.equal, *results))


def test_checkpoint_counts_and_refuses():
    calls = []

    def f(x):
        calls.append(1)
        return x.exp() if len(calls) == 1 else x * 2 * x.exp()

    x = torch.ones(2, requires_grad=True)
    y = checkpoint(f, x, use_reentrant=False)
    assert len(calls) == 1
    with pytest.raises(RuntimeError, match="checkpoint"):
        y.sum().backward()
    y = checkpoint(torch.exp, x, use_reentrant=False)
    y.sum().backward(retain_graph=True)
    y.sum().backward()
    assert torch.allclose(x.grad, 2 * torch.ones(2).exp())


def test_func():
    x = torch.tensor([1.0, 2.0])
    assert torch.func.grad(lambda x: (x**3).sum())(x).tolist() == [3, 12]
    assert torch.func.grad(torch.func.grad(torch.sin))(torch.tensor(0.5)).requires_grad is False
    assert torch.func.hessian(lambda x: (x**3).sum())(x).tolist() == [[6, 0], [0, 12]]
    assert torch.func.jvp(lambda x: x**2, (x,), (torch.ones(2),))[1].tolist() == [2, 4]
    w = torch.ones(2, requires_grad=True)
    inner = torch.func.grad(lambda x: (w * x**2).sum())(x)
    inner.sum().backward()
    assert w.grad.tolist() == [2, 4]
    net = nn.Linear(2, 1)
    zero = {k: torch.zeros_like(v) for k, v in net.named_parameters()}
    assert torch.func.functional_call(net, zero, x).item() == 0 and net.weight.any()
    each = torch.vmap(
        torch.func.grad(lambda p, x: torch.func.functional_call(net, p, x).sum()), in_dims=(None, 0)
    )(zero, torch.arange(6.0).view(3, 2))
    assert each["weight"].tolist() == [[[0, 1]], [[2, 3]], [[4, 5]]]
    with pytest.raises(RuntimeError, match="randomness"):
        torch.vmap(lambda x: x + torch.rand(()))(x)
    with pytest.raises(ValueError, match="same size in the mapped dimension"):
        torch.vmap(torch.add)(torch.ones(2), torch.ones(3))


def test_data_parallel_without_gpus():
    net = nn.DataParallel(nn.Linear(2, 1))
    assert net(torch.ones(3, 2)).shape == (3, 1)
    assert list(net.state_dict()) == ["module.weight", "module.bias"]


def test_numbers_of_numpy_in_lists():
    np = pytest.importorskip("numpy")
    assert torch.tensor([np.int64(1), np.int64(2)]).dtype == torch.int64
    assert torch.tensor([np.float64(1.5), 2]).dtype == torch.float64
    assert torch.tensor([np.float32(1.5), 2]).dtype == torch.float32
    assert torch.tensor([np.int8(1), np.int8(2)]).dtype == torch.int8
    assert torch.tensor([np.bool_(True)]).dtype == torch.bool


def test_shared_memory_is_seen_by_forked_processes():
    net = nn.Linear(40, 40)
    alias = net.weight.data
    before = alias.clone()
    net.share_memory()
    assert net.weight.is_shared() and net.weight.equal(before) and alias.equal(before)

    def child():
        with torch.no_grad():
            net.weight.fill_(3)

    process = torch.multiprocessing.get_context("fork").Process(target=child)
    process.start()
    process.join()
    assert process.exitcode == 0 and (net.weight == 3).all() and not torch.ones(1).is_shared()


def test_identity_passes_anything_on():
    assert nn.Identity()(3) == 3 and nn.Sequential(nn.Identity())("a") == "a"
    assert nn.Identity(54, unused=True)(input=None) is None
