"""Taeda beside another library, row by row in one process: times, ratios, their means.

    python bench/run.py [--against torch] [--threads 1,2] [--only REGEX] [--list]

README.md says how to read the table.
"""

import argparse
import re
import sys

import report
from harness import library, run_row
from rows import ROWS


def options():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--against", help="the other library's module; torch where it is installed, else none")
    add("--threads", default="1,2", help="thread counts to try, e.g. 1,2")
    add("--only", default="", help="a regular expression for group/row")
    add("--rounds", type=int, default=5, help="turns of each library and thread count in a row")
    add("--milliseconds", type=float, default=20, help="about how long a turn takes")
    add("--json", default="bench.json", help="the file for the numbers")
    add("--picture", default="bench.png", help="the file for the bar chart")
    add("--list", action="store_true", help="print the rows and stop")
    return parser


def main():
    parser = options()
    args = parser.parse_args()
    pattern = re.compile(args.only)
    rows = [row for row in ROWS if pattern.search(row.path)]
    if args.list:
        print("\n".join(row.path for row in rows))
        return
    if not rows:
        parser.error(f"no row's group/name matches {args.only!r}; --list shows them")
    try:
        threads = [int(t) for t in args.threads.split(",")]
    except ValueError:
        threads = []
    if not threads or min(threads) < 1:
        parser.error(f"--threads takes numbers like 1,2; it got {args.threads!r}")
    if library("taeda") is None:
        parser.error("taeda is not installed here")
    against = args.against or ("torch" if library("torch") else None)
    if against and library(against) is None:
        parser.error(f"--against {against}: no module of that name is installed here")
    if not against:
        print("no PyTorch beside Taeda: only Taeda is timed")

    modules = [name for name in ("taeda", against) if name]
    results, group = {}, None
    for row in rows:
        if row.group != group:
            group = row.group
            print(f"\n{group}\n{report.head(against, threads)}")
        result = run_row(row, modules, threads, args.rounds, args.milliseconds / 1e3)
        results[row.path] = result
        print(report.line(row, result, against, threads), flush=True)

    doc = report.document(rows, results, against, threads, args.rounds)
    if against:
        print(f"\n{report.summary(doc['groups'])}")
    report.write_json(args.json, doc)
    if against and not report.picture(args.picture, doc):
        print("no picture: matplotlib is not installed", file=sys.stderr)


if __name__ == "__main__":
    main()
