"""Forecasting, autoencoders, recurrent layers and Transformers."""

import math

import numpy as np
import torch
import torch.nn as nn

torch.manual_seed(0)
np.random.seed(0)
data = np.sin(np.arange(0, 40, 0.1)).astype(np.float32)


def windows(d, n):
    X, y = [], []
    for i in range(len(d) - n):
        X.append(d[i : i + n])
        y.append(d[i + n])
    return torch.tensor(np.array(X)).unsqueeze(-1), torch.tensor(np.array(y)).unsqueeze(-1)


X, y = windows(data, 10)
print(X.shape, y.shape)


class LSTM(nn.Module):
    def __init__(self, i=1, h=16, l=2):
        super().__init__()
        self.h, self.l = h, l
        self.lstm = nn.LSTM(i, h, l, batch_first=True, dropout=0.1)
        self.fc = nn.Linear(h, 1)

    def forward(self, x):
        h0 = torch.zeros(self.l, x.size(0), self.h).to(x.device)
        c0 = torch.zeros(self.l, x.size(0), self.h).to(x.device)
        out, _ = self.lstm(x, (h0.detach(), c0.detach()))
        return self.fc(out[:, -1, :])


m = LSTM()
print(m)
o = torch.optim.Adam(m.parameters(), lr=0.01)
crit = nn.MSELoss()
dl = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(X, y), batch_size=64, shuffle=True)
for e in range(3):
    m.train()
    tot = 0.0
    for xb, yb in dl:
        o.zero_grad()
        l = crit(m(xb), yb)
        l.backward()
        o.step()
        tot += l.item() * xb.size(0)
    print(f"Epoch {e}: {tot / len(X):.6f}")
m.eval()
seq = X[:1]
preds = []
with torch.no_grad():
    for _ in range(5):
        p = m(seq)
        preds.append(p.item())
        seq = torch.cat((seq[:, 1:], p.unsqueeze(1)), dim=1)
print([round(v, 4) for v in preds])


class ConvAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = nn.Sequential(
            nn.Conv2d(1, 8, 3, stride=2, padding=1),
            nn.ELU(),
            nn.Conv2d(8, 4, 3, stride=2, padding=1),
            nn.SiLU(),
        )
        self.dec = nn.Sequential(
            nn.ConvTranspose2d(4, 8, 3, stride=2, padding=1, output_padding=1),
            nn.Mish(),
            nn.ConvTranspose2d(8, 1, 3, stride=2, padding=1, output_padding=1),
            nn.Sigmoid(),
        )

    def forward(self, x):
        return self.dec(self.enc(x))


ae = ConvAE()
print(ae)
img = torch.rand(8, 1, 28, 28)
oa = torch.optim.Adam(ae.parameters(), 1e-2)
for e in range(4):
    noisy = (img + 0.1 * torch.randn_like(img)).clamp(0.0, 1.0)
    r = ae(noisy)
    l = nn.functional.binary_cross_entropy(r, img)
    oa.zero_grad()
    l.backward()
    oa.step()
    print(e, l.item(), r.shape)


class TCN(nn.Module):
    def __init__(self):
        super().__init__()
        self.p = nn.Conv1d(1, 4, 3, padding="same", dilation=2)
        self.pool = nn.AdaptiveAvgPool1d(2)
        self.bn = nn.BatchNorm1d(4)

    def forward(self, x):
        return self.pool(self.bn(self.p(x)))


t = TCN()
print(
    t(torch.randn(2, 1, 12)).shape,
    nn.Conv1d(1, 2, 3, stride=2, groups=1),
    nn.MaxPool1d(2)(torch.arange(6.0).view(1, 1, 6)),
    nn.AvgPool2d(2),
    nn.Conv3d(1, 2, 3)(torch.ones(1, 1, 4, 4, 4)).shape,
)
gru = nn.GRU(3, 5, 2, bidirectional=True)
out, h = gru(torch.randn(7, 2, 3))
print(out.shape, h.shape, gru.weight_ih_l0_reverse.shape, gru)
print(out[-1, :, :5].allclose(h[-2]))
tr = nn.Transformer(
    d_model=16,
    nhead=2,
    num_encoder_layers=1,
    num_decoder_layers=1,
    dim_feedforward=32,
    batch_first=True,
)
mask = nn.Transformer.generate_square_subsequent_mask(5)
print(mask)
tr.eval()
print(tr(torch.ones(2, 4, 16), torch.ones(2, 5, 16), tgt_mask=mask).shape)
enc = nn.TransformerEncoder(
    nn.TransformerEncoderLayer(
        16, 2, 32, 0.1, activation="gelu", batch_first=True, norm_first=True
    ),
    2,
    norm=nn.LayerNorm(16),
    enable_nested_tensor=False,
)
pad = torch.tensor([[False, False, True], [False, True, True]])
enc.train()
print(enc(torch.randn(2, 3, 16), src_key_padding_mask=pad).mean().item())
a, w = nn.MultiheadAttention(16, 4, batch_first=True)(
    torch.randn(2, 3, 16), torch.randn(2, 5, 16), torch.randn(2, 5, 16)
)
print(a.shape, w.shape, w.sum(-1))
print(enc.layers[0])


class PE(nn.Module):
    def __init__(self, d, L=50):
        super().__init__()
        pos = torch.arange(L).unsqueeze(1)
        div = torch.exp(torch.arange(0, d, 2) * (-math.log(10000.0) / d))
        pe = torch.zeros(L, 1, d)
        pe[:, 0, 0::2] = torch.sin(pos * div)
        pe[:, 0, 1::2] = torch.cos(pos * div)
        self.register_buffer("pe", pe)

    def forward(self, x):
        return x + self.pe[: x.size(0)]


print(PE(4)(torch.zeros(3, 1, 4)).squeeze())
