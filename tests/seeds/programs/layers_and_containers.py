"""Containers, initial values, and how every layer prints."""

from collections import OrderedDict
from functools import partial

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)
model = nn.Sequential(
    OrderedDict([("conv1", nn.Conv2d(1, 4, 3)), ("relu1", nn.ReLU()), ("flat", nn.Flatten())])
)
print(model, len(model), model[0], model.conv1 is model[0], model[:2])
model.append(nn.Linear(4 * 36, 2))
print(model(torch.ones(1, 1, 8, 8)).shape, list(dict(model.named_children())))


class Multi(nn.Module):
    def __init__(self):
        super().__init__()
        self.acts = nn.ModuleDict([["lrelu", nn.LeakyReLU()], ["prelu", nn.PReLU()]])
        self.ls = nn.ModuleList([nn.Linear(3, 3) for i in range(3)])
        self.ps = nn.ParameterList([nn.Parameter(torch.randn(2, 2)) for _ in range(2)])
        self.pd = nn.ParameterDict({"a": nn.Parameter(torch.ones(1))})
        self.emb = nn.Embedding(10, 3, padding_idx=0)
        self.bil = nn.Bilinear(3, 3, 2)
        self.drop = nn.Dropout2d(0.1)
        self.norms = nn.ModuleList(
            (
                nn.LayerNorm(3),
                nn.GroupNorm(3, 3),
                nn.InstanceNorm2d(3),
                nn.BatchNorm1d(3, momentum=None),
                nn.LocalResponseNorm(2),
                nn.RMSNorm(3),
            )
        )

    def forward(self, x, ids, act="lrelu"):
        for i, l in enumerate(self.ls):
            x = self.ls[i // 2](x) + l(x)
        return self.acts[act](self.bil(x, self.emb(ids)))


m = Multi()
print(m)
print(m(torch.ones(2, 3), torch.tensor([0, 4]), act="prelu").detach())
print(sum(p.numel() for p in m.parameters()), [n for n, p in m.named_parameters()])
m.ls.extend([nn.Identity()])
m.ls.insert(0, nn.Tanh())
print(len(m.ls), "prelu" in m.acts, list(m.acts.keys()))


def init_w(m):
    if type(m) is nn.Linear:
        nn.init.xavier_uniform_(m.weight)
        m.bias.data.fill_(0.01)


@torch.no_grad()
def init_weights(m):
    if isinstance(m, nn.Conv2d):
        nn.init.kaiming_uniform_(m.weight, a=0.1, nonlinearity="leaky_relu")


m.apply(init_w)
model.apply(init_weights)
print(m.ls[1].weight, model.conv1.weight.mean())
w = torch.empty(3, 5)
for n, f in dict(
    uniform=nn.init.uniform_,
    normal=nn.init.normal_,
    const=partial(nn.init.constant_, val=0.3),
    ones=nn.init.ones_,
    eye=nn.init.eye_,
    xu=nn.init.xavier_uniform_,
    xn=nn.init.xavier_normal_,
    ku=nn.init.kaiming_uniform_,
    kn=nn.init.kaiming_normal_,
    orth=nn.init.orthogonal_,
    sparse=partial(nn.init.sparse_, sparsity=0.5),
    trunc=nn.init.trunc_normal_,
).items():
    print(n, f(w).sum().item())
print(
    nn.init.dirac_(torch.empty(3, 3, 3)).sum(),
    nn.init.calculate_gain("leaky_relu", 0.2),
    nn.init.calculate_gain("tanh"),
)
for l in (
    nn.Conv2d(
        3, 6, 3, stride=2, padding=1, dilation=2, groups=3, bias=False, padding_mode="reflect"
    ),
    nn.ConvTranspose2d(3, 2, 3, 2, output_padding=1),
    nn.MaxPool2d(3, stride=2, padding=1, ceil_mode=True),
    nn.AvgPool2d(2, count_include_pad=False),
    nn.AdaptiveMaxPool2d((2, None)),
    nn.BatchNorm2d(3, affine=False),
    nn.Upsample(scale_factor=2, mode="bilinear"),
    nn.ZeroPad2d((1, 2, 0, 1)),
    nn.ReflectionPad2d(1),
    nn.ReplicationPad2d(2),
    nn.ConstantPad2d(1, 3.5),
    nn.Softmax(dim=1),
    nn.LogSoftmax(1),
    nn.Hardtanh(-2, 2),
    nn.ReLU6(),
    nn.ELU(0.5),
    nn.SELU(),
    nn.CELU(),
    nn.GELU("tanh"),
    nn.SiLU(),
    nn.Mish(),
    nn.Softplus(2),
    nn.Softsign(),
    nn.Softshrink(),
    nn.Hardshrink(),
    nn.Tanhshrink(),
    nn.Threshold(0.1, 20),
    nn.GLU(),
    nn.Hardswish(),
    nn.Hardsigmoid(),
    nn.LogSigmoid(),
    nn.Softmin(1),
    nn.AlphaDropout(0.2),
    nn.FeatureAlphaDropout(),
    nn.Dropout1d(),
    nn.Dropout3d(),
    nn.PixelShuffle(2),
    nn.ChannelShuffle(2),
    nn.Fold((4, 5), 2),
    nn.Unfold(3),
    nn.CosineSimilarity(),
    nn.PairwiseDistance(),
    nn.EmbeddingBag(10, 3, mode="sum"),
    nn.Flatten(),
    nn.Unflatten(1, (2, 3)),
    nn.RNNCell(2, 3),
    nn.LSTMCell(2, 3),
    nn.GRU(2, 3, 2, batch_first=True),
    nn.CrossEntropyLoss(ignore_index=-1),
    nn.BCEWithLogitsLoss(),
    nn.KLDivLoss(),
    nn.MultiheadAttention(4, 2),
    nn.Identity(3, foo=2),
    nn.AdaptiveAvgPool2d(1),
    nn.LPPool2d(2, 3),
    nn.MaxUnpool2d(2),
    nn.CTCLoss(),
    nn.TripletMarginLoss(),
    nn.ReLU(True),
    nn.RReLU(),
    nn.CircularPad2d(1),
):
    print(l)
x = torch.randn(2, 4, 6, 6)
print(
    nn.ChannelShuffle(2)(torch.arange(4.0).view(1, 4, 1, 1)).view(-1),
    nn.EmbeddingBag(10, 3, mode="mean")(torch.tensor([1, 2, 4, 5]), torch.tensor([0, 2])).shape,
    F.unfold(x, 3).shape,
    F.fold(F.unfold(x, 2, stride=2), (6, 6), 2, stride=2).allclose(x),
    F.pad(x, (1, 1, 1, 1), "circular").shape,
    F.interpolate(x, scale_factor=0.5, mode="area").shape,
    F.adaptive_avg_pool2d(x, (3, None)).shape,
    F.max_pool2d(x, 2, return_indices=True)[1].shape,
    F.glu(x, 1).shape,
    F.one_hot(torch.tensor([0, 2])),
    F.normalize(x, dim=1).norm(dim=1).mean(),
    F.pixel_shuffle(x, 2).shape,
    F.local_response_norm(x, 2).shape,
    F.embedding(torch.tensor([1]), torch.eye(3)),
    F.cosine_similarity(x, x, dim=1).mean(),
)
net = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2), nn.Dropout(0.5))
net.train()
print(net.training, net[1].training)
net.eval()
print(any(mm.training for mm in net.modules()), net(torch.ones(1, 2)).shape)
net.zero_grad()
print(
    next(net.parameters()).is_leaf, net[0].in_features, net[0].bias.shape, net.state_dict().keys()
)
print(dict(net[1].named_buffers()))
print(isinstance(net[0].weight, nn.Parameter), type(net[0].weight), net[0].weight.grad is None)
print(nn.Parameter(torch.ones(2)), repr(nn.ParameterList([nn.Parameter(torch.ones(2, 3))])))
print(
    torch.nn.modules.conv.Conv2d is nn.Conv2d,
    issubclass(nn.Conv2d, nn.modules.conv._ConvNd),
    nn.Module.__call__ is not None,
)
try:
    net(torch.ones(1, 3))
except RuntimeError as e:
    print(e)
try:
    net.foo
except AttributeError as e:
    print(e)
try:
    nn.Sequential(nn.Linear(2, 2), "x")
except TypeError as e:
    print(e)


class NoSuper(nn.Module):
    def __init__(self):
        self.l = nn.Linear(1, 1)


try:
    NoSuper()
except AttributeError as e:
    print(e)
try:
    nn.Module()(1)
except NotImplementedError as e:
    print(e)
try:
    net.load_state_dict({"0.weight": torch.ones(2, 2)})
except RuntimeError as e:
    print(str(e)[:120])
