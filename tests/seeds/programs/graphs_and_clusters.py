"""k-means, graph networks, Bayesian layers, distillation, contrastive losses."""

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)
X = torch.cat(
    [
        torch.randn(30, 2) + c
        for c in (torch.tensor([0.0, 0.0]), torch.tensor([5.0, 5.0]), torch.tensor([0.0, 6.0]))
    ]
)
C = X[torch.randperm(len(X))[:3]].clone()
for it in range(10):
    D = ((X[:, None, :] - C[None, :, :]) ** 2).sum(-1)
    cl = D.argmin(dim=1).long().view(-1)
    C.zero_()
    C.scatter_add_(0, cl[:, None].repeat(1, 2), X)
    n = torch.bincount(cl, minlength=3).type_as(C).view(3, 1)
    C /= n
print(C, n.view(-1))


class GCNConv(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        self.lin = nn.Linear(i, o, bias=False)
        self.bias = nn.Parameter(torch.zeros(o))

    def forward(self, x, ei):
        N = x.size(0)
        loop = torch.arange(N).unsqueeze(0).repeat(2, 1)
        ei = torch.cat([ei, loop], 1)
        row, col = ei
        deg = torch.zeros(N).scatter_add_(0, col, torch.ones(col.numel()))
        dis = deg.pow(-0.5)
        dis[dis == float("inf")] = 0
        norm = dis[row] * dis[col]
        h = self.lin(x)
        msg = norm.view(-1, 1) * h[row]
        return torch.zeros_like(h).index_add(0, col, msg) + self.bias


ei = torch.tensor([[0, 1, 1, 2, 2, 3, 3, 0], [1, 0, 2, 1, 3, 2, 0, 3]])
x = torch.randn(4, 5)
y = torch.tensor([0, 1, 0, 1])


class G(nn.Module):
    def __init__(self):
        super().__init__()
        self.c1, self.c2 = GCNConv(5, 8), GCNConv(8, 2)

    def forward(self, x, ei):
        return self.c2(F.dropout(F.relu(self.c1(x, ei)), p=0.5, training=self.training), ei)


g = G()
o = torch.optim.Adam(g.parameters(), lr=0.05, weight_decay=5e-4)
for e in range(30):
    o.zero_grad()
    l = F.cross_entropy(g(x, ei), y)
    l.backward()
    o.step()
g.eval()
print(l, g(x, ei).argmax(1), g)


class GAT(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        self.W = nn.Parameter(torch.empty(i, o))
        self.a = nn.Parameter(torch.empty(2 * o, 1))
        nn.init.xavier_uniform_(self.W.data, gain=1.414)
        nn.init.xavier_uniform_(self.a.data, gain=1.414)
        self.lr = nn.LeakyReLU(0.2)

    def forward(self, h, adj):
        Wh = torch.mm(h, self.W)
        Wh.shape[0]
        e = self.lr(
            torch.matmul(Wh, self.a[: Wh.shape[1]]) + torch.matmul(Wh, self.a[Wh.shape[1] :]).T
        )
        z = -9e15 * torch.ones_like(e)
        att = F.softmax(torch.where(adj > 0, e, z), dim=1)
        return F.elu(torch.matmul(att, Wh))


adj = torch.zeros(4, 4)
adj[ei[0], ei[1]] = 1
print(GAT(5, 3)(x, adj))
print(
    torch.zeros(3).scatter_reduce(
        0, torch.tensor([0, 0, 2]), torch.tensor([1.0, 5.0, 3.0]), reduce="amax"
    ),
    torch.zeros(3).index_reduce_(
        0, torch.tensor([0, 0]), torch.tensor([2.0, 4.0]), "mean", include_self=False
    ),
)


# mc dropout, bayes by backprop
class BL(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        self.mu = nn.Parameter(torch.Tensor(o, i).normal_(0, 0.1))
        self.rho = nn.Parameter(torch.Tensor(o, i).uniform_(-3, -2))
        self.prior = torch.distributions.Normal(0, 1)

    def forward(self, x):
        eps = torch.randn_like(self.mu)
        s = torch.log1p(torch.exp(self.rho))
        w = self.mu + s * eps
        self.kl = (
            torch.distributions.Normal(self.mu, s).log_prob(w) - self.prior.log_prob(w)
        ).sum()
        return F.linear(x, w)


b = BL(5, 1)
ob = torch.optim.Adam(b.parameters(), 0.05)
for i in range(20):
    ob.zero_grad()
    l = F.mse_loss(b(x).squeeze(), y.float(), reduction="sum") + b.kl / 20
    l.backward()
    ob.step()
print(l)
b.train()
preds = torch.stack([b(x) for _ in range(8)])
print(preds.mean(0).squeeze(), preds.std(0).squeeze())
# distillation
T, alpha = 3.0, 0.5
te, st = nn.Linear(5, 3), nn.Linear(5, 3)
te.eval()
os_ = torch.optim.SGD(st.parameters(), 0.1)
yy = torch.tensor([0, 1, 2, 1])
for i in range(5):
    with torch.no_grad():
        tl = te(x)
    sl = st(x)
    soft = (
        nn.KLDivLoss(reduction="batchmean")(F.log_softmax(sl / T, 1), F.softmax(tl / T, 1)) * T * T
    )
    loss = alpha * soft + (1 - alpha) * F.cross_entropy(sl, yy)
    os_.zero_grad()
    loss.backward()
    os_.step()
    print(i, loss.item())


# focal, dice, label smoothing, ntxent
def focal(i, t, g=2):
    ce = F.cross_entropy(i, t, reduction="none")
    pt = torch.exp(-ce)
    return ((1 - pt) ** g * ce).mean()


print(
    focal(sl, yy),
    F.cross_entropy(sl, yy, label_smoothing=0.1, weight=torch.tensor([1.0, 2.0, 3.0])),
    F.binary_cross_entropy_with_logits(
        sl, F.one_hot(yy, 3).float(), pos_weight=torch.ones(3) * 2
    ).item(),
    nn.NLLLoss(ignore_index=1)(F.log_softmax(sl, -1), yy),
    nn.MultiLabelSoftMarginLoss()(sl, F.one_hot(yy).float()).item(),
    F.gumbel_softmax(sl, tau=0.5, hard=True).sum(1),
)


def nt_xent(z1, z2, t=0.5):
    z = F.normalize(torch.cat([z1, z2]), dim=1)
    s = z @ z.t() / t
    n = z1.size(0)
    s.fill_diagonal_(-1e9)
    return F.cross_entropy(s, torch.cat([torch.arange(n, 2 * n), torch.arange(n)]))


print(nt_xent(torch.randn(4, 8), torch.randn(4, 8)))
