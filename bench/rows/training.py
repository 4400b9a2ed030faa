"""Random numbers, initialisation, optimizer steps, gradient clipping."""

from harness import Row

MANY = "ps = [nn.Parameter(torch.randn({shape})) for _ in range({count})]\n"
GRADS = "for p in ps: p.grad = torch.randn_like(p)\n"
SIZES = {"100 of 10^4": (100, 10000), "1 of 10^6": (1, 10**6), "40 of 64": (40, 64)}
OPTIMIZERS = (
    "SGD(ps, lr=0.01) SGD(ps, lr=0.01, momentum=0.9, nesterov=True) Adam(ps) "
    "Adam(ps, amsgrad=True) AdamW(ps) RMSprop(ps) Adagrad(ps) Adadelta(ps) Adamax(ps) NAdam(ps) "
    "RAdam(ps) Rprop(ps) ASGD(ps)"
).replace(") ", ")|")


def optimizer(make, size):
    count, shape = SIZES[size]
    setup = MANY.format(shape=shape, count=count) + GRADS + f"o = torch.optim.{make}"
    return Row(
        "optimizers", f"{make.replace('ps, ', '').replace('ps', '')}, {size}", "o.step()", setup
    )


def random(statement, setup=""):
    return Row("random", statement, statement, setup)


PARAMETERS = MANY.format(shape=10000, count=100) + GRADS
X = "x = torch.empty(10**6)"
ROWS = [
    random("torch.rand(10**6)"),
    random("torch.rand(10**7)"),
    random("torch.rand(100)"),
    random("torch.rand(10**6, dtype=torch.float64)"),
    random("torch.randn(10**6)"),
    random("torch.randn(10**7)"),
    random("torch.randn(10)"),
    random("torch.randn(10**6, dtype=torch.float64)"),
    random("torch.randint(10, (10**6,))"),
    random("torch.randperm(10**5)"),
    random("torch.randperm(60000)"),
    random("torch.bernoulli(p)", "p = torch.rand(10**6)"),
    random("x.bernoulli_(0.3)", X),
    random("x.uniform_(-1, 1)", X),
    random("x.normal_(0, 2)", X),
    random("x.exponential_()", X),
    random("x.geometric_(0.3)", X),
    random("torch.multinomial(p, 1000, replacement=True)", "p = torch.rand(1000)"),
    random("torch.multinomial(p, 1)", "p = torch.rand(64, 100)"),
    random("F.dropout(x, 0.5)", "x = torch.rand(10**6)"),
    random("F.dropout(x, 0.1)", "x = torch.rand(1024, 128)"),
    random("nn.Linear(1024, 1024)"),
    random("nn.init.xavier_normal_(w)", "w = torch.empty(1024, 1024)"),
    *(optimizer(o, "100 of 10^4") for o in OPTIMIZERS.split("|")),
    *(optimizer(o, s) for o in OPTIMIZERS.split("|")[:3] for s in ("1 of 10^6", "40 of 64")),
    Row(
        "optimizers",
        "zero_grad, 100 parameters",
        "o.zero_grad(False)",
        PARAMETERS + "o = torch.optim.SGD(ps, lr=1)",
    ),
    Row(
        "optimizers",
        "clip_grad_norm_, 100 of 10^4",
        "nn.utils.clip_grad_norm_(ps, 1e9)",
        PARAMETERS,
    ),
    Row(
        "optimizers",
        "clip_grad_value_, 100 of 10^4",
        "nn.utils.clip_grad_value_(ps, 1e9)",
        PARAMETERS,
    ),
]
