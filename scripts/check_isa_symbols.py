#!/usr/bin/env python3
"""Checks that code compiled for one instruction set cannot be linked in for another.

The linker keeps one copy of a weak function. If an object compiled for AVX-512 defined one that an
object for the base instruction set defines too, the kept copy could be the one an older CPU cannot
run. So every symbol a linker can see must carry the instruction set in its name: its namespace, a
type from it, or the last word of a table.

    check_isa_symbols.py BUILD_FOLDER        objects under a folder named *base*, *avx2* or *avx512*
    check_isa_symbols.py --isa avx2 FILE...  these objects
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path

ISAS = ("base", "avx2", "avx512")
LINKABLE = "TWVuiBDRSGC"  # nm's letters of defined symbols that other objects can see


def isa_of(path: Path) -> str | None:
    """The instruction set an object of a build folder was compiled for, from its folders' names."""
    if "isa" not in path.parts[:-1]:
        return None
    for part in path.parts[:-1]:
        words = re.split(r"[^a-z0-9]+", part)
        for isa in ISAS:
            if isa in words:
                return isa
    return None


def leaks(path: Path, isa: str) -> list[str]:
    """Symbols of the object that do not carry the instruction set."""
    out = subprocess.run(
        ["nm", "-C", "--defined-only", str(path)], capture_output=True, text=True, check=True
    ).stdout
    found = []
    for line in out.splitlines():
        match = re.match(r"[0-9a-f]*\s+(\S)\s+(.*)", line)
        if not match or match[1] not in LINKABLE:
            continue
        name = match[2]
        if name.startswith("DW.ref."):  # a pointer to the exception personality
            continue
        # A table has no parameters: its name ends with the instruction set.
        if f"taeda::cpu::{isa}::" not in name and not re.fullmatch(rf"[\w:<>, ]+(_|::){isa}", name):
            found.append(f"{match[1]} {name}")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--isa", choices=ISAS)
    parser.add_argument("paths", nargs="+", type=Path)
    args = parser.parse_args()

    if args.isa:
        objects = [(path, args.isa) for path in args.paths]
    else:
        files = [f for folder in args.paths for f in sorted(folder.rglob("*.o"))]
        objects = [(f, isa) for f in files if (isa := isa_of(f))]
    if not objects:
        print("no objects of instruction sets found", file=sys.stderr)
        return 2
    bad = 0
    for path, isa in objects:
        for symbol in leaks(path, isa):
            print(f"{path}: not of {isa} alone: {symbol}")
            bad += 1
    print(f"{len(objects)} objects, {bad} symbols that leak")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
