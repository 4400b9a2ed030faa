"""state_dicts, checkpoints, whole modules; changes to modules that exist."""

import copy
import io
from collections import OrderedDict

import torch
import torch.nn as nn
import torch.optim as optim

torch.manual_seed(0)


class TheModelClass(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 6, 5)
        self.pool = nn.MaxPool2d(2, 2)
        self.fc1 = nn.Linear(6 * 14 * 14, 4)
        self.bn = nn.BatchNorm1d(4)
        self.register_buffer("steps", torch.zeros(1, dtype=torch.long))
        self.register_buffer("tmp", torch.ones(2), persistent=False)

    def forward(self, x):
        return self.bn(self.fc1(self.pool(torch.relu(self.conv1(x))).flatten(1)))


model = TheModelClass()
optimizer = optim.SGD(model.parameters(), lr=0.001, momentum=0.9)
print("Model's state_dict:")
for param_tensor in model.state_dict():
    print(param_tensor, "\t", model.state_dict()[param_tensor].size())
print("Optimizer's state_dict:")
for var_name in optimizer.state_dict():
    print(var_name, "\t", optimizer.state_dict()[var_name])
model(torch.randn(2, 3, 32, 32)).sum().backward()
optimizer.step()
torch.save(model.state_dict(), "m.pt")
m2 = TheModelClass()
print(m2.load_state_dict(torch.load("m.pt", weights_only=True)))
m2.eval()
print(all(torch.equal(a, b) for a, b in zip(model.state_dict().values(), m2.state_dict().values())))
torch.save(
    {
        "epoch": 5,
        "model_state_dict": model.state_dict(),
        "optimizer_state_dict": optimizer.state_dict(),
        "loss": 0.4,
    },
    "ck.tar",
)
ck = torch.load("ck.tar", map_location="cpu")
print(ck["epoch"], ck["loss"], list(ck))
optimizer.load_state_dict(ck["optimizer_state_dict"])
print(len(optimizer.state_dict()["state"]))
torch.save(model, "whole.pt")
w = torch.load("whole.pt", weights_only=False)
print(type(w).__name__, w.training)
try:
    torch.load("whole.pt")
except Exception as e:
    print(type(e).__name__, str(e)[:60])
sd = model.state_dict()
sd2 = OrderedDict((k.replace("fc1", "fc2"), v) for k, v in sd.items())
try:
    TheModelClass().load_state_dict(sd2)
except RuntimeError as e:
    print(e)
print(TheModelClass().load_state_dict(sd2, strict=False))
sd["fc1.weight"] = torch.ones(3, 3)
try:
    TheModelClass().load_state_dict(sd)
except RuntimeError as e:
    print(e)
dp = OrderedDict(("module." + k, v) for k, v in model.state_dict().items())
new = OrderedDict((k[7:] if k.startswith("module.") else k, v) for k, v in dp.items())
print(list(new)[:3])
pre = {k: v for k, v in new.items() if "fc1" not in k}
md = m2.state_dict()
md.update(pre)
m2.load_state_dict(md)
buf = io.BytesIO()
torch.save([torch.arange(3), {"a": (1, "x", None, 2.5, True)}], buf)
buf.seek(0)
print(torch.load(buf))
x = torch.arange(4.0)
torch.save([x, x[1:]], "s.pt")
a, b = torch.load("s.pt")
b[0] = 99
print(a)
with torch.no_grad():
    for p in model.parameters():
        p.mul_(0.5)
print(
    model.state_dict().__class__.__name__,
    model.state_dict()._metadata["bn"],
)
c = copy.deepcopy(model)
print(c is not model, next(c.parameters()).data_ptr() != next(model.parameters()).data_ptr())
for n, mod in model.named_modules():
    print(repr(n), mod.__class__.__name__)
print(
    [n for n, _ in model.named_children()],
    [n for n, _ in model.named_buffers()],
    [tuple(b.shape) for b in model.buffers()],
)
model.half()
print(model.fc1.weight.dtype)
model.float().double()
print(model.bn.running_mean.dtype, model.steps.dtype)
model.to("cpu", torch.float32)
model.requires_grad_(False)
print(any(p.requires_grad for p in model.parameters()))
model.fc1.weight.requires_grad = True
print(sum(p.numel() for p in model.parameters() if p.requires_grad))
del model.pool
print(hasattr(model, "pool"))
model.fc1 = nn.Identity()
print(model)
model.add_module("extra", nn.Sequential(OrderedDict([("l", nn.Linear(1, 1)), ("act", nn.GELU())])))
print(model.extra.l, model.get_submodule("extra.act"), model.get_parameter("extra.l.weight").shape)
ema = copy.deepcopy(m2)
with torch.no_grad():
    for pe, p in zip(ema.parameters(), m2.parameters()):
        pe.mul_(0.9).add_(p, alpha=0.1)
print("ok")
torch.save(torch.nn.Parameter(torch.ones(2)), "p.pt")
print(torch.load("p.pt"))
torch.manual_seed(3)
st = torch.get_rng_state()
r1 = torch.rand(2)
torch.set_rng_state(st)
print(torch.equal(r1, torch.rand(2)))
