# One small network, trained in each of the ways that introductions show.
import torch
from torch.autograd import Variable

N, D_in, H, D_out = 16, 12, 8, 3
torch.manual_seed(2)
x, y = torch.randn(N, D_in), torch.randn(N, D_out)
w1, w2 = torch.randn(D_in, H), torch.randn(H, D_out)
for t in range(30):
    h = x.mm(w1)
    r = h.clamp(min=0)
    d = r.mm(w2) - y
    if t % 10 == 9:
        print("tensors", t, d.pow(2).sum().item())
    g = (2 * d).mm(w2.t())
    g[h < 0] = 0
    w2 -= 1e-3 * r.t().mm(2 * d)
    w1 -= 1e-3 * x.t().mm(g)

w1 = Variable(torch.randn(D_in, H), requires_grad=True)
w2 = Variable(torch.randn(H, D_out), requires_grad=True)
for t in range(30):
    loss = (x.mm(w1).clamp(min=0).mm(w2) - y).pow(2).sum()
    if t % 10 == 9:
        print("autograd", t, loss.data[0])
    loss.backward()
    for w in (w1, w2):
        w.data -= 1e-3 * w.grad.data
        w.grad.data.zero_()

model = torch.nn.Sequential(torch.nn.Linear(D_in, H), torch.nn.ReLU(), torch.nn.Linear(H, D_out))
criterion = torch.nn.MSELoss(size_average=False)
for t in range(30):
    loss = criterion(model(x), y)
    if t % 10 == 9:
        print("nn", t, loss.data[0])
    model.zero_grad()
    loss.backward()
    for param in model.parameters():
        param.data -= 1e-3 * param.grad.data

optimizers = [
    torch.optim.SGD(model.parameters(), lr=1e-3, momentum=0.9, nesterov=True),
    torch.optim.RMSprop(model.parameters(), lr=1e-3),
    torch.optim.Adagrad(model.parameters(), lr=1e-2),
    torch.optim.Adam(
        [{"params": model[0].parameters()}, {"params": model[2].parameters(), "lr": 1e-2}], lr=1e-3
    ),
]
for optimizer in optimizers:
    for epoch in range(10):
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
    print(f"{type(optimizer).__name__}: {loss}", sorted(optimizer.state_dict()["state"][0]))
