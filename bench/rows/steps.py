"""Training steps of whole models (bench/models.py), and the peak of their memory."""

from harness import Row

STEPS = {
    "two-layer net, 500 steps on raw tensors": "two_layer_tensors",
    "two-layer net, 500 steps with autograd": "two_layer_autograd",
    "two-layer net, 500 steps of a Function": "two_layer_function",
    "two-layer net, 500 steps with nn": "two_layer_nn",
    "two-layer net, 500 steps with optim": "two_layer_optim",
    "MLP 784-256-10, batch 64": "mlp",
    "LeNet, batch 64": "lenet",
    "ResNet-8 at 32x32, batch 16": "resnet8",
    "ResNet-18 at 32x32, batch 8": "resnet18",
    "char LSTM 128, batch 32 of 50": "char_lstm",
    "TransformerEncoderLayer d 128 s 64, batch 16": "encoder_layer",
    "char GPT, 4 layers d 128 s 64, batch 8": "char_gpt",
    "epoch of a CNN on 512 images": "cnn_epoch",
}
INFERENCE = {
    "ResNet-18 at 32x32, inference, batch 8": "resnet18_inference",
    "char GPT, inference, batch 1": "char_gpt_inference",
}


def steps(group, which, peak=False):
    return [
        Row(group, name, "step()", f"import models; step = models.{model}(torch)", peak)
        for name, model in which.items()
    ]


ROWS = [
    *steps("model steps", STEPS | INFERENCE),
    *steps("memory", {n: m for n, m in STEPS.items() if "two-layer" not in n}, peak=True),
]
