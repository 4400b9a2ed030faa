"""Normalisation, softmax, pools, losses, attention: forward, and backward alone."""

from harness import Row

GROUP = "normalisation, softmax, pools, losses"


def both(name, make, call):
    """`make` prepares x and what else `call` needs; the gradient is with respect to x."""
    before = f"{make}\nx.requires_grad_()\ny = {call}\ng = torch.ones_like(y)"
    back = "torch.autograd.grad(y, x, g, retain_graph=True)"
    return [
        Row(GROUP, f"{name}, forward", f"with torch.no_grad(): {call}", make),
        Row(GROUP, f"{name}, gradient", back, before),
    ]


WIDE = "x = torch.randn(4096, 1000)"
TEXT = "x = torch.randn(1024, 128)"
IMAGE = "x = torch.randn(32, 64, 28, 28)"
LABELS = "; t = torch.arange(4096) % 1000"
HEADS = "x, k, v = (torch.randn(16, 4, 64, 32) for _ in 'xkv')"
LONG = "x, k, v = (torch.randn(2, 8, 1024, 64) for _ in 'xkv')"
LAYER = "; layer = nn."
ATTEND = "F.scaled_dot_product_attention(x, k, v"
ROWS = [
    *both("softmax 4096x1000", WIDE, "x.softmax(1)"),
    *both("softmax 1024x128", TEXT, "x.softmax(1)"),
    *both("softmax over channels 32x64x28x28", IMAGE, "x.softmax(1)"),
    *both("log_softmax 4096x1000", WIDE, "x.log_softmax(1)"),
    *both("log_softmax 64x10", "x = torch.randn(64, 10)", "x.log_softmax(1)"),
    *both("layer_norm 4096x1000", WIDE + LAYER + "LayerNorm(1000)", "layer(x)"),
    *both("layer_norm 1024x128", TEXT + LAYER + "LayerNorm(128)", "layer(x)"),
    *both("rms_norm 4096x1000", WIDE + LAYER + "RMSNorm(1000)", "layer(x)"),
    *both("batch_norm training", IMAGE + LAYER + "BatchNorm2d(64)", "layer(x)"),
    *both("batch_norm eval", IMAGE + LAYER + "BatchNorm2d(64).eval()", "layer(x)"),
    *both(
        "batch_norm 1d 512x256",
        "x = torch.randn(512, 256)" + LAYER + "BatchNorm1d(256)",
        "layer(x)",
    ),
    *both("group_norm 8", IMAGE + LAYER + "GroupNorm(8, 64)", "layer(x)"),
    *both("instance_norm", IMAGE + LAYER + "InstanceNorm2d(64)", "layer(x)"),
    *both("max_pool 2", IMAGE, "F.max_pool2d(x, 2)"),
    *both("max_pool 3 s2 p1", IMAGE, "F.max_pool2d(x, 3, 2, 1)"),
    *both("avg_pool 2", IMAGE, "F.avg_pool2d(x, 2)"),
    *both("adaptive_avg_pool to 1", IMAGE, "F.adaptive_avg_pool2d(x, 1)"),
    *both("upsample nearest 2", IMAGE, "F.interpolate(x, scale_factor=2)"),
    *both("cross_entropy 4096x1000", WIDE + LABELS, "F.cross_entropy(x, t)"),
    *both(
        "cross_entropy 64x10",
        "x = torch.randn(64, 10); t = torch.arange(64) % 10",
        "F.cross_entropy(x, t)",
    ),
    *both("mse_loss 10^6", "x, t = torch.randn(2, 10**6)", "F.mse_loss(x, t)"),
    *both("smooth_l1_loss 10^6", "x, t = torch.randn(2, 10**6)", "F.smooth_l1_loss(x, t)"),
    *both(
        "bce_with_logits 10^6",
        "x, t = torch.rand(2, 10**6)",
        "F.binary_cross_entropy_with_logits(x, t)",
    ),
    *both(
        "kl_div 4096x1000",
        WIDE + "; t = x.softmax(1); x = x.log_softmax(1)",
        "F.kl_div(x, t, reduction='batchmean')",
    ),
    *both("attention 16x4x64x32", HEADS, ATTEND + ")"),
    *both("attention 16x4x64x32 causal", HEADS, ATTEND + ", is_causal=True)"),
    *both("attention 2x8x1024x64", LONG, ATTEND + ")"),
    *both("gelu 10^6", "x = torch.randn(10**6)", "F.gelu(x)"),
    *both("relu 10^6", "x = torch.randn(10**6)", "F.relu(x)"),
]
