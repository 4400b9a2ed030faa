"""Diffusion, rotary positions, caches, adapters, sampling, experts, penalties."""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)
# diffusion schedule
T = 20
betas = torch.linspace(1e-4, 0.02, T)
alphas = 1.0 - betas
ac = torch.cumprod(alphas, axis=0)
acp = F.pad(ac[:-1], (1, 0), value=1.0)
post = betas * (1.0 - acp) / (1.0 - ac)
print(ac[-1], post[:3])


def extract(a, t, shape):
    return a.gather(-1, t.cpu()).reshape(t.shape[0], *((1,) * (len(shape) - 1))).to(t.device)


def q_sample(x, t, n=None):
    n = torch.randn_like(x) if n is None else n
    return extract(ac.sqrt(), t, x.shape) * x + extract((1 - ac).sqrt(), t, x.shape) * n


x0 = torch.rand(4, 1, 8, 8) * 2 - 1
t = torch.randint(0, T, (4,)).long()
print(q_sample(x0, t).std())


class SinEmb(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.d = d

    def forward(self, t):
        h = self.d // 2
        e = math.log(10000) / (h - 1)
        e = torch.exp(torch.arange(h, device=t.device) * -e)
        e = t[:, None] * e[None, :]
        return torch.cat((e.sin(), e.cos()), dim=-1)


class Den(nn.Module):
    def __init__(self):
        super().__init__()
        self.te = nn.Sequential(SinEmb(16), nn.Linear(16, 32), nn.GELU(), nn.Linear(32, 8))
        self.c1 = nn.Conv2d(1, 8, 3, padding=1)
        self.gn = nn.GroupNorm(4, 8)
        self.c2 = nn.Conv2d(8, 1, 3, padding=1)

    def forward(self, x, t):
        h = self.c1(x) + self.te(t)[..., None, None]
        return self.c2(F.silu(self.gn(h)))


d = Den()
o = torch.optim.Adam(d.parameters(), 1e-2)
for i in range(6):
    n = torch.randn_like(x0)
    t = torch.randint(0, T, (4,))
    l = F.smooth_l1_loss(n, d(q_sample(x0, t, n), t))
    o.zero_grad()
    l.backward()
    o.step()
    print(i, f"{l.item():.4f}")


@torch.no_grad()
def p_sample(x, i):
    t = torch.full((x.shape[0],), i, dtype=torch.long)
    b = extract(betas, t, x.shape)
    mean = extract((1 / alphas).sqrt(), t, x.shape) * (
        x - b * d(x, t) / extract((1 - ac).sqrt(), t, x.shape)
    )
    return mean if i == 0 else mean + extract(post, t, x.shape).sqrt() * torch.randn_like(x)


img = torch.randn(2, 1, 8, 8)
for i in reversed(range(T)):
    img = p_sample(img, i)
print(img.mean(), img.clamp(-1, 1).shape)


# rope, rmsnorm, kv cache, GQA, swiglu (llama)
def rope(dim, end, theta=10000.0):
    f = 1.0 / (theta ** (torch.arange(0, dim, 2)[: dim // 2].float() / dim))
    return torch.polar(
        torch.ones_like(torch.outer(torch.arange(end), f)), torch.outer(torch.arange(end), f)
    )


def apply_rope(q, f):
    qc = torch.view_as_complex(q.float().reshape(*q.shape[:-1], -1, 2))
    f = f.view(1, q.shape[1], 1, qc.shape[-1])
    return torch.view_as_real(qc * f).flatten(3).type_as(q)


class RMS(nn.Module):
    def __init__(self, d, eps=1e-6):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(d))

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps) * self.weight


class Att(nn.Module):
    def __init__(self, d, h, kv):
        super().__init__()
        self.h, self.kv, self.hd = h, kv, d // h
        self.wq = nn.Linear(d, d, bias=False)
        self.wk = nn.Linear(d, kv * self.hd, bias=False)
        self.wv = nn.Linear(d, kv * self.hd, bias=False)
        self.wo = nn.Linear(d, d, bias=False)
        self.register_buffer("ck", torch.zeros(1, 8, kv, self.hd))
        self.register_buffer("cv", torch.zeros(1, 8, kv, self.hd))

    def forward(self, x, p, f):
        B, L, _ = x.shape
        q, k, v = (
            self.wq(x).view(B, L, self.h, -1),
            self.wk(x).view(B, L, self.kv, -1),
            self.wv(x).view(B, L, self.kv, -1),
        )
        q, k = apply_rope(q, f), apply_rope(k, f)
        self.ck[:B, p : p + L] = k
        self.cv[:B, p : p + L] = v
        k, v = self.ck[:B, : p + L], self.cv[:B, : p + L]
        rep = self.h // self.kv
        k = (
            k[:, :, :, None, :]
            .expand(B, p + L, self.kv, rep, self.hd)
            .reshape(B, p + L, self.h, self.hd)
        )
        v = v.repeat_interleave(rep, dim=2)
        q, k, v = (z.transpose(1, 2) for z in (q, k, v))
        s = q @ k.transpose(2, 3) / math.sqrt(self.hd)
        if L > 1:
            m = torch.full((L, L), float("-inf")).triu(1)
            s = s + torch.hstack([torch.zeros((L, p)), m]).type_as(s)
        return self.wo(
            (F.softmax(s.float(), -1).type_as(q) @ v).transpose(1, 2).contiguous().view(B, L, -1)
        )


with torch.inference_mode():
    a = Att(16, 4, 2)
    f = rope(4, 8)
    x = torch.randn(1, 5, 16)
    full = a(RMS(16)(x), 0, f[:5])
    a.ck.zero_()
    parts = [a(RMS(16)(x)[:, i : i + 1], i, f[i : i + 1]) for i in range(5)]
    print(torch.allclose(full, torch.cat(parts, 1), atol=1e-5), full.sum())


# lora
class LoRA(nn.Module):
    def __init__(self, lin, r=2, alpha=4):
        super().__init__()
        self.lin = lin
        self.A = nn.Parameter(torch.randn(lin.in_features, r) / math.sqrt(r))
        self.B = nn.Parameter(torch.zeros(r, lin.out_features))
        self.s = alpha / r

    def forward(self, x):
        return self.lin(x) + self.s * (x @ self.A @ self.B)


net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
net.requires_grad_(False)
for n, c in list(net.named_children()):
    if isinstance(c, nn.Linear):
        setattr(net, n, LoRA(c))
print(
    net,
    [n for n, p in net.named_parameters() if p.requires_grad],
    sum(p.numel() for p in net.parameters() if p.requires_grad),
)
# beam search, top-p, temperature
logits = torch.randn(1, 10)


def top_p(l, p=0.8):
    s, i = torch.sort(l, descending=True)
    c = torch.cumsum(F.softmax(s, -1), -1)
    rm = c > p
    rm[..., 1:] = rm[..., :-1].clone()
    rm[..., 0] = 0
    ir = rm.scatter(1, i, rm)
    return l.masked_fill(ir, -float("inf"))


print(top_p(logits), torch.multinomial(F.softmax(top_p(logits) / 0.7, -1), 1))
sc, ids = torch.topk(F.log_softmax(logits, -1), 3)
print(sc, ids // 3, ids % 3)
# mixup, cutout, ema, grad penalty, spectral
lam = 0.3
xb, yb = torch.randn(4, 3), torch.tensor([0, 1, 2, 1])
perm = torch.randperm(4)
print(lam * xb + (1 - lam) * xb[perm])
D = nn.Sequential(nn.Linear(3, 8), nn.LeakyReLU(0.2), nn.Linear(8, 1))
r, fk = torch.randn(4, 3), torch.randn(4, 3)
e = torch.rand(4, 1)
it = (e * r + (1 - e) * fk).requires_grad_(True)
g = torch.autograd.grad(
    outputs=D(it),
    inputs=it,
    grad_outputs=torch.ones(4, 1),
    create_graph=True,
    retain_graph=True,
    only_inputs=True,
)[0]
gp = ((g.norm(2, dim=1) - 1) ** 2).mean()
gp.backward()
print(gp.item(), D[0].weight.grad.norm())
# vq-vae
emb = nn.Embedding(5, 3)
z = torch.randn(6, 3, requires_grad=True)
dist = z.pow(2).sum(1, keepdim=True) + emb.weight.pow(2).sum(1) - 2 * z @ emb.weight.t()
idx = dist.argmin(1)
q = emb(idx)
loss = F.mse_loss(q.detach(), z) * 0.25 + F.mse_loss(q, z.detach())
q = z + (q - z).detach()
(q.sum() + loss).backward()
print(idx, loss.item(), z.grad.sum())
# moe, hard routing
gate = nn.Linear(3, 4)
ex = nn.ModuleList(nn.Linear(3, 3) for _ in range(4))
w, s = torch.topk(F.softmax(gate(xb), -1), 2)
out = torch.zeros_like(xb)
for i, e in enumerate(ex):
    b, n = torch.where(s == i)
    out[b] += w[b, n, None] * e(xb[b])
print(out)
out.sum().backward()
print(gate.weight.grad.norm())
# nms / iou / anchors
bx = torch.tensor([[0.0, 0.0, 2.0, 2.0], [1.0, 1.0, 3.0, 3.0], [5.0, 5.0, 6.0, 6.0]])
lt = torch.max(bx[:, None, :2], bx[:, :2])
rb = torch.min(bx[:, None, 2:], bx[:, 2:])
wh = (rb - lt).clamp(min=0)
inter = wh.prod(2)
ar = (bx[:, 2:] - bx[:, :2]).prod(1)
print(inter / (ar[:, None] + ar - inter))
gy, gx = torch.meshgrid(torch.arange(2), torch.arange(3), indexing="ij")
print(torch.stack((gx, gy), -1).reshape(-1, 2))
# ODE, physics-informed, second derivs
net = nn.Sequential(nn.Linear(1, 8), nn.Tanh(), nn.Linear(8, 1))
tt = torch.linspace(0, 1, 5).view(-1, 1).requires_grad_(True)
u = net(tt)
du = torch.autograd.grad(u, tt, torch.ones_like(u), create_graph=True)[0]
d2u = torch.autograd.grad(du, tt, torch.ones_like(du), create_graph=True)[0]
l = ((d2u + u) ** 2).mean()
l.backward()
print(l, net[0].weight.grad.norm())
