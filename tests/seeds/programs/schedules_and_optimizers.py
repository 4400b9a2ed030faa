"""Learning rates, clipping, accumulation, every optimizer, and one's own."""

import math
import warnings

import torch
from torch import nn, optim
from torch.optim import lr_scheduler as L
from torch.optim.lr_scheduler import _LRScheduler
from torch.optim.swa_utils import AveragedModel

warnings.simplefilter("ignore")
torch.manual_seed(0)


def mk():
    m = nn.Linear(2, 1)
    return m, optim.SGD(m.parameters(), lr=0.1, momentum=0.9)


S = dict(
    step=lambda o: L.StepLR(o, 2, 0.5),
    multi=lambda o: L.MultiStepLR(o, [2, 5], 0.1),
    exp=lambda o: L.ExponentialLR(o, 0.9),
    cos=lambda o: L.CosineAnnealingLR(o, 6, 1e-3),
    cwr=lambda o: L.CosineAnnealingWarmRestarts(o, 3, 2),
    lam=lambda o: L.LambdaLR(o, lambda e: 0.95**e),
    mul=lambda o: L.MultiplicativeLR(o, lambda e: 0.95),
    lin=lambda o: L.LinearLR(o, 0.3, total_iters=4),
    const=lambda o: L.ConstantLR(o, 0.5, 3),
    poly=lambda o: L.PolynomialLR(o, 5, 2.0),
    cyc=lambda o: L.CyclicLR(o, 0.01, 0.1, 2, mode="triangular2"),
    one=lambda o: L.OneCycleLR(o, 0.5, epochs=2, steps_per_epoch=4),
    seq=lambda o: L.SequentialLR(
        o, [L.LinearLR(o, 0.1, total_iters=2), L.CosineAnnealingLR(o, 5)], [2]
    ),
    chain=lambda o: L.ChainedScheduler([L.ConstantLR(o, 0.1, 2), L.ExponentialLR(o, 0.9)]),
)
for k, f in S.items():
    m, o = mk()
    s = f(o)
    lrs = []
    for e in range(8):
        lrs.append(round(o.param_groups[0]["lr"], 6))
        o.step()
        s.step()
    print(k, lrs, [round(v, 6) for v in s.get_last_lr()])
m, o = mk()
p = L.ReduceLROnPlateau(o, "min", factor=0.5, patience=1, threshold=0.01)
for v in [1, 0.9, 0.9, 0.9, 0.9, 0.5, 0.5, 0.5]:
    p.step(v)
    print(o.param_groups[0]["lr"], end=" ")
print()
print(p.num_bad_epochs, p.best, sorted(p.state_dict())[:4])


def warmup(step, w=3, total=10):
    return step / w if step < w else 0.5 * (1 + math.cos(math.pi * (step - w) / (total - w)))


m, o = mk()
s = L.LambdaLR(o, warmup)
x, y = torch.randn(12, 2), torch.randn(12, 1)
acc = 3
for i in range(9):
    loss = nn.functional.mse_loss(m(x[i : i + 4]), y[i : i + 4]) / acc
    loss.backward()
    if (i + 1) % acc == 0:
        n = nn.utils.clip_grad_norm_(m.parameters(), max_norm=0.5, norm_type=2)
        o.step()
        o.zero_grad()
        s.step()
        print(i, f"{loss.item():.5f} {n:.5f}", s.get_last_lr(), m.weight.grad)
print(nn.utils.parameters_to_vector(m.parameters()))
v = torch.zeros(3)
nn.utils.vector_to_parameters(v, m.parameters())
print(m.weight)
o = optim.Adam(
    [{"params": [m.weight], "lr": 1e-2}, {"params": m.bias, "weight_decay": 1e-4}], lr=1e-3
)
print(o)
o.add_param_group({"params": [nn.Parameter(torch.ones(1))], "lr": 5.0})
print(len(o.param_groups), [g["lr"] for g in o.param_groups])
for cls, kw in (
    (optim.SGD, dict(lr=0.1, nesterov=True, momentum=0.9, weight_decay=0.01)),
    (optim.Adam, dict(lr=0.1, amsgrad=True)),
    (optim.AdamW, dict(lr=0.1)),
    (optim.RMSprop, dict(lr=0.1, centered=True, momentum=0.5)),
    (optim.Adagrad, dict(lr=0.1)),
    (optim.Adadelta, {}),
    (optim.Adamax, {}),
    (optim.NAdam, {}),
    (optim.RAdam, dict(lr=0.1)),
    (optim.Rprop, {}),
    (optim.ASGD, {}),
    (optim.LBFGS, dict(lr=0.5)),
):
    torch.manual_seed(1)
    q = torch.tensor([1.5, -2.0], requires_grad=True)
    o = cls([q], **kw)

    def closure():
        o.zero_grad()
        l = (q**2).sum() + (q[0] * q[1])
        l.backward()
        return l

    for _ in range(5):
        l = o.step(closure)
    print(cls.__name__, q.detach(), l.item())

a = AveragedModel(m)
a.update_parameters(m)
print(a.n_averaged, a.module.weight)


class Warm(_LRScheduler):
    def __init__(self, opt, n):
        self.n = n
        super().__init__(opt)

    def get_lr(self):
        return [b * min(1, (self.last_epoch + 1) / self.n) for b in self.base_lrs]


m, o = mk()
w = Warm(o, 4)
print([(w.step(), round(w.get_last_lr()[0], 4))[1] for _ in range(5)])


class MySGD(optim.Optimizer):
    def __init__(self, params, lr=1e-2, decay=0.0):
        super().__init__(params, dict(lr=lr, decay=decay))

    @torch.no_grad()
    def step(self, closure=None):
        loss = closure() if closure is not None else None
        for g in self.param_groups:
            for p in g["params"]:
                if p.grad is None:
                    continue
                st = self.state[p]
                if len(st) == 0:
                    st["step"] = 0
                    st["buf"] = torch.zeros_like(p.data)
                st["step"] += 1
                st["buf"].mul_(0.9).add_(p.grad.data)
                p.data.add_(st["buf"], alpha=-g["lr"])
        return loss


o = MySGD(m.parameters(), lr=0.05)
m(x).pow(2).mean().backward()
o.step()
print(o, o.state[m.weight]["step"], m.weight)
