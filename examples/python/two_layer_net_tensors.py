"""A network of two layers on random data, with gradients worked out by hand.

Prints the loss of each of 500 steps; ../cpp/two_layer_net_tensors.cpp prints the same numbers.
"""

import taeda

taeda.manual_seed(0)
batch, inputs, hidden, outputs = 64, 1000, 100, 10

x = taeda.randn(batch, inputs)
target = taeda.randn(batch, outputs)
w1 = taeda.randn(inputs, hidden)
w2 = taeda.randn(hidden, outputs)
learning_rate = 1e-6

for step in range(500):
    before = x.mm(w1)
    activation = before.clamp_min(0)
    difference = activation.mm(w2) - target
    loss = difference.pow(2).sum()
    print(step, f"{loss.item():.9g}")

    # d loss / d y, and from there backwards through each line above.
    grad_y = 2 * difference
    grad_w2 = activation.t().mm(grad_y)
    grad_activation = grad_y.mm(w2.t())
    grad_before = grad_activation * (before > 0)
    grad_w1 = x.t().mm(grad_before)

    w1 -= learning_rate * grad_w1
    w2 -= learning_rate * grad_w2
