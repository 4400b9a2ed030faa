"""Bags of embeddings, skip-grams, collaborative filtering, convolutions over words."""

import collections
import random
import re

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader

torch.manual_seed(0)
random.seed(0)
texts = [
    (1, "wall st bears claw back into the black"),
    (2, "carlyle looks toward commercial aerospace"),
    (1, "oil and economy cloud stocks outlook"),
    (2, "iraq halts oil exports from main southern pipeline"),
] * 4


def tok(s):
    return re.findall(r"\w+", s.lower())


cnt = collections.Counter(w for _, s in texts for w in tok(s))
vocab = {w: i for i, w in enumerate(["<unk>", "<pad>"] + [w for w, c in cnt.most_common()])}


def text_pipeline(x):
    return [vocab.get(t, 0) for t in tok(x)]


def label_pipeline(x):
    return int(x) - 1


device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


def collate_batch(batch):
    label_list, text_list, offsets = [], [], [0]
    for _label, _text in batch:
        label_list.append(label_pipeline(_label))
        processed_text = torch.tensor(text_pipeline(_text), dtype=torch.int64)
        text_list.append(processed_text)
        offsets.append(processed_text.size(0))
    label_list = torch.tensor(label_list, dtype=torch.int64)
    offsets = torch.tensor(offsets[:-1]).cumsum(dim=0)
    text_list = torch.cat(text_list)
    return label_list.to(device), text_list.to(device), offsets.to(device)


class TextClassificationModel(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_class):
        super().__init__()
        self.embedding = nn.EmbeddingBag(vocab_size, embed_dim, sparse=False)
        self.fc = nn.Linear(embed_dim, num_class)
        self.init_weights()

    def init_weights(self):
        r = 0.5
        self.embedding.weight.data.uniform_(-r, r)
        self.fc.weight.data.uniform_(-r, r)
        self.fc.bias.data.zero_()

    def forward(self, text, offsets):
        return self.fc(self.embedding(text, offsets))


model = TextClassificationModel(len(vocab), 16, 2).to(device)
crit = torch.nn.CrossEntropyLoss()
opt = torch.optim.SGD(model.parameters(), lr=2.0)
sched = torch.optim.lr_scheduler.StepLR(opt, 1.0, gamma=0.1)
dl = DataLoader(texts, batch_size=4, shuffle=True, collate_fn=collate_batch)
for e in range(2):
    tot = 0
    for i, (label, text, off) in enumerate(dl):
        opt.zero_grad()
        p = model(text, off)
        loss = crit(p, label)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 0.1)
        opt.step()
        tot += (p.argmax(1) == label).sum().item()
        print(e, i, f"{loss.item():.4f}")
    sched.step()
print(model, tot)
# skip-gram negative sampling
corpus = [vocab[w] for _, s in texts for w in tok(s)]
pairs = [
    (corpus[i], corpus[j])
    for i in range(len(corpus))
    for j in range(max(0, i - 2), min(len(corpus), i + 3))
    if i != j
]


class SGNS(nn.Module):
    def __init__(self, v, d):
        super().__init__()
        self.inp, self.out = nn.Embedding(v, d), nn.Embedding(v, d)
        nn.init.uniform_(self.inp.weight, -0.5 / d, 0.5 / d)

    def forward(self, c, o, n):
        vi, vo, vn = self.inp(c), self.out(o), self.out(n)
        pos = F.logsigmoid((vi * vo).sum(1))
        neg = F.logsigmoid(-torch.bmm(vn, vi.unsqueeze(2)).squeeze(2)).sum(1)
        return -(pos + neg).mean()


sg = SGNS(len(vocab), 8)
o = torch.optim.Adam(sg.parameters(), 0.01)
freq = torch.tensor([cnt.get(w, 0) for w in vocab], dtype=torch.float).pow(0.75)
freq /= freq.sum()
for s in range(5):
    b = random.sample(pairs, 32)
    c, ctx = map(torch.tensor, zip(*b))
    neg = torch.multinomial(freq, 32 * 5, replacement=True).view(32, 5)
    l = sg(c, ctx, neg)
    o.zero_grad()
    l.backward()
    o.step()
    print(f"{l.item():.5f}")
W = F.normalize(sg.inp.weight.detach(), dim=1)
sim, idx = (W @ W[vocab["oil"]]).topk(3)
print(sim, idx)


# collaborative filtering, tabular with categorical embeddings
class CF(nn.Module):
    def __init__(self, u, i, d=4):
        super().__init__()
        self.u, self.i, self.bu, self.bi = (
            nn.Embedding(u, d),
            nn.Embedding(i, d),
            nn.Embedding(u, 1),
            nn.Embedding(i, 1),
        )
        [nn.init.normal_(e.weight, 0, 0.01) for e in (self.u, self.i, self.bu, self.bi)]
        self.mu = nn.Parameter(torch.tensor(3.0))

    def forward(self, u, i):
        return (
            (self.u(u) * self.i(i)).sum(1) + self.bu(u).squeeze() + self.bi(i).squeeze() + self.mu
        ).clamp(1, 5)


cf = CF(5, 6)
u, i, r = torch.randint(0, 5, (20,)), torch.randint(0, 6, (20,)), torch.randint(1, 6, (20,)).float()
oc = torch.optim.Adam(cf.parameters(), 0.05, weight_decay=1e-5)
for e in range(10):
    l = F.mse_loss(cf(u, i), r)
    oc.zero_grad()
    l.backward()
    oc.step()
print(l, cf.mu)


class Tab(nn.Module):
    def __init__(self, sizes, nc):
        super().__init__()
        self.embs = nn.ModuleList([nn.Embedding(c, s) for c, s in sizes])
        n = sum(e.embedding_dim for e in self.embs)
        self.bn = nn.BatchNorm1d(nc)
        self.lin = nn.Sequential(
            nn.Linear(n + nc, 8), nn.ReLU(), nn.BatchNorm1d(8), nn.Dropout(0.2), nn.Linear(8, 1)
        )

    def forward(self, xc, xn):
        x = torch.cat([e(xc[:, i]) for i, e in enumerate(self.embs)], 1)
        return self.lin(torch.cat([x, self.bn(xn)], 1))


tb = Tab([(4, 2), (3, 2)], 3)
print(
    tb(
        torch.stack([torch.randint(0, 4, (6,)), torch.randint(0, 3, (6,))], 1), torch.randn(6, 3)
    ).shape,
    tb,
)
print(
    model.state_dict()["fc.bias"],
    opt.state_dict(),
    {k: v.shape for k, v in tb.state_dict().items()},
    list(model.fc.parameters()),
)
print(torch.optim.Adam(model.parameters()).state_dict())


# TextCNN
class TextCNN(nn.Module):
    def __init__(self, v, d=8):
        super().__init__()
        self.e = nn.Embedding(v, d, padding_idx=1)
        self.cs = nn.ModuleList([nn.Conv2d(1, 4, (k, d)) for k in (2, 3)])
        self.d = nn.Dropout(0.5)
        self.f = nn.Linear(8, 2)

    def forward(self, x):
        x = self.e(x).unsqueeze(1)
        x = [F.relu(c(x)).squeeze(3) for c in self.cs]
        x = [F.max_pool1d(i, i.size(2)).squeeze(2) for i in x]
        return self.f(self.d(torch.cat(x, 1)))


pad = nn.utils.rnn.pad_sequence(
    [torch.tensor(text_pipeline(s)) for _, s in texts[:4]], batch_first=True, padding_value=1
)
tc = TextCNN(len(vocab))
out = tc(pad)
out.sum().backward()
print(pad, out.shape, tc.e.weight.grad[1].abs().sum(), tc.e.weight[1])


class Attn(nn.Module):
    def __init__(self):
        super().__init__()
        self.e = nn.Embedding(len(vocab), 8)
        self.l = nn.LSTM(8, 8, bidirectional=True, batch_first=True)
        self.w = nn.Parameter(torch.zeros(16))
        self.f = nn.Linear(16, 2)

    def forward(self, x):
        H, _ = self.l(self.e(x))
        M = torch.tanh(H)
        a = F.softmax(torch.matmul(M, self.w), dim=1).unsqueeze(-1)
        return self.f(F.relu(torch.sum(H * a, 1)))


at = Attn()
oa = torch.optim.Adam(at.parameters(), 1e-2)
for e in range(5):
    l = F.cross_entropy(at(pad), torch.tensor([0, 1, 0, 1]))
    oa.zero_grad()
    l.backward()
    oa.step()
    print(f"{l.item():.4f}")
