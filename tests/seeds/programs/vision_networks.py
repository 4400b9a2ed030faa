"""A vision Transformer and a U-Net."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


def pair(t):
    return t if isinstance(t, tuple) else (t, t)


class PatchEmbed(nn.Module):
    def __init__(self, img=32, patch=8, ch=3, dim=48):
        super().__init__()
        self.proj = nn.Conv2d(ch, dim, kernel_size=patch, stride=patch)
        self.n = (img // patch) ** 2

    def forward(self, x):
        return self.proj(x).flatten(2).transpose(1, 2)


class Attention(nn.Module):
    def __init__(self, dim, heads=4):
        super().__init__()
        self.h = heads
        self.scale = (dim // heads) ** -0.5
        self.qkv = nn.Linear(dim, dim * 3, bias=False)
        self.proj = nn.Linear(dim, dim)

    def forward(self, x):
        B, N, C = x.shape
        qkv = self.qkv(x).reshape(B, N, 3, self.h, C // self.h).permute(2, 0, 3, 1, 4)
        q, k, v = qkv.unbind(0)
        attn = ((q * self.scale) @ k.transpose(-2, -1)).softmax(dim=-1)
        return self.proj((attn @ v).transpose(1, 2).reshape(B, N, C))


class Block(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.n1, self.a, self.n2 = nn.LayerNorm(dim), Attention(dim), nn.LayerNorm(dim)
        self.mlp = nn.Sequential(
            nn.Linear(dim, dim * 2),
            nn.GELU(approximate="tanh"),
            nn.Dropout(0.0),
            nn.Linear(dim * 2, dim),
        )

    def forward(self, x):
        x = x + self.a(self.n1(x))
        return x + self.mlp(self.n2(x))


class ViT(nn.Module):
    def __init__(self, classes=10, dim=48, depth=2):
        super().__init__()
        self.pe = PatchEmbed(dim=dim)
        self.cls = nn.Parameter(torch.zeros(1, 1, dim))
        self.pos = nn.Parameter(torch.randn(1, self.pe.n + 1, dim) * 0.02)
        self.blocks = nn.Sequential(*[Block(dim) for _ in range(depth)])
        self.norm = nn.LayerNorm(dim, eps=1e-6)
        self.head = nn.Linear(dim, classes)
        nn.init.trunc_normal_(self.pos, std=0.02)

    def forward(self, x):
        x = self.pe(x)
        x = torch.cat([self.cls.expand(x.shape[0], -1, -1), x], 1) + self.pos
        return self.head(self.norm(self.blocks(x))[:, 0])


vit = ViT()
print(vit)
opt = torch.optim.AdamW(vit.parameters(), lr=1e-3, weight_decay=0.05)
sched = torch.optim.lr_scheduler.OneCycleLR(opt, max_lr=1e-2, total_steps=8)
x, y = torch.randn(8, 3, 32, 32), torch.randint(0, 10, (8,))
crit = nn.CrossEntropyLoss(label_smoothing=0.1)
for i in range(8):
    opt.zero_grad()
    l = crit(vit(x), y)
    l.backward()
    nn.utils.clip_grad_norm_(vit.parameters(), 1.0)
    opt.step()
    sched.step()
    print(f"{l.item():.4f} {sched.get_last_lr()[0]:.6f}")


class DoubleConv(nn.Module):
    def __init__(self, i, o, mid=None):
        super().__init__()
        mid = mid or o
        self.double_conv = nn.Sequential(
            nn.Conv2d(i, mid, 3, padding=1, bias=False),
            nn.BatchNorm2d(mid),
            nn.ReLU(inplace=True),
            nn.Conv2d(mid, o, 3, padding=1, bias=False),
            nn.BatchNorm2d(o),
            nn.ReLU(inplace=True),
        )

    def forward(self, x):
        return self.double_conv(x)


class Up(nn.Module):
    def __init__(self, i, o, bilinear=True):
        super().__init__()
        if bilinear:
            self.up = nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True)
            self.conv = DoubleConv(i, o, i // 2)
        else:
            self.up = nn.ConvTranspose2d(i, i // 2, kernel_size=2, stride=2)
            self.conv = DoubleConv(i, o)

    def forward(self, x1, x2):
        x1 = self.up(x1)
        dY, dX = x2.size()[2] - x1.size()[2], x2.size()[3] - x1.size()[3]
        x1 = F.pad(x1, [dX // 2, dX - dX // 2, dY // 2, dY - dY // 2])
        return self.conv(torch.cat([x2, x1], dim=1))


class UNet(nn.Module):
    def __init__(self, c=1, n=2, bilinear=False):
        super().__init__()
        self.inc = DoubleConv(c, 8)
        self.d1 = nn.Sequential(nn.MaxPool2d(2), DoubleConv(8, 16))
        f = 2 if bilinear else 1
        self.d2 = nn.Sequential(nn.MaxPool2d(2), DoubleConv(16, 32 // f))
        self.u1 = Up(32, 16 // f, bilinear)
        self.u2 = Up(16, 8, bilinear)
        self.outc = nn.Conv2d(8, n, 1)

    def forward(self, x):
        x1 = self.inc(x)
        x2 = self.d1(x1)
        x3 = self.d2(x2)
        return self.outc(self.u2(self.u1(x3, x2), x1))


def dice_loss(p, t, eps=1e-6):
    inter = 2 * (p * t).sum(dim=(-1, -2))
    sets = p.sum(dim=(-1, -2)) + t.sum(dim=(-1, -2))
    return 1 - ((inter + eps) / (sets + eps)).mean()


for bil in (True, False):
    torch.manual_seed(1)
    net = UNet(bilinear=bil).to(memory_format=torch.channels_last)
    o = torch.optim.RMSprop(net.parameters(), lr=1e-3, weight_decay=1e-8, momentum=0.9)
    img, mask = torch.rand(2, 1, 21, 18), torch.randint(0, 2, (2, 21, 18))
    for i in range(3):
        out = net(img.to(memory_format=torch.channels_last))
        loss = F.cross_entropy(out, mask) + dice_loss(
            F.softmax(out, 1).float(), F.one_hot(mask, 2).permute(0, 3, 1, 2).float()
        )
        o.zero_grad(set_to_none=True)
        loss.backward()
        o.step()
        print(bil, i, loss.item())
    print((out.argmax(1) == mask).float().mean().item(), sum(p.numel() for p in net.parameters()))
