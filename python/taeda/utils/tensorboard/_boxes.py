"""Boxes drawn into pictures."""

from ... import _C

_RED = (255, 0, 0)


def draw_boxes(picture, boxes, rescale, dataformats, labels):
    """uint8 [H, W, 3]: the picture, enlarged, with a frame two pixels wide for each box.

    Args:
        boxes: [N, 4], rows of (xmin, ymin, xmax, ymax) in pixels of the original.
        labels: None, or a text for each box.
    """
    scale = 1 if picture.dtype == _C.uint8 else 255
    axes = [dataformats.upper().index(c) for c in "HWC"]
    out = (picture.permute(axes).float() * scale).clamp(0, 255).to(_C.uint8)
    if out.shape[2] == 1:
        out = out.expand(-1, -1, 3)
    out = out.contiguous().clone()
    height, width = out.shape[:2]
    corners = boxes.tolist()
    for xmin, ymin, xmax, ymax in corners:
        _frame(out, round(xmin), round(ymin), round(xmax), round(ymax))
    if labels is not None:
        out = _write(out, corners, labels)
    if rescale != 1:
        size = int(height * rescale), int(width * rescale)
        out = _resize(out, size)
    return out


def _frame(out, xmin, ymin, xmax, ymax):
    red = _C.tensor(_RED, dtype=_C.uint8)
    height, width = out.shape[:2]

    def fill(top, bottom, left, right):  # half-open, cut at the picture's edges
        rows = slice(max(top, 0), max(min(bottom, height), 0))
        columns = slice(max(left, 0), max(min(right, width), 0))
        if rows.start < rows.stop and columns.start < columns.stop:
            out[rows, columns] = red

    # As the line drawing of Pillow places lines two pixels wide.
    fill(ymin - 1, ymin + 1, xmin, xmax + 1)
    fill(ymax, ymax + 2, xmin, xmax + 1)
    fill(ymin - 1, ymax + 2, xmin, xmin + 2)
    fill(ymin - 1, ymax + 2, xmax - 1, xmax + 1)


def _resize(out, size):
    from ...nn.functional import interpolate

    x = out.permute(2, 0, 1).float().unsqueeze(0)
    x = interpolate(x, size=size, mode="bilinear", align_corners=False)
    return x[0].permute(1, 2, 0).clamp(0, 255).to(_C.uint8)


def _write(out, corners, labels):
    """The labels in black on red, above the lower left corner of their boxes."""
    try:
        from PIL import Image, ImageDraw
    except ImportError as error:
        raise ImportError(
            "add_image_with_boxes: writing labels needs the package Pillow (pip install pillow); "
            "boxes without labels do not"
        ) from error
    height, width = out.shape[:2]
    image = Image.frombytes("RGB", (width, height), bytes(out.reshape(-1).tolist()))
    draw = ImageDraw.Draw(image)
    for (xmin, _, _, ymax), label in zip(corners, labels):
        left, top, right, bottom = draw.textbbox((xmin, ymax), label)
        above = bottom - top
        draw.rectangle((left, top - above, right, bottom - above), fill=_RED)
        draw.text((xmin, ymax - above), label, fill="black")
    return _C.tensor(bytearray(image.tobytes()), dtype=_C.uint8).view(height, width, 3)
