# Layers alone, in a row and in classes; what they print, their parameters and states.
import torch
import torch.nn as nn

torch.manual_seed(4)
print(nn.Linear(4, 2)(torch.ones(2, 3, 4)).shape, nn.Linear(4, 2)(torch.ones(1, 2, 4)))
block = nn.Sequential(
    nn.Linear(4, 3), nn.ReLU(), nn.Dropout(p=0.3), nn.Linear(3, 2), nn.Softmax(dim=1)
)
print(block, block.eval()(torch.ones(2, 4)), [p.shape for p in block.parameters()])
x = torch.tensor([-2.0, -0.5, 0.0, 0.5, 2.0], requires_grad=True)
for layer in (
    nn.ReLU(),
    nn.Sigmoid(),
    nn.LeakyReLU(),
    nn.Tanh(),
    nn.ELU(),
    nn.GELU(),
    nn.Softplus(),
):
    out = layer(x)
    x.grad = None
    out.sum().backward()
    print(layer, out, x.grad)


class Perceptron(nn.Module):
    def __init__(self, inputs, hidden):
        super(Perceptron, self).__init__()
        self.inputs = inputs
        self.first = nn.Linear(inputs, hidden)
        self.act = nn.ReLU()
        self.second = nn.Linear(hidden, inputs)
        self.register_buffer("calls", torch.zeros(1))

    def forward(self, x):
        self.calls += 1
        return torch.sigmoid(self.second(self.act(self.first(x))))


net = Perceptron(3, 5)
print(net, net(torch.randn(2, 3)), net.calls)
print(list(net.state_dict()), sum(p.numel() for p in net.parameters()))
other = Perceptron(3, 5)
print(*other.load_state_dict(net.state_dict()), torch.equal(other.first.weight, net.first.weight))
for p in net.first.parameters():
    p.requires_grad = False
net(torch.ones(1, 3)).sum().backward()
print(net.first.weight.grad, net.second.bias.grad is not None)
print(nn.Softmax()(torch.FloatTensor([[2, 3]])), nn.LogSoftmax(dim=0)(torch.zeros(2)))
print(nn.ModuleList([nn.Linear(1, 1)] * 3))
