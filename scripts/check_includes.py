"""Checks the sources' order: a folder includes only folders above it, and no file grows too long.

Usage: check_includes.py [ROOT]. Prints one line per violation and exits with 1 if there is any.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

# Lowest first: a file may include its own folder and those before it.
FOLDERS = (
    "base memory random tensor autograd op ops threads cpu cuda nn optim data io compile dist"
).split()
SOFT_LINES, HARD_LINES = 400, 800
SOURCES = (".h", ".cpp", ".cu", ".inl", ".py")
INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]', re.M)


def files(root: Path, *folders: str) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in SOURCES and path.is_file() and "__pycache__" not in path.parts:
                yield path


def include_errors(root: Path) -> Iterator[str]:
    """Upward includes, includes not written from the root, folders without a place in the order."""
    library = root / "taeda"
    for path in files(root, "taeda"):
        inside = path.relative_to(library).parts
        folder = inside[0] if len(inside) > 1 else None
        name = path.relative_to(root)
        if folder is not None and folder not in FOLDERS:
            yield f"{name}: the folder {folder}/ has no place in the order ({', '.join(FOLDERS)})"
            continue
        text = path.read_text(encoding="utf-8")
        for match in INCLUDE.finditer(text):
            line = text.count("\n", 0, match.start(2)) + 1
            quote, target = match.groups()
            parts = target.split("/")
            if parts[0] != "taeda":
                if quote == '"':
                    yield f'{name}:{line}: "{target}" is not written from the root'
                continue
            if not (root / target).is_file():
                yield f"{name}:{line}: {target} does not exist"
            elif folder is None or (len(parts) > 2 and parts[1] not in FOLDERS):
                continue
            elif len(parts) == 2:
                yield f"{name}:{line}: {target} is the umbrella; include what is used"
            elif FOLDERS.index(parts[1]) > FOLDERS.index(folder):
                yield f"{name}:{line}: {folder}/ includes {target}, which lies below it"


def size_report(root: Path) -> tuple[list[str], list[str]]:
    """Files over the hard and over the soft limit of lines."""
    errors, notes = [], []
    for path in files(root, "taeda", "python", "tests", "examples", "bench", "scripts"):
        count = len(path.read_text(encoding="utf-8").splitlines())
        text = f"{path.relative_to(root)}: {count} lines"
        if count > HARD_LINES:
            errors.append(f"{text}, more than {HARD_LINES}")
        elif count > SOFT_LINES:
            notes.append(f"note: {text}, more than {SOFT_LINES}")
    return errors, notes


def main(arguments: list[str]) -> int:
    root = Path(arguments[0]) if arguments else Path(__file__).resolve().parent.parent
    errors, notes = size_report(root)
    errors = [*include_errors(root), *errors]
    print("\n".join([*notes, *errors]) or "in order")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
