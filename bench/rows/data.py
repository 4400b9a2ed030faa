"""Data loading and files."""

from harness import Row

TENSORS = """
data = torch.utils.data
samples = data.TensorDataset(torch.zeros(10000, 32), torch.zeros(10000, dtype=torch.int64))
loader = data.DataLoader(samples, batch_size=64{options})
"""
CLASS = """
data = torch.utils.data
class Squares(data.Dataset):
    def __len__(self): return 2000
    def __getitem__(self, i): return torch.full((3, 8, 8), float(i)), i % 10
loader = data.DataLoader(Squares(), batch_size=32, shuffle=True)
"""
STATE = """
import io
net = nn.Sequential(*(nn.Linear(256, 256) for _ in range(16)))
file = io.BytesIO()
torch.save(net.state_dict(), file)
"""


def row(name, statement, setup):
    return Row("data loading", name, statement, setup)


ROWS = [
    row("epoch of TensorDataset, 10^4", "for batch in loader: pass", TENSORS.format(options="")),
    row(
        "the same, shuffled", "for batch in loader: pass", TENSORS.format(options=", shuffle=True")
    ),
    row(
        "the same, 2 workers",
        "for batch in loader: pass",
        TENSORS.format(options=", num_workers=2"),
    ),
    row("epoch of a Dataset class, 2000", "for batch in loader: pass", CLASS),
    row("save a state_dict, 4 MB", "torch.save(net.state_dict(), io.BytesIO())", STATE),
    row("load a state_dict, 4 MB", "file.seek(0); torch.load(file)", STATE),
]
