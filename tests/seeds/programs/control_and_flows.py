"""Policy gradients, normalizing flows, rendering, recurrences, Gaussian processes."""

import math

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.distributions import Independent, MultivariateNormal, Normal

torch.manual_seed(0)
np.random.seed(0)


# PPO
class AC(nn.Module):
    def __init__(self, o=3, a=2):
        super().__init__()
        self.pi = nn.Sequential(nn.Linear(o, 16), nn.Tanh(), nn.Linear(16, a))
        self.log_std = nn.Parameter(-0.5 * torch.ones(a))
        self.v = nn.Sequential(nn.Linear(o, 16), nn.Tanh(), nn.Linear(16, 1))

    def dist(self, o):
        return Normal(self.pi(o), torch.exp(self.log_std))


ac = AC()
opt = torch.optim.Adam(ac.parameters(), 3e-3, eps=1e-5)
obs = torch.randn(32, 3)
with torch.no_grad():
    d = ac.dist(obs)
    act = d.sample()
    old = d.log_prob(act).sum(-1)
    val = ac.v(obs).squeeze(-1)
rew = -(act**2).sum(-1)
done = torch.zeros(32)
adv = torch.zeros(32)
last = 0
for t in reversed(range(31)):
    delta = rew[t] + 0.99 * val[t + 1] * (1 - done[t]) - val[t]
    adv[t] = last = delta + 0.99 * 0.95 * (1 - done[t]) * last
ret = adv + val
adv = (adv - adv.mean()) / (adv.std() + 1e-8)
for e in range(4):
    for idx in torch.utils.data.BatchSampler(
        torch.utils.data.SubsetRandomSampler(range(32)), 16, False
    ):
        d = ac.dist(obs[idx])
        lp = d.log_prob(act[idx]).sum(-1)
        ratio = torch.exp(lp - old[idx])
        s1 = ratio * adv[idx]
        s2 = torch.clamp(ratio, 0.8, 1.2) * adv[idx]
        vl = F.mse_loss(ac.v(obs[idx]).squeeze(-1), ret[idx])
        ent = d.entropy().sum(-1).mean()
        loss = -torch.min(s1, s2).mean() + 0.5 * vl - 0.01 * ent
        opt.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(ac.parameters(), 0.5)
        opt.step()
    print(e, f"{loss.item():.4f} {ent.item():.4f} {(old[idx] - lp).mean().item():.5f}")


# SAC
class Actor(nn.Module):
    def __init__(self):
        super().__init__()
        self.l = nn.Linear(3, 16)
        self.mu, self.ls = nn.Linear(16, 2), nn.Linear(16, 2)

    def forward(self, s):
        h = F.relu(self.l(s))
        mu, ls = self.mu(h), self.ls(h).clamp(-20, 2)
        n = Normal(mu, ls.exp())
        x = n.rsample()
        a = torch.tanh(x)
        lp = n.log_prob(x) - torch.log(1 - a.pow(2) + 1e-6)
        return a, lp.sum(1, keepdim=True)


q1, q2, actor = nn.Linear(5, 1), nn.Linear(5, 1), Actor()
la = torch.zeros(1, requires_grad=True)
oa = torch.optim.Adam(actor.parameters(), 1e-2)
ol = torch.optim.Adam([la], 1e-2)
for e in range(3):
    a, lp = actor(obs)
    q = torch.min(q1(torch.cat([obs, a], 1)), q2(torch.cat([obs, a], -1)))
    l = (la.exp().detach() * lp - q).mean()
    oa.zero_grad()
    l.backward()
    oa.step()
    al = -(la * (lp + -2).detach()).mean()
    ol.zero_grad()
    al.backward()
    ol.step()
    print(l.item(), la.item())


# RealNVP
class Coupling(nn.Module):
    def __init__(self, d, mask):
        super().__init__()
        self.register_buffer("mask", mask)
        self.s = nn.Sequential(nn.Linear(d, 16), nn.LeakyReLU(), nn.Linear(16, d), nn.Tanh())
        self.t = nn.Sequential(nn.Linear(d, 16), nn.LeakyReLU(), nn.Linear(16, d))

    def forward(self, x):
        xm = x * self.mask
        s, t = self.s(xm) * (1 - self.mask), self.t(xm) * (1 - self.mask)
        return xm + (1 - self.mask) * (x * torch.exp(s) + t), s.sum(1)

    def inverse(self, y):
        ym = y * self.mask
        s, t = self.s(ym) * (1 - self.mask), self.t(ym) * (1 - self.mask)
        return ym + (1 - self.mask) * (y - t) * torch.exp(-s)


masks = torch.from_numpy(np.array([[0, 1], [1, 0]] * 2).astype(np.float32))
flows = nn.ModuleList([Coupling(2, m) for m in masks])
prior = Independent(Normal(torch.zeros(2), torch.ones(2)), 1)
fo = torch.optim.Adam(flows.parameters(), 1e-2)
X = torch.randn(64, 2) * torch.tensor([1.0, 0.3]) + 1
for e in range(10):
    z, ld = X, torch.zeros(64)
    for f in flows:
        z, l_ = f(z)
        ld = ld + l_
    loss = -(prior.log_prob(z) + ld).mean()
    fo.zero_grad()
    loss.backward()
    fo.step()
print(loss)
y = z
for f in reversed(flows):
    y = f.inverse(y)
print(torch.allclose(y, X, atol=1e-4))


# NeRF bits
def posenc(x, L=3):
    rets = [x]
    [rets.append(fn(2.0**i * x)) for i in range(L) for fn in (torch.sin, torch.cos)]
    return torch.cat(rets, -1)


def render(raw, z):
    rgb, sig = torch.sigmoid(raw[..., :3]), F.relu(raw[..., 3])
    dist = torch.cat((z[..., 1:] - z[..., :-1], torch.tensor([1e10]).expand(z[..., :1].shape)), -1)
    alpha = 1.0 - torch.exp(-sig * dist)
    w = alpha * torch.cumprod(
        torch.cat([torch.ones_like(alpha[..., :1]), 1.0 - alpha[..., :-1] + 1e-10], -1), -1
    )
    return (w[..., None] * rgb).sum(-2), w


def sample_pdf(bins, w, n):
    w = w + 1e-5
    pdf = w / w.sum(-1, keepdim=True)
    cdf = torch.cumsum(pdf, -1)
    cdf = torch.cat([torch.zeros_like(cdf[..., :1]), cdf], -1)
    u = torch.linspace(0.0, 1.0, steps=n).expand(list(cdf.shape[:-1]) + [n]).contiguous()
    inds = torch.searchsorted(cdf, u, right=True)
    below, above = (
        torch.max(torch.zeros_like(inds - 1), inds - 1),
        torch.min((cdf.shape[-1] - 1) * torch.ones_like(inds), inds),
    )
    g = torch.stack([below, above], -1)
    sh = [g.shape[0], g.shape[1], cdf.shape[-1]]
    cg = torch.gather(cdf.unsqueeze(1).expand(sh), 2, g)
    bg = torch.gather(bins.unsqueeze(1).expand(sh), 2, g)
    den = cg[..., 1] - cg[..., 0]
    den = torch.where(den < 1e-5, torch.ones_like(den), den)
    return bg[..., 0] + (u - cg[..., 0]) / den * (bg[..., 1] - bg[..., 0])


z = torch.linspace(2.0, 6.0, 8).expand(4, 8)
mlp = nn.Linear(21, 4)
rays_o, rays_d = torch.randn(4, 3), F.normalize(torch.randn(4, 3), dim=-1)
pts = rays_o[..., None, :] + rays_d[..., None, :] * z[..., :, None]
rgb, w = render(mlp(posenc(pts)), z)
print(rgb.shape, w.sum(-1))
print(sample_pdf(0.5 * (z[..., 1:] + z[..., :-1]), w[..., 1:-1].detach(), 4)[0])
rgb.mean().backward()
print(mlp.weight.grad.norm())


# capsule, hyper, attention pooling, memory nets
def squash(s, dim=-1):
    n = (s**2).sum(dim, keepdim=True)
    return n / (1 + n) * s / (n.sqrt() + 1e-8)


u = torch.randn(2, 6, 4)
W = torch.randn(1, 6, 3, 5, 4) * 0.1
uh = (W @ u[:, :, None, :, None]).squeeze(-1)
b = torch.zeros(2, 6, 3, 1)
for r in range(3):
    c = F.softmax(b, dim=2)
    v = squash((c * uh).sum(1, keepdim=True))
    b = b + (uh * v).sum(-1, keepdim=True)
print(v.norm(dim=-1).squeeze())


# LSTM from scratch, GRU from scratch, minGRU, SSM scan
class MyLSTM(nn.Module):
    def __init__(self, i, h):
        super().__init__()
        self.h = h
        self.W = nn.Parameter(torch.Tensor(i, h * 4))
        self.U = nn.Parameter(torch.Tensor(h, h * 4))
        self.b = nn.Parameter(torch.Tensor(h * 4))
        s = 1.0 / math.sqrt(h)
        [w.data.uniform_(-s, s) for w in self.parameters()]

    def forward(self, x):
        B, T, _ = x.size()
        h, c = torch.zeros(B, self.h), torch.zeros(B, self.h)
        out = []
        for t in range(T):
            g = x[:, t, :] @ self.W + h @ self.U + self.b
            i, f, gg, o = (
                torch.sigmoid(g[:, : self.h]),
                torch.sigmoid(g[:, self.h : 2 * self.h]),
                torch.tanh(g[:, 2 * self.h : 3 * self.h]),
                torch.sigmoid(g[:, 3 * self.h :]),
            )
            c = f * c + i * gg
            h = o * torch.tanh(c)
            out.append(h.unsqueeze(0))
        return torch.cat(out, 0).transpose(0, 1).contiguous(), (h, c)


o, (h, c) = MyLSTM(3, 4)(torch.randn(2, 5, 3))
print(o.shape, h.mean())
A = -torch.exp(torch.randn(4))
dt = F.softplus(torch.randn(2, 6, 1))
Bm, Cm, xx = torch.randn(2, 6, 4), torch.randn(2, 6, 4), torch.randn(2, 6, 1)
hs = torch.zeros(2, 4)
ys = []
for t in range(6):
    hs = torch.exp(dt[:, t] * A) * hs + dt[:, t] * Bm[:, t] * xx[:, t]
    ys.append((hs * Cm[:, t]).sum(-1))
print(torch.stack(ys, 1)[0])


# GP regression, RBF kernels, kernel ridge
def rbf(a, b, l=1.0):
    return torch.exp(-(torch.cdist(a, b) ** 2) / (2 * l**2))


Xt, Xs = torch.linspace(0, 5, 6)[:, None], torch.linspace(0, 5, 3)[:, None]
yt = torch.sin(Xt).squeeze()
K = rbf(Xt, Xt) + 1e-3 * torch.eye(6)
L = torch.linalg.cholesky(K)
alpha = torch.cholesky_solve(yt[:, None], L)
mu = rbf(Xs, Xt) @ alpha
v = torch.linalg.solve_triangular(L, rbf(Xt, Xs), upper=False)
var = torch.diag(rbf(Xs, Xs) - v.T @ v)
print(mu.squeeze().round(decimals=3) + 0, var.clamp(min=0))
ls = torch.tensor(0.0, requires_grad=True)
og = torch.optim.Adam([ls], 0.1)
for e in range(5):
    K = rbf(Xt, Xt, ls.exp()) + 1e-2 * torch.eye(6)
    l = -MultivariateNormal(torch.zeros(6), K).log_prob(yt)
    og.zero_grad()
    l.backward()
    og.step()
    print(f"{l.item():.4f} {ls.item():.4f}")
# PCA whitening, LDA, ridge, Newton, CCA-like
Z = torch.randn(40, 4) @ torch.randn(4, 4)
Zc = Z - Z.mean(0)
C = Zc.T @ Zc / 39
e, V = torch.linalg.eigh(C)
Wh = V @ torch.diag(e.clamp(min=1e-8).rsqrt()) @ V.T
print(torch.allclose((Zc @ Wh).T @ (Zc @ Wh) / 39, torch.eye(4), atol=1e-3), e)
w = torch.linalg.solve(Z.T @ Z + 0.1 * torch.eye(4), Z.T @ Z[:, 0])
print(w.round(decimals=2) + 0)
H = torch.autograd.functional.hessian(
    lambda p: (p**4).sum() + (p[0] * p[1]), torch.tensor([1.0, 2.0])
)
print(H, torch.linalg.inv(H))
