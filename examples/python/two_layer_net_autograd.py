"""A network of two layers on random data; backward() works out the gradients.

Prints the loss of each of 500 steps; ../cpp/two_layer_net_autograd.cpp prints the same numbers.
"""

import taeda

taeda.manual_seed(0)
batch, inputs, hidden, outputs = 64, 1000, 100, 10

x = taeda.randn(batch, inputs)
target = taeda.randn(batch, outputs)
w1 = taeda.randn(inputs, hidden, requires_grad=True)
w2 = taeda.randn(hidden, outputs, requires_grad=True)
learning_rate = 1e-6

for step in range(500):
    loss = (x.mm(w1).clamp_min(0).mm(w2) - target).pow(2).sum()
    print(step, f"{loss.item():.9g}")

    loss.backward()
    with taeda.no_grad():
        for weight in (w1, w2):
            weight -= learning_rate * weight.grad
            weight.grad = None
