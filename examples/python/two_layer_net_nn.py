"""A network of two layers on random data: a module, a loss function and an optimizer.

Prints the loss of each of 500 steps; ../cpp/two_layer_net_nn.cpp prints the same numbers.
"""

import taeda
from taeda import nn


class TwoLayerNet(nn.Module):
    def __init__(self, inputs, hidden, outputs):
        super().__init__()
        self.linear1 = nn.Linear(inputs, hidden)
        self.linear2 = nn.Linear(hidden, outputs)

    def forward(self, x):
        return self.linear2(self.linear1(x).clamp_min(0))


taeda.manual_seed(0)
batch, inputs, hidden, outputs = 64, 1000, 100, 10

x = taeda.randn(batch, inputs)
target = taeda.randn(batch, outputs)
model = TwoLayerNet(inputs, hidden, outputs)
loss_function = nn.MSELoss(reduction="sum")
optimizer = taeda.optim.Adam(model.parameters(), lr=1e-4)

for step in range(500):
    loss = loss_function(model(x), target)
    print(step, f"{loss.item():.9g}")

    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
