"""Training steps of small models, as their users write them.

Each function takes the library (`torch`) and returns a function that makes one step, or as many
as its name says. Data are random and made once.
"""


def classifier_step(torch, model, x, classes, optimizer=None):
    """A step of cross entropy with SGD."""
    F = torch.nn.functional
    target = torch.arange(x.shape[0]) % classes
    optimizer = optimizer or torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)

    def step():
        optimizer.zero_grad()
        F.cross_entropy(model(x), target).backward()
        optimizer.step()

    return step


# ---- the two-layer net of the introductions, in each of its forms ----


def two_layer_data(torch):
    torch.manual_seed(0)
    return torch.randn(64, 1000), torch.randn(64, 10)


def two_layer_tensors(torch):
    x, y = two_layer_data(torch)
    w1, w2 = torch.randn(1000, 100), torch.randn(100, 10)

    def steps():
        nonlocal w1, w2
        for _ in range(500):
            h = x.mm(w1)
            h_relu = h.clamp(min=0)
            y_pred = h_relu.mm(w2)
            (y_pred - y).pow(2).sum().item()
            grad_y_pred = 2.0 * (y_pred - y)
            grad_w2 = h_relu.t().mm(grad_y_pred)
            grad_h_relu = grad_y_pred.mm(w2.t())
            grad_h = grad_h_relu.clone()
            grad_h[h < 0] = 0
            grad_w1 = x.t().mm(grad_h)
            w1 -= 1e-6 * grad_w1
            w2 -= 1e-6 * grad_w2

    return steps


def two_layer_autograd(torch, relu=None):
    x, y = two_layer_data(torch)
    w1 = torch.randn(1000, 100, requires_grad=True)
    w2 = torch.randn(100, 10, requires_grad=True)
    relu = relu or (lambda h: h.clamp(min=0))

    def steps():
        for _ in range(500):
            loss = (relu(x.mm(w1)).mm(w2) - y).pow(2).sum()
            loss.backward()
            with torch.no_grad():
                w1.sub_(1e-6 * w1.grad)
                w2.sub_(1e-6 * w2.grad)
                w1.grad.zero_()
                w2.grad.zero_()

    return steps


def two_layer_function(torch):
    class MyReLU(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x.clamp(min=0)

        @staticmethod
        def backward(ctx, grad_output):
            (x,) = ctx.saved_tensors
            grad_input = grad_output.clone()
            grad_input[x < 0] = 0
            return grad_input

    return two_layer_autograd(torch, MyReLU.apply)


def two_layer_model(torch):
    nn = torch.nn
    return nn.Sequential(nn.Linear(1000, 100), nn.ReLU(), nn.Linear(100, 10))


def two_layer_nn(torch):
    x, y = two_layer_data(torch)
    model, loss_fn = two_layer_model(torch), torch.nn.MSELoss(reduction="sum")

    def steps():
        for _ in range(500):
            loss = loss_fn(model(x), y)
            model.zero_grad()
            loss.backward()
            with torch.no_grad():
                for p in model.parameters():
                    p -= 1e-4 * p.grad

    return steps


def two_layer_optim(torch):
    x, y = two_layer_data(torch)
    model, loss_fn = two_layer_model(torch), torch.nn.MSELoss(reduction="sum")
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)

    def steps():
        for _ in range(500):
            loss = loss_fn(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    return steps


# ---- image classifiers ----


def mlp(torch):
    nn = torch.nn
    model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
    return classifier_step(torch, model, torch.randn(64, 784), 10)


def lenet_model(nn):
    return nn.Sequential(
        *(nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()),
        *(nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)),
    )


def lenet(torch):
    model = lenet_model(torch.nn)
    optimizer = torch.optim.Adam(model.parameters())
    return classifier_step(torch, model, torch.randn(64, 1, 28, 28), 10, optimizer)


def resnet(torch, widths, blocks):
    nn, F = torch.nn, torch.nn.functional

    class Block(nn.Module):
        def __init__(self, inputs, outputs, stride):
            super().__init__()
            self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
            self.bn1 = nn.BatchNorm2d(outputs)
            self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
            self.bn2 = nn.BatchNorm2d(outputs)
            self.short = nn.Sequential()
            if stride > 1 or inputs != outputs:
                conv = nn.Conv2d(inputs, outputs, 1, stride, bias=False)
                self.short = nn.Sequential(conv, nn.BatchNorm2d(outputs))

        def forward(self, x):
            y = F.relu(self.bn1(self.conv1(x)))
            return F.relu(self.bn2(self.conv2(y)) + self.short(x))

    layers = [nn.Conv2d(3, widths[0], 3, 1, 1, bias=False), nn.BatchNorm2d(widths[0]), nn.ReLU()]
    inputs = widths[0]
    for k, width in enumerate(widths):
        for b in range(blocks):
            layers.append(Block(inputs, width, 2 if k and not b else 1))
            inputs = width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(inputs, 10))


def resnet8(torch):
    return classifier_step(torch, resnet(torch, (16, 32, 64), 1), torch.randn(16, 3, 32, 32), 10)


def resnet18(torch):
    model = resnet(torch, (64, 128, 256, 512), 2)
    return classifier_step(torch, model, torch.randn(8, 3, 32, 32), 10)


def resnet18_inference(torch):
    model, x = resnet(torch, (64, 128, 256, 512), 2).eval(), torch.randn(8, 3, 32, 32)

    def run():
        with torch.no_grad():
            return model(x)

    return run


def cnn_epoch(torch):
    data, F = torch.utils.data, torch.nn.functional
    samples = data.TensorDataset(torch.randn(512, 1, 28, 28), torch.arange(512) % 10)
    loader = data.DataLoader(samples, batch_size=32, shuffle=True)
    model = lenet_model(torch.nn)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)

    def epoch():
        for x, target in loader:
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x), target)
            loss.backward()
            optimizer.step()

    return epoch


# ---- sequences ----


def language_step(torch, model, inputs, classes, clip=None):
    F = torch.nn.functional
    optimizer = torch.optim.Adam(model.parameters())
    target = inputs.roll(-1, 1)

    def step():
        optimizer.zero_grad()
        F.cross_entropy(model(inputs).reshape(-1, classes), target.reshape(-1)).backward()
        if clip:
            torch.nn.utils.clip_grad_norm_(model.parameters(), clip)
        optimizer.step()

    return step


def char_lstm(torch):
    nn = torch.nn

    class CharLSTM(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed = nn.Embedding(65, 64)
            self.lstm = nn.LSTM(64, 128, batch_first=True)
            self.out = nn.Linear(128, 65)

        def forward(self, x):
            return self.out(self.lstm(self.embed(x))[0])

    return language_step(torch, CharLSTM(), torch.randint(65, (32, 50)), 65, clip=1.0)


def encoder_layer(torch):
    layer = torch.nn.TransformerEncoderLayer(128, 4, 512, dropout=0.1, batch_first=True)
    optimizer = torch.optim.Adam(layer.parameters())
    x = torch.randn(16, 64, 128)

    def step():
        optimizer.zero_grad()
        layer(x).pow(2).mean().backward()
        optimizer.step()

    return step


def char_gpt_model(torch, classes=65, d=128, heads=4, layers=4, length=64):
    nn, F = torch.nn, torch.nn.functional

    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.ln1, self.ln2 = nn.LayerNorm(d), nn.LayerNorm(d)
            self.qkv, self.proj = nn.Linear(d, 3 * d), nn.Linear(d, d)
            self.mlp = nn.Sequential(nn.Linear(d, 4 * d), nn.GELU(), nn.Linear(4 * d, d))

        def forward(self, x):
            b, t, _ = x.shape
            q, k, v = self.qkv(self.ln1(x)).split(d, dim=2)
            q, k, v = (a.view(b, t, heads, d // heads).transpose(1, 2) for a in (q, k, v))
            y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
            x = x + self.proj(y.transpose(1, 2).reshape(b, t, d))
            return x + self.mlp(self.ln2(x))

    class GPT(nn.Module):
        def __init__(self):
            super().__init__()
            self.token, self.place = nn.Embedding(classes, d), nn.Embedding(length, d)
            self.blocks = nn.Sequential(*(Block() for _ in range(layers)))
            self.ln, self.head = nn.LayerNorm(d), nn.Linear(d, classes, bias=False)

        def forward(self, x):
            h = self.token(x) + self.place(torch.arange(x.shape[1]))
            return self.head(self.ln(self.blocks(h)))

    return GPT()


def char_gpt(torch):
    return language_step(torch, char_gpt_model(torch), torch.randint(65, (8, 64)), 65)


def char_gpt_inference(torch):
    model, x = char_gpt_model(torch).eval(), torch.randint(65, (1, 64))

    def run():
        with torch.no_grad():
            return model(x)

    return run
