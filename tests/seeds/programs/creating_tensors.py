# Tensors from sizes, lists, tuples and random numbers, and how they are printed.
import torch

torch.manual_seed(3)
print(torch.Tensor(2, 4).shape, torch.FloatTensor(3).shape, torch.FloatTensor(2, 3, 4).size())
print(torch.Tensor([[1, 2], [3, 4]]), torch.FloatTensor((5, 6)), torch.tensor((7, 8)))
print(
    torch.tensor(2.5),
    torch.tensor([True, False]),
    torch.tensor([[1.5, float("nan")], [float("inf"), 0]]),
)
print(torch.zeros(2, 3), torch.ones(2, dtype=torch.long), torch.eye(2), torch.full((2,), 9.0))
print(torch.rand(2, 2), torch.randn(2, 2), torch.randint(0, 10, (4,)), torch.randperm(5))
print(torch.Tensor(2, 3).uniform_(-2, 2).clamp(-1, 1), torch.empty(4).normal_())
print(torch.range(1, 6), torch.range(0, 1, 0.25), torch.arange(6), torch.linspace(0, 1, 5))
print(torch.tensor([[0.25, 4e9]]), torch.arange(3, dtype=torch.int16))
print(torch.tensor([1e-8, 1.0]), torch.tensor([123456.0, 0.5]), torch.arange(2000))
print(torch.zeros(0), torch.zeros(0, 3), torch.tensor([1 + 2j, -0.5j]))
torch.set_printoptions(precision=2)
print(torch.tensor([3.14159, 100.0]))
