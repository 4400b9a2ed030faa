"""What training scripts carry around: meters, early stopping, summaries, saliency, packing."""

import copy
import json
import os
import random

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch import optim
from torch.nn.init import _calculate_fan_in_and_fan_out
from torch.nn.utils.rnn import (
    pack_padded_sequence,
    pack_sequence,
    pad_packed_sequence,
    pad_sequence,
)


def seed_everything(seed=42):
    random.seed(seed)
    os.environ["PYTHONHASHSEED"] = str(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    torch.cuda.manual_seed(seed)
    torch.backends.cudnn.deterministic = True
    torch.backends.cudnn.benchmark = False


seed_everything()


class AverageMeter(object):
    def __init__(self, name, fmt=":f"):
        self.name, self.fmt = name, fmt
        self.reset()

    def reset(self):
        self.val = self.avg = self.sum = self.count = 0

    def update(self, val, n=1):
        self.val = val
        self.sum += val * n
        self.count += n
        self.avg = self.sum / self.count

    def __str__(self):
        return ("{name} {val" + self.fmt + "} ({avg" + self.fmt + "})").format(**self.__dict__)


def accuracy(output, target, topk=(1,)):
    with torch.no_grad():
        maxk = max(topk)
        batch_size = target.size(0)
        _, pred = output.topk(maxk, 1, True, True)
        pred = pred.t()
        correct = pred.eq(target.view(1, -1).expand_as(pred))
        res = []
        for k in topk:
            correct_k = correct[:k].reshape(-1).float().sum(0, keepdim=True)
            res.append(correct_k.mul_(100.0 / batch_size))
        return res


o, t = torch.randn(8, 5), torch.randint(0, 5, (8,))
a1, a3 = accuracy(o, t, (1, 3))
m = AverageMeter("Acc@1", ":6.2f")
m.update(a1[0], 8)
print(m, a1, a3)


class EarlyStopping:
    def __init__(self, p=2):
        self.p, self.c, self.best, self.stop = p, 0, None, False

    def __call__(self, v, model):
        if self.best is None or v < self.best:
            self.best = v
            self.c = 0
            torch.save(model.state_dict(), "cp.pt")
        else:
            self.c += 1
            print(f"EarlyStopping counter: {self.c} out of {self.p}")
            self.stop = self.c >= self.p


es = EarlyStopping()
[es(v, nn.Linear(1, 1)) for v in (3.0, 2.0, 2.5, 2.6)]
print(es.stop)


def confusion(pred, true, n):
    return torch.bincount(n * true + pred, minlength=n * n).reshape(n, n)


p, tr = torch.tensor([0, 1, 2, 2, 1]), torch.tensor([0, 1, 1, 2, 0])
cm = confusion(p, tr, 3)
print(cm, cm.diag().float() / cm.sum(1))
tp = ((p == 1) & (tr == 1)).sum().item()
print(tp)


class ResBlock(nn.Module):
    def __init__(self, i, o, s=1):
        super().__init__()
        self.c = nn.Sequential(
            nn.Conv2d(i, o, 3, s, 1, bias=False),
            nn.BatchNorm2d(o),
            nn.ReLU(),
            nn.Conv2d(o, o, 3, 1, 1, bias=False),
            nn.BatchNorm2d(o),
        )
        self.sc = (
            nn.Sequential()
            if s == 1 and i == o
            else nn.Sequential(nn.Conv2d(i, o, 1, s, bias=False), nn.BatchNorm2d(o))
        )

    def forward(self, x):
        return F.relu(self.c(x) + self.sc(x))


class SE(nn.Module):
    def __init__(self, c, r=4):
        super().__init__()
        self.avg_pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Sequential(
            nn.Linear(c, c // r, bias=False),
            nn.ReLU(inplace=True),
            nn.Linear(c // r, c, bias=False),
            nn.Sigmoid(),
        )

    def forward(self, x):
        b, c, _, _ = x.size()
        y = self.avg_pool(x).view(b, c)
        y = self.fc(y).view(b, c, 1, 1)
        return x * y.expand_as(x)


class DW(nn.Module):
    def __init__(self, i, o, k=3):
        super().__init__()
        self.d = nn.Conv2d(i, i, k, padding=k // 2, groups=i)
        self.p = nn.Conv2d(i, o, 1)

    def forward(self, x):
        return F.relu6(self.p(self.d(x)))


class Dense(nn.Module):
    def __init__(self, i, g):
        super().__init__()
        self.n1, self.c = nn.BatchNorm2d(i), nn.Conv2d(i, g, 3, padding=1)

    def forward(self, x):
        return torch.cat([x, self.c(F.relu(self.n1(x)))], 1)


class Inception(nn.Module):
    def __init__(self, i):
        super().__init__()
        self.b1 = nn.Conv2d(i, 2, 1)
        self.b2 = nn.Sequential(nn.Conv2d(i, 2, 1), nn.Conv2d(2, 3, 3, padding=1))
        self.b3 = nn.Conv2d(i, 2, 5, padding=2)
        self.b4 = nn.Conv2d(i, 1, 1)

    def forward(self, x):
        return torch.cat(
            [self.b1(x), self.b2(x), self.b3(x), self.b4(F.avg_pool2d(x, 3, stride=1, padding=1))],
            1,
        )


net = nn.Sequential(
    ResBlock(3, 8, 2),
    SE(8),
    DW(8, 8),
    Dense(8, 4),
    Inception(12),
    nn.AdaptiveMaxPool2d(1),
    nn.Flatten(),
    nn.Linear(8, 5),
)
x = torch.randn(4, 3, 16, 16)
print(net(x))
print(sum(p.numel() for p in net.parameters()))
opt = optim.SGD(net.parameters(), lr=0.05, momentum=0.9, weight_decay=1e-4, nesterov=True)
sch = optim.lr_scheduler.CosineAnnealingLR(opt, T_max=5)
for e in range(4):
    opt.zero_grad()
    l = F.cross_entropy(net(x), torch.tensor([0, 1, 2, 3]))
    l.backward()
    opt.step()
    sch.step()
    print(f"{e} {l.item():.4f} {opt.param_groups[0]['lr']:.5f}")
for name, layer in net.named_modules():
    if isinstance(layer, (nn.Conv2d, nn.Linear)):
        print(
            name,
            layer.__class__.__name__,
            tuple(layer.weight.shape),
            _calculate_fan_in_and_fan_out(layer.weight),
        )


def summary(m, x):
    hooks, rows = [], []

    def reg(mod):
        def h(mod, i, o):
            rows.append(
                (
                    mod.__class__.__name__,
                    list(o.shape),
                    sum(p.numel() for p in mod.parameters(recurse=False)),
                )
            )

        if not list(mod.children()):
            hooks.append(mod.register_forward_hook(h))

    m.apply(reg)
    m(x)
    [h.remove() for h in hooks]
    return rows


for r in summary(net, x):
    print("{:>20} {:>25} {:>10}".format(r[0], str(r[1]), "{0:,}".format(r[2])))
# grad-cam, saliency, fgsm
net.eval()
feats = {}
h1 = net[4].register_forward_hook(lambda m, i, o: feats.__setitem__("a", o))
xi = x[:1].clone().requires_grad_(True)
out = net(xi)
feats["a"].retain_grad()
out[0, out.argmax()].backward()
w = feats["a"].grad.mean(dim=(2, 3), keepdim=True)
cam = F.relu((w * feats["a"]).sum(1))
cam = cam / (cam.max() + 1e-8)
print(cam.shape, cam.max() <= 1, xi.grad.data.abs().max(dim=1)[0].shape)
adv = torch.clamp(xi + 0.03 * xi.grad.sign(), 0, 1)
print(
    (adv - xi).abs().max() >= 0,
    F.interpolate(cam[None], size=(16, 16), mode="bilinear", align_corners=False).shape,
)
h1.remove()
# pruning by mask, quantile thresholds, weight stats
for n, p in net.named_parameters():
    if "weight" in n and p.dim() > 1:
        thr = torch.quantile(p.abs().flatten(), 0.5)
        mask = (p.abs() > thr).float()
        p.data.mul_(mask)
        print(n, f"{(p == 0).float().mean():.2f}")
# autoregressive / packing
seqs = [torch.randn(n, 3) for n in (4, 2, 3)]
lens = torch.tensor([len(s) for s in seqs])
pad = pad_sequence(seqs, batch_first=True)
pk = pack_padded_sequence(pad, lens, batch_first=True, enforce_sorted=False)
rnn = nn.GRU(3, 4, batch_first=True)
o, h = rnn(pk)
o, l = pad_packed_sequence(o, batch_first=True)
print(o.shape, l, h.shape, pk.sorted_indices, pk.batch_sizes)
print(pack_sequence([torch.tensor([1, 2, 3]), torch.tensor([4, 5])]))
last = o[torch.arange(3), lens - 1]
print(torch.allclose(last, h[0]))
mask = torch.arange(4)[None, :] < lens[:, None]
print(mask, pad.masked_fill(~mask.unsqueeze(-1), 0).sum() == pad.sum())
print(
    torch.nn.functional.ctc_loss(
        torch.randn(6, 2, 5).log_softmax(2),
        torch.randint(1, 5, (2, 3)),
        torch.tensor([6, 6]),
        torch.tensor([3, 2]),
    ).item()
    > 0
)
print(
    json.dumps({"a": torch.ones(2).tolist(), "b": torch.tensor(1.5).item()}),
    max(torch.tensor([3, 1])),
    min([torch.tensor(2.0), torch.tensor(1.0)]),
    sorted([torch.tensor(3), torch.tensor(1)]),
    sum(torch.arange(4)),
    abs(torch.tensor(-2)),
    round(torch.tensor(2.567).item(), 2),
    int(torch.tensor(3.7)),
    float(torch.tensor(2)),
    bool(torch.tensor(0)),
    pow(torch.tensor(2), 3),
    torch.tensor(3) in torch.arange(5),
    [i for i in torch.arange(3)],
    {torch.tensor(1).item(): 2},
    torch.arange(3) == torch.tensor([0, 5, 2]),
    torch.tensor([1, 2]).eq(1).any(),
    np.array([torch.tensor(1), torch.tensor(2)]).sum(),
    hash(torch.tensor(1)) != 0,
    copy.copy(torch.ones(1)),
    5 // torch.tensor(2),
    5 % torch.tensor(3),
    2 ** torch.arange(3),
    True & torch.tensor(True),
    torch.tensor([True, False]).sum(),
    torch.tensor([1.0, 2.0]) @ torch.tensor([3.0, 4.0]),
    -torch.ones(1),
    +torch.ones(1),
    ~torch.tensor([True]),
    torch.tensor(5).__index__(),
    list(range(torch.tensor(3))),
    "abc"[torch.tensor(1)],
    [10, 20, 30][torch.tensor(2)],
    np.arange(5)[torch.tensor([1, 2])],
    f"{torch.tensor(3.14159):.2f}",
    f"{torch.tensor(5)}",
    "%s" % torch.tensor([1, 2]),
    str(torch.tensor(2.0)),
    repr(torch.tensor([])),
    torch.tensor(1.0).item().__class__,
)
