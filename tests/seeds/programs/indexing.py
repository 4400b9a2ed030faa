"""Indexing, gathering and scattering, shapes, and the usual mistakes."""

import torch

x = torch.arange(24).view(2, 3, 4)
print(x[0], x[:, 1], x[..., -1], x[None].shape, x[:, None, :, 0].shape, x[1, 2, 3])
print(x[:, ::2, 1:3], x[[0, 1], [1, 2]], x[torch.tensor([1, 0])], x[x > 20], x[x % 2 == 0].sum())
m = torch.tensor([True, False])
print(x[m].shape, x[m, 1], x[:, [True, False, True]])
y = torch.zeros(3, 4)
y[1] = 5
y[:, 2] = torch.arange(3.0)
y[y == 5] = -1
y[0, :2] += 3
print(y)
idx = torch.tensor([[0, 1], [2, 0]])
print(torch.gather(torch.arange(6).view(2, 3), 1, idx))
print(
    torch.zeros(3, 5).scatter_(
        0, torch.tensor([[0, 1, 2, 0, 0], [2, 0, 0, 1, 2]]), torch.arange(10.0).view(2, 5)
    )
)
print(
    torch.zeros(2, 4).scatter_(1, torch.tensor([[2], [3]]), 1.23),
    torch.zeros(2, 4).scatter_add_(1, torch.tensor([[0, 0, 1], [2, 2, 2]]), torch.ones(2, 3)),
)
print(
    torch.index_select(x, 2, torch.tensor([0, 3])).shape,
    torch.masked_select(x, x > 18),
    torch.take(x, torch.tensor([0, 5, 23])),
)
a = torch.tensor([3.0, 1.0, 2.0])
v, i = torch.sort(a, descending=True)
print(v, i, a.argsort(), torch.topk(a, 2), a.max(0), a.min(dim=0))
print(
    torch.where(a > 1.5, a, torch.zeros_like(a)),
    torch.nonzero(a > 1),
    (a > 1).nonzero(as_tuple=True),
    torch.where(a > 1),
)
z = torch.zeros(5)
z[torch.tensor([0, 0, 1])] += 1
print(z)
z.index_add_(0, torch.tensor([0, 0, 1]), torch.ones(3))
print(z)
z.index_fill_(0, torch.tensor([3, 4]), -2).index_copy_(0, torch.tensor([2]), torch.tensor([9.0]))
print(z)
z.put_(torch.tensor([0]), torch.tensor([7.0]))
print(z)
z.index_put_((torch.tensor([1, 1]),), torch.tensor([5.0, 6.0]), accumulate=True)
print(z)
for e in (
    "x[5]",
    "x[0, 0, 9]",
    "x[:, 7]",
    "x['a']",
    "x[1.5]",
    "x[torch.tensor([9])]",
    "x[torch.ones(3, dtype=torch.bool)]",
    "x[0,0,0,0]",
    "y[0] = torch.ones(3)",
    "x.view(5, 5)",
    "torch.cat([torch.ones(2), torch.ones(2, 2)])",
    "torch.ones(2, 3) @ torch.ones(2, 3)",
    "torch.ones(3) + torch.ones(4)",
    "torch.tensor([1, 2]).mean()",
    "x.gather(1, torch.tensor([0]))",
    "torch.zeros(2).item()",
    "bool(torch.ones(2))",
    "torch.stack([])",
    "torch.ones(2, requires_grad=True).numpy()",
    "x.squeeze(5)",
    "x.permute(0, 1)",
    "torch.tensor([[1, 2], [3]])",
    "torch.ones(3).view(2)",
    "torch.randperm(-1)",
    "float(torch.ones(2))",
    "torch.nn.Linear(2, 3)(torch.ones(4))",
    "torch.nn.Conv2d(3, 4, 3)(torch.ones(1, 1, 8, 8))",
    "torch.nn.Embedding(3, 2)(torch.tensor([5]))",
    "torch.chunk(x, 0)",
    "torch.arange(0, 5, -1)",
    "torch.LongTensor([1.5, 2.5]).float() @ torch.ones(2).long()",
    "torch.nn.CrossEntropyLoss()(torch.ones(2, 3), torch.tensor([0, 5]))",
    "torch.ones(2).backward()",
    "torch.ones(2,2).reshape(3)",
    "torch.eye(2).expand(3, 3)",
    "np.array([1, 2]) @ torch.ones(3)",
    "torch.full((2,), 'a')",
    "torch.zeros('a')",
    "torch.from_numpy([1, 2])",
    "torch.tensor('x')",
    "torch.tensor(None)",
    "len(torch.tensor(3))",
    "for_ in torch.tensor(3)",
    "torch.device('gpu')",
    "torch.ones(2).to('cuda')",
    "torch.load('nope.pt')",
    "torch.nn.Linear(2, 2).load_state_dict({})",
    "torch.optim.SGD([], lr=0.1)",
    "torch.optim.SGD(torch.nn.Linear(2, 2).parameters(), lr=-1)",
    "torch.multinomial(torch.ones(2), 5)",
    "torch.nn.Dropout(2)",
    "torch.ones(2).foo",
):
    try:
        exec(e)
        print(e, "OK")
    except Exception as err:
        print(e, "->", type(err).__name__, str(err).splitlines()[0][:150])
print(
    x.unfold(2, 2, 1).shape,
    x.stride(),
    x.transpose(0, 2).stride(),
    x.is_contiguous(),
    x.transpose(0, 1).is_contiguous(),
    x.data_ptr() == x.view(-1).data_ptr(),
    x.storage_offset(),
    x[1].storage_offset(),
)
print(
    x.flatten(1).shape,
    torch.squeeze(torch.ones(1, 2, 1)).shape,
    x.unsqueeze(-1).shape,
    x.repeat(1, 2, 1).shape,
    x.expand(3, 2, 3, 4).shape,
    torch.tile(x, (2,)).shape,
    x.movedim(0, -1).shape,
    x.swapaxes(0, 1).shape,
    torch.repeat_interleave(torch.tensor([1, 2, 3]), 2),
    torch.repeat_interleave(torch.tensor([1, 2]), torch.tensor([3, 1])),
)
print(
    [t.shape for t in x.chunk(3, dim=2)],
    [t.shape for t in x.split([1, 3], dim=2)],
    [t.tolist() for t in torch.arange(4).unbind()],
    torch.tensor_split(torch.arange(7), 3),
)
print(
    torch.triu(torch.ones(3, 3), 1),
    torch.tril(torch.ones(3, 3)),
    torch.diag(torch.tensor([1, 2])),
    torch.eye(3)[1],
    torch.roll(torch.arange(5), 2),
    torch.flip(torch.arange(5), [0]),
    torch.rot90(torch.arange(4).view(2, 2)),
    torch.meshgrid(torch.arange(2), torch.arange(3), indexing="ij"),
)
