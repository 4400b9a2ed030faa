"""What a run says: a table, a JSON file and a picture of the ratios."""

import json
import math
import os
import platform
import sys
import time

from harness import best


def machine():
    """In words: processor and how many of its cores this process may use."""
    name = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo") as file:
            name = next(
                line.split(":")[1].strip() for line in file if line.startswith("model name")
            )
    except (OSError, StopIteration):
        pass
    return f"{name}, {len(os.sched_getaffinity(0))} cores"


def amount(value, peak):
    """Seconds or bytes with three digits and their unit."""
    if value is None:
        return "-"
    if peak:
        return f"{value / 2**20:.1f} MiB"
    for unit, scale in (("s", 1), ("ms", 1e-3), ("us", 1e-6), ("ns", 1e-9)):
        if value >= scale:
            break
    return f"{value / scale:.3g} {unit}"


def ratio(results, against):
    """The other's best over Taeda's: above 1 Taeda is faster, or smaller. None if unknown."""
    ours, theirs = best(results["taeda"]), best(results.get(against, {"error": "not run"}))
    return None if ours is None or theirs is None else theirs / max(ours, 1e-12)


def geometric_mean(values):
    return math.exp(sum(map(math.log, values)) / len(values))


def groups_of(rows, ratios):
    """{group: {"rows", "geomean", "worst"}} over the rows that both ran, in order."""
    groups = {}
    for row in rows:
        if ratios.get(row.path) is not None:
            groups.setdefault(row.group, []).append((ratios[row.path], row.name))
    return {
        group: {
            "rows": len(pairs),
            "geomean": geometric_mean([max(r, 1e-6) for r, _ in pairs]),
            "worst": min(pairs)[0],
            "worst_row": min(pairs)[1],
        }
        for group, pairs in groups.items()
    }


def head(against, threads):
    """Column titles: for each library and thread count (1T, 2T) the minimum and the median."""
    titles = [f"{lib} {t}T" for lib in ("taeda", against) if lib for t in threads]
    ends = f"{'ratio':>8}" if against else ""
    return f"{'':<46}" + "".join(f"{t:>10}{'median':>10}" for t in titles) + ends


def line(row, results, against, threads):
    cells = []
    for lib in ("taeda", against) if against else ("taeda",):
        for t in threads:
            entry = results[lib].get(str(t), {})
            cells += [amount(entry.get(what), row.peak) for what in ("min", "median")]
    text = f"{row.name[:45]:<46}" + "".join(f"{c:>10}" for c in cells)
    if against:
        r = ratio(results, against)
        text += f"{'-':>8}" if r is None else f"{r:8.2f}"
    errors = [f"  {lib}: {v['error']}" for lib, v in results.items() if "error" in v]
    return "\n".join([text, *errors])


def summary(groups):
    lines = [f"{'geometric mean of the ratios':<46}{'rows':>6}{'mean':>8}{'worst':>8}"]
    for name, g in groups.items():
        lines.append(
            f"{name:<46}{g['rows']:6}{g['geomean']:8.2f}{g['worst']:8.2f}  {g['worst_row']}"
        )
    return "\n".join(lines)


def document(rows, results, against, threads, rounds):
    """The run as plain data."""
    ratios = {row.path: ratio(results[row.path], against) if against else None for row in rows}
    versions = {n: getattr(sys.modules[n], "__version__", "?") for n in ("taeda", against) if n}
    return {
        "machine": machine(),
        "date": time.strftime("%Y-%m-%d"),
        "python": platform.python_version(),
        "versions": versions,
        "threads": list(threads),
        "rounds": rounds,
        "against": against,
        "rows": [
            {
                "group": row.group,
                "name": row.name,
                "unit": "bytes" if row.peak else "seconds",
                "results": results[row.path],
                "ratio": ratios[row.path],
            }
            for row in rows
        ],
        "groups": groups_of(rows, ratios),
    }


def write_json(path, doc):
    with open(path, "w") as file:
        json.dump(doc, file, indent=1)


def picture(path, doc):
    """A bar a row, on a logarithmic axis. False where matplotlib is missing."""
    try:
        import matplotlib
    except ImportError:
        return False
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    rows = [r for r in doc["rows"] if r["ratio"] is not None]
    groups = list(dict.fromkeys(r["group"] for r in rows))
    figure, axes = plt.subplots(figsize=(10, 1.2 + 0.16 * (len(rows) + 2 * len(groups))))
    y, ticks, labels = 0, [], []
    for k, group in enumerate(groups):
        y -= 1
        axes.text(1.02, y, group, weight="bold", va="center", fontsize=8)
        for row in (r for r in rows if r["group"] == group):
            y -= 1
            value = max(row["ratio"], 1e-3)
            axes.barh(y, value - 1, left=1, color=f"C{k % 10}" if value >= 1 else "tab:red")
            ticks.append(y)
            labels.append(row["name"])
        y -= 1
    axes.set_xscale("log")
    axes.axvline(1, color="black", linewidth=0.8)
    axes.set_yticks(ticks, labels, fontsize=6)
    axes.set_ylim(y, 0)
    axes.set_xlabel(f"{doc['against']} / taeda: to the right of 1 taeda is faster, or smaller")
    axes.set_title(f"{doc['machine']}, {doc['date']}", fontsize=9)
    axes.grid(axis="x", alpha=0.3)
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    plt.close(figure)
    return True
