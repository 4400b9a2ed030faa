"""Records expected/*.txt anew, under PyTorch: python record.py [PROGRAM..]

PyTorch refuses the oldest spellings; they are recorded by their modern form, listed here. Run by
hand, with PyTorch and NumPy installed; the tests only read what it wrote.
"""

import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
MODERN = [
    ("loss.data[0]", "loss.item()"),
    (".creator", ".grad_fn"),
    ("    def forward(self, input):", "    @staticmethod\n    def forward(self, input):"),
    (
        "    def backward(self, grad_output):",
        "    @staticmethod\n    def backward(self, grad_output):",
    ),
    ("clip = Clip()", "clip = Clip.apply"),
]

for program in sorted((HERE / "programs").glob("*.py")):
    if sys.argv[1:] and program.stem not in sys.argv[1:]:
        continue
    source = program.read_text()
    for old, new in MODERN:
        source = source.replace(old, new)
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, program.name)
        path.write_text(source)
        done = subprocess.run(
            [sys.executable, "-W", "ignore", path], capture_output=True, text=True
        )
    if done.returncode:
        sys.exit(f"{program.name}\n{done.stderr}")
    (HERE / "expected" / f"{program.stem}.txt").write_text(done.stdout)
