"""Convolutions, forward and with gradients."""

from harness import Row

SETUP = """
x = torch.randn({x}, requires_grad={grad})
layer = nn.{layer}
y = layer(x)
g = torch.ones_like(y)
"""


def conv(name, x, layer, grads=True):
    forward = SETUP.format(x=x, layer=layer, grad=False)
    both = SETUP.format(x=x, layer=layer, grad=True)
    back = "torch.autograd.grad(y, (x, layer.weight), g, retain_graph=True)"
    rows = [Row("convolutions", f"{name}, forward", "with torch.no_grad(): layer(x)", forward)]
    if grads:
        rows.append(Row("convolutions", f"{name}, gradients", back, both))
    return rows


ROWS = [
    *conv("ResNet stem 8x3x224 k7 s2", (8, 3, 224, 224), "Conv2d(3, 64, 7, 2, 3, bias=False)"),
    *conv("ResNet 8x64x56 k3", (8, 64, 56, 56), "Conv2d(64, 64, 3, 1, 1, bias=False)"),
    *conv("ResNet 8x64x56 to 256 k1", (8, 64, 56, 56), "Conv2d(64, 256, 1, bias=False)"),
    *conv("ResNet 8x256x56 to 64 k1", (8, 256, 56, 56), "Conv2d(256, 64, 1, bias=False)"),
    *conv("ResNet 8x128x56 k3 s2", (8, 128, 56, 56), "Conv2d(128, 128, 3, 2, 1, bias=False)"),
    *conv("ResNet 8x256x56 to 512 k1 s2", (8, 256, 56, 56), "Conv2d(256, 512, 1, 2, bias=False)"),
    *conv("ResNet 8x256x14 k3", (8, 256, 14, 14), "Conv2d(256, 256, 3, 1, 1, bias=False)"),
    *conv("ResNet 8x512x7 k3", (8, 512, 7, 7), "Conv2d(512, 512, 3, 1, 1, bias=False)"),
    *conv("ResNet 1x64x56 k3", (1, 64, 56, 56), "Conv2d(64, 64, 3, 1, 1, bias=False)"),
    *conv("LeNet 64x1x28 to 6 k5", (64, 1, 28, 28), "Conv2d(1, 6, 5, padding=2)"),
    *conv("LeNet 64x6x14 to 16 k5", (64, 6, 14, 14), "Conv2d(6, 16, 5)"),
    *conv("CIFAR 32x3x32 to 16 k3", (32, 3, 32, 32), "Conv2d(3, 16, 3, padding=1)"),
    *conv("CIFAR 32x16x32 k3", (32, 16, 32, 32), "Conv2d(16, 16, 3, padding=1)"),
    *conv("depthwise 8x128x28 k3", (8, 128, 28, 28), "Conv2d(128, 128, 3, padding=1, groups=128)"),
    *conv("groups 8x128x28 k3 of 8", (8, 128, 28, 28), "Conv2d(128, 128, 3, padding=1, groups=8)"),
    *conv("dilated 8x64x28 k3 d2", (8, 64, 28, 28), "Conv2d(64, 64, 3, padding=2, dilation=2)"),
    *conv("1d 16x64x512 k3", (16, 64, 512), "Conv1d(64, 64, 3, padding=1)"),
    *conv("1d 16x1x2048 to 16 k9", (16, 1, 2048), "Conv1d(1, 16, 9, padding=4)"),
    *conv("3d 2x16x16x28x28 k3", (2, 16, 16, 28, 28), "Conv3d(16, 32, 3, padding=1)"),
    *conv("transposed 16x64x14 to 32 k4 s2", (16, 64, 14, 14), "ConvTranspose2d(64, 32, 4, 2, 1)"),
    *conv("float64 8x32x28 k3", (8, 32, 28, 28), "Conv2d(32, 32, 3, padding=1)", grads=False),
    Row(
        "convolutions",
        "channels last 8x64x56 k3, forward",
        "with torch.no_grad(): layer(x)",
        "x = torch.randn(8, 64, 56, 56).to(memory_format=torch.channels_last)\n"
        "layer = nn.Conv2d(64, 64, 3, 1, 1).to(memory_format=torch.channels_last)",
    ),
]
