# Networks of every major kind: one step of training each.
import torch
import torch.nn as nn
import torch.nn.functional as F


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.norm = nn.Conv2d(3, 3, 3, padding=1), nn.BatchNorm2d(3)

    def forward(self, x):
        return F.relu(self.norm(self.conv(x)) + x)


class Last(nn.Module):
    def __init__(self, rnn):
        super().__init__()
        self.rnn, self.out = rnn, nn.Linear(6, 2)

    def forward(self, x):
        return self.out(self.rnn(x)[0][:, -1])


def run(name, model, x):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(2):
        optimizer.zero_grad()
        loss = model(x).pow(2).mean()
        loss.backward()
        optimizer.step()
        print(name, f"{loss.item():.4f}", sum(p.numel() for p in model.parameters()))


torch.manual_seed(9)
image, words = torch.randn(2, 3, 8, 8), torch.randn(2, 5, 4)
run(
    "lenet",
    nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(36, 2)),
    image,
)
run("residual", nn.Sequential(Residual(), Residual(), nn.AdaptiveAvgPool2d(1)), image)
run(
    "autoencoder",
    nn.Sequential(nn.Conv2d(3, 2, 2, stride=2), nn.Tanh(), nn.ConvTranspose2d(2, 3, 2, stride=2)),
    image,
)
run("rnn", Last(nn.RNN(4, 6, batch_first=True)), words)
run("lstm", Last(nn.LSTM(4, 6, batch_first=True)), words)
run("gru", Last(nn.GRU(4, 6, batch_first=True)), words)
run("transformer", nn.TransformerEncoderLayer(4, 2, 8, dropout=0.0, batch_first=True), words)
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
net = nn.Linear(2, 2).to(device)
print(net(torch.ones(1, 2).to(device)).shape, torch.ones(1).cpu().device, torch.device("cuda:1"))
