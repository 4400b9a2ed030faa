"""What training shows: progress, the table of epochs, the training curve, pictures."""

import os
import struct
import sys
import time
import zlib


def number(x):
    """As C's %.9g: enough digits to tell all float32 numbers apart."""
    return f"{x:.9g}"


class Progress:
    """One line that is drawn over and over on a terminal; a line now and then elsewhere."""

    def __init__(self, images_left):
        self.left = images_left
        self.started = self.last = time.perf_counter()
        self.images = 0
        self.terminal = sys.stderr.isatty()

    def update(self, epoch, epochs, part, loss, accuracy, images):
        self.images += images
        now = time.perf_counter()
        if now - self.last < (0.1 if self.terminal else 5):
            return
        self.last = now
        rate = self.images / (now - self.started)
        seconds = int((self.left - self.images) / rate)
        bar = "#" * int(20 * part)
        text = (
            f"epoch {epoch}/{epochs} [{bar:.<20}] {part:4.0%}  loss {loss:.4f}  accuracy"
            f" {accuracy:.4f}  {rate:.0f} images/s  {seconds // 60}:{seconds % 60:02} left"
        )
        if self.terminal:
            print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)
        else:
            print(text, file=sys.stderr, flush=True)

    def clear(self):
        if self.terminal:
            print("\r\033[K", end="", file=sys.stderr, flush=True)


def print_table(rows):
    heads = ("epoch", "train loss", "accuracy", "test loss", "accuracy", "images/s")
    print(f"\n{heads[0]:>5}" + "".join(f"{head:>12}" for head in heads[1:]))
    for row in rows:
        print(f"{row[0]:5d}{row[1]:12.5f}{row[2]:12.4f}{row[3]:12.5f}{row[4]:12.4f}{row[5]:12.0f}")
    print()


def draw_curve(folder, rows):
    """The training curve: a PNG where matplotlib is installed, else an SVG. Returns its path."""
    panels = (("loss", 1, 3), ("accuracy", 2, 4))
    try:
        import matplotlib
    except ImportError:
        path = os.path.join(folder, "curve.svg")
        with open(path, "w") as file:
            file.write(curve_svg(rows, panels))
        return path
    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, 2, figsize=(9, 3.5), layout="constrained")
    for axis, (name, train, test) in zip(axes, panels):
        for column, label in ((train, "train"), (test, "test")):
            axis.plot([row[0] for row in rows], [row[column] for row in rows], ".-", label=label)
        axis.set(xlabel="epoch", ylabel=name)
        axis.xaxis.get_major_locator().set_params(integer=True)
        axis.legend()
    path = os.path.join(folder, "curve.png")
    figure.savefig(path, dpi=120)
    return path


def curve_svg(rows, panels):
    width, height, margin = 360, 240, 45
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{2 * width}" height="{height}"'
        ' font-family="sans-serif" font-size="11">\n<rect width="100%" height="100%"'
        ' fill="white"/>\n'
    ]
    for k, (name, *columns) in enumerate(panels):
        values = [row[c] for row in rows for c in columns]
        low, high = min(values), max(values)
        span = high - low or 1
        left, right = k * width + margin, (k + 1) * width - 10
        top, bottom = 20, height - 30
        out.append(
            f'<rect x="{left}" y="{top}" width="{right - left}" height="{bottom - top}"'
            f' fill="none" stroke="#999"/>\n<text x="{left}" y="14">{name}</text>\n'
            f'<text x="{left - 4}" y="{top + 8}" text-anchor="end">{high:.3g}</text>\n'
            f'<text x="{left - 4}" y="{bottom}" text-anchor="end">{low:.3g}</text>\n'
            f'<text x="{right}" y="{bottom + 15}" text-anchor="end">epoch {rows[-1][0]}</text>\n'
        )
        for column, colour, label in zip(columns, ("#1f77b4", "#d62728"), ("train", "test")):
            points = []
            for i, row in enumerate(rows):
                x = left + (right - left) * i / max(len(rows) - 1, 1)
                y = bottom - (bottom - top) * (row[column] - low) / span
                points.append(f"{x:.1f},{y:.1f}")
            x = left + 60 + 45 * columns.index(column)
            out.append(
                f'<polyline points="{" ".join(points)}" fill="none" stroke="{colour}"'
                f' stroke-width="1.5"/>\n<text x="{x}" y="14" fill="{colour}">{label}</text>\n'
            )
    return "".join(out) + "</svg>\n"


def print_picture(pixels, max_value):
    """Gray pixels [height, width] in characters."""
    shades = " .:-=+*#%@"
    for row in pixels.tolist():
        print("".join(2 * shades[min(int(v * 10 / (max_value + 1)), 9)] for v in row))


def print_chances(classes, chances):
    """A line for each class: name, probability, bar."""
    width = max(map(len, classes))
    for name, chance in zip(classes, chances):
        print(f"{name:>{width}} {100 * chance:5.1f}% {'#' * int(40 * chance + 0.5)}".rstrip())


def print_pictures(pictures):
    """Gray pictures [N][height][width] of numbers from 0 to 1 in characters, side by side."""
    shades = " .:-=+*#%@"
    for rows in zip(*pictures):
        line = ("".join(2 * shades[min(int(v * 10), 9)] for v in row) for row in rows)
        print(" | ".join(line).rstrip())


def save_pictures(path, pictures, columns, zoom=4):
    """Saves gray pictures [N][height][width] of numbers from 0 (white) to 1 (black) as one PNG."""
    height, width = len(pictures[0]), len(pictures[0][0])
    down = -(-len(pictures) // columns)
    lines = [bytearray(b"\xff" * columns * (width + 1) * zoom) for _ in range(down * (height + 1))]
    for n, picture in enumerate(pictures):
        for y, row in enumerate(picture):
            for x, v in enumerate(row):
                at = (n % columns * (width + 1) + x) * zoom
                line = lines[n // columns * (height + 1) + y]
                line[at : at + zoom] = bytes([255 - int(v * 255 + 0.5)]) * zoom
    size = struct.pack(">IIBBBBB", len(lines[0]), len(lines) * zoom, 8, 0, 0, 0, 0)  # 8-bit gray
    data = b"".join(zoom * (b"\0" + line) for line in lines)
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n")
        for kind, content in ((b"IHDR", size), (b"IDAT", zlib.compress(data)), (b"IEND", b"")):
            file.write(struct.pack(">I", len(content)) + kind + content)
            file.write(struct.pack(">I", zlib.crc32(kind + content)))
