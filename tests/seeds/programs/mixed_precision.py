"""autocast, GradScaler, compile, TorchScript's decorators, checkpoints of activations."""

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.cuda.amp import GradScaler, autocast
from torch.utils.checkpoint import checkpoint, checkpoint_sequential

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
device_type = "cuda" if "cuda" in device else "cpu"
net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 4)).to(device)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
use_amp = device == "cuda"
scaler = torch.amp.GradScaler(device, enabled=use_amp)
x, y = torch.randn(16, 8), torch.randint(0, 4, (16,))
for i in range(3):
    with torch.autocast(device_type=device, dtype=torch.float16, enabled=use_amp):
        out = net(x)
        loss = F.cross_entropy(out, y)
    scaler.scale(loss).backward()
    scaler.unscale_(opt)
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    scaler.step(opt)
    scaler.update()
    opt.zero_grad()
    print(i, loss.item(), out.dtype, scaler.get_scale())
with torch.autocast("cpu", dtype=torch.bfloat16):
    o = net(x)
    print(
        o.dtype,
        (x @ x.t()).dtype,
        (x + x).dtype,
        F.cross_entropy(o, y).dtype,
        torch.is_autocast_enabled("cpu"),
    )
    l = F.mse_loss(o, torch.zeros_like(o))
    print(l.dtype)
    o2 = torch.softmax(o, -1)
    print(o2.dtype)
    with torch.autocast("cpu", enabled=False):
        print((x @ x.t()).dtype)
l.backward()
print(net[0].weight.grad.dtype, net[0].weight.dtype)
with torch.cpu.amp.autocast():
    print(net(x).dtype)

with autocast(enabled=False):
    print(net(x).dtype)
s = GradScaler(enabled=False)
print(s.is_enabled(), s.state_dict(), s.scale(torch.ones(1)))
sc = torch.amp.GradScaler("cpu", init_scale=4.0, growth_interval=2)
q = torch.ones(2, requires_grad=True)
so = torch.optim.SGD([q], lr=0.1)
for k in range(4):
    so.zero_grad()
    ls = (q * (float("inf") if k == 2 else 1.0)).sum()
    sc.scale(ls).backward()
    sc.step(so)
    sc.update()
    print(k, sc.get_scale(), q)
print(sc.state_dict())


@torch.compile
def foo(x, y):
    return torch.sin(x) + torch.cos(y)


print(foo(torch.ones(2), torch.zeros(2)))
opt_mod = torch.compile(net)
print(opt_mod(x).shape, type(opt_mod).__name__)
print(opt_mod)
print(list(opt_mod.state_dict()))
print(opt_mod._orig_mod is net, opt_mod.training)
net2 = torch.compile(
    nn.Linear(2, 2), mode="reduce-overhead", fullgraph=True, dynamic=False, backend="eager"
)
print(net2.weight.shape, net2.eval().training)


@torch.jit.script
def fn(x: torch.Tensor, n: int) -> torch.Tensor:
    for i in range(n):
        x = x * 2
    return x


print(fn(torch.ones(1), 3))


class M(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.l = nn.Linear(2, 2)

    @torch.jit.ignore
    def helper(self, x):
        return x

    @torch.jit.export
    def other(self, x):
        return x + 1

    def forward(self, x):
        return self.l(x) if not torch.jit.is_scripting() else x


print(
    M()(torch.ones(1, 2)).shape,
    torch.jit.trace(M(), torch.ones(1, 2))(torch.ones(3, 2)).shape,
    torch.jit.is_tracing(),
)
torch.backends.cudnn.benchmark = True
torch.backends.cudnn.deterministic = True
torch.backends.cuda.matmul.allow_tf32 = True
torch.set_float32_matmul_precision("high")
torch.backends.cudnn.enabled
print(
    torch.backends.mps.is_available(),
    torch.backends.mps.is_built(),
    torch.cuda.device_count(),
    torch.backends.mkldnn.is_available() in (True, False),
    torch.get_num_threads() > 0,
    torch.version.cuda,
    torch.__version__[:4],
    torch.cuda.is_available(),
    torch.backends.openmp.is_available() in (True, False),
)
torch.manual_seed(0)
torch.cuda.manual_seed(0)
torch.cuda.manual_seed_all(0)
torch.use_deterministic_algorithms(True)
torch.set_num_threads(1)
torch.cuda.empty_cache()
dev = torch.accelerator.current_accelerator().type if torch.accelerator.is_available() else "cpu"
print(
    f"Using {dev} device",
    torch.device(dev),
    torch.device("cpu"),
    torch.device("cuda:1").index,
)
try:
    torch.ones(1).cuda()
except (AssertionError, RuntimeError) as e:
    print(type(e).__name__)

big = nn.Sequential(*[nn.Sequential(nn.Linear(8, 8), nn.Tanh(), nn.Dropout(0.2)) for _ in range(4)])
for mode in (True, False):
    torch.manual_seed(5)
    xi = x.clone().requires_grad_()
    o = checkpoint_sequential(big, 2, xi, use_reentrant=mode)
    o.sum().backward()
    print(o.sum(), xi.grad.sum(), big[0][0].weight.grad.sum())
    big.zero_grad()
torch.manual_seed(5)
xi = x.clone().requires_grad_()
big(xi).sum().backward()
print(xi.grad.sum(), big[0][0].weight.grad.sum())
h = checkpoint(lambda a, b: (a @ b).relu(), x, nn.Parameter(torch.ones(8, 2)), use_reentrant=False)
h.sum().backward()
print(h.shape)
