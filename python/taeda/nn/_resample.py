"""Resampling and the moves between channels and pixels, for functional.py."""

import math

from .. import _C

__all__ = [
    "channel_shuffle",
    "interpolate",
    "pixel_shuffle",
    "pixel_unshuffle",
    "upsample",
    "upsample_bilinear",
    "upsample_nearest",
]


def pixel_shuffle(input, upscale_factor):
    """(*, C * r^2, H, W) to (*, C, H * r, W * r)."""
    r, (c, h, w) = upscale_factor, input.shape[-3:]
    if c % (r * r):
        raise RuntimeError(
            "pixel_shuffle expects its input's 'channel' dimension to be divisible by the square "
            "of "
            f"upscale_factor, but input.size(-3)={c} is not divisible by {r * r}"
        )
    lead = tuple(input.shape[:-3])
    k = len(lead)
    x = input.reshape(*lead, c // (r * r), r, r, h, w)
    x = x.permute(*range(k), k, k + 3, k + 1, k + 4, k + 2)
    return x.reshape(*lead, c // (r * r), h * r, w * r)


def pixel_unshuffle(input, downscale_factor):
    """(*, C, H * r, W * r) to (*, C * r^2, H, W)."""
    r, (c, h, w) = downscale_factor, input.shape[-3:]
    for size, name in ((h, "height"), (w, "width")):
        if size % r:
            raise RuntimeError(
                f"pixel_unshuffle expects {name} to be divisible by downscale_factor, but "
                f"input.size({-2 if name == 'height' else -1})={size} is not divisible by {r}"
            )
    lead = tuple(input.shape[:-3])
    k = len(lead)
    x = input.reshape(*lead, c, h // r, r, w // r, r)
    x = x.permute(*range(k), k, k + 2, k + 4, k + 1, k + 3)
    return x.reshape(*lead, c * r * r, h // r, w // r)


def channel_shuffle(input, groups):
    """Takes the channels of (N, C, *) in turn from each group."""
    n, c = input.shape[:2]
    if c % groups:
        raise RuntimeError(
            f"Number of channels must be divisible by groups. Got {c} channels and {groups} groups."
        )
    rest = tuple(input.shape[2:])
    return input.reshape(n, groups, c // groups, *rest).transpose(1, 2).reshape(n, c, *rest)


def _taps(mode, size, out, scale, align_corners):
    """For each output place along one axis the input places it is made of, and their weights."""
    ratio = 1.0 / scale if scale is not None else size / out
    if mode in ("nearest", "nearest-exact"):
        shift = 0.5 if mode == "nearest-exact" else 0.0
        return [[(min(int(math.floor((i + shift) * ratio)), size - 1), 1.0)] for i in range(out)]
    if align_corners:
        ratio = (size - 1) / (out - 1) if out > 1 else 0.0
    rows = []
    for i in range(out):
        at = i * ratio if align_corners else (i + 0.5) * ratio - 0.5
        if mode == "cubic":
            base = math.floor(at)
            t = at - base
            weights = [_cubic(1 + t), _cubic(t), _cubic(1 - t), _cubic(2 - t)]
            places = [min(max(base + k - 1, 0), size - 1) for k in range(4)]
            rows.append(list(zip(places, weights)))
            continue
        at = max(at, 0.0)
        low = min(int(at), size - 1)
        high = min(low + 1, size - 1)
        rows.append([(low, 1.0 - (at - low)), (high, at - low)])
    return rows


def _cubic(x, a=-0.75):
    """The cubic convolution kernel (Keys 1981)."""
    if x <= 1:
        return ((a + 2) * x - (a + 3)) * x * x + 1
    return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a


def _resample_axis(x, axis, rows):
    from .. import tensor

    out = None
    for k in range(len(rows[0])):
        part = x.index_select(axis, tensor([row[k][0] for row in rows], device=x.device))
        if len(rows[0]) > 1:
            shape = [1] * x.dim()
            shape[axis] = len(rows)
            weights = tensor([row[k][1] for row in rows], dtype=x.dtype, device=x.device)
            part = part * weights.reshape(shape)
        out = part if out is None else out + part
    return out


_MODES = {"linear": 1, "bilinear": 2, "trilinear": 3, "bicubic": 2}


def interpolate(
    input,
    size=None,
    scale_factor=None,
    mode="nearest",
    align_corners=None,
    recompute_scale_factor=None,
    antialias=False,
):
    """The input (N, C, *) at another spatial size, or scaled.

    mode: "nearest", "nearest-exact", "linear" (1 axis), "bilinear" and "bicubic" (2), "trilinear"
    (3) or "area". align_corners: the corner elements keep their values.
    """
    axes = input.dim() - 2
    if mode in ("nearest", "area", "nearest-exact"):
        if align_corners is not None:
            raise ValueError(
                "align_corners option can only be set with the interpolating modes: linear | "
                "bilinear | bicubic | trilinear"
            )
    if antialias:
        raise NotImplementedError("interpolate: antialias is not available")
    if size is not None and scale_factor is not None:
        raise ValueError("only one of size or scale_factor should be defined")
    if size is None and scale_factor is None:
        raise ValueError("either size or scale_factor should be defined")
    scales = [None] * axes
    if size is not None:
        sizes = [int(n) for n in size] if isinstance(size, (tuple, list)) else [int(size)] * axes
        if len(sizes) != axes:
            raise ValueError(
                "Input and output must have the same number of spatial dimensions, but got input "
                f"with spatial dimensions of {list(input.shape[2:])} and output size of {size}. "
                "Please provide input tensor in (N, C, d1, d2, ...,dK) format and output size in "
                "(o1, o2, ...,oK) format."
            )
    else:
        many = isinstance(scale_factor, (tuple, list))
        scales = [float(f) for f in scale_factor] if many else [float(scale_factor)] * axes
        if len(scales) != axes:
            raise ValueError(
                "Input and scale_factor must have the same number of spatial dimensions, but got "
                f"input with spatial dimensions of {list(input.shape[2:])} and scale_factor of "
                "shape "
                f"{scale_factor}. Please provide input tensor in (N, C, d1, d2, ...,dK) format and "
                "scale_factor in (s1, s2, ...,sK) format."
            )
        sizes = [int(math.floor(n * f)) for n, f in zip(input.shape[2:], scales)]
        if recompute_scale_factor:
            scales = [None] * axes
    if mode == "area":
        from . import functional

        return getattr(functional, f"adaptive_avg_pool{axes}d")(input, sizes)
    if mode not in ("nearest", "nearest-exact") and _MODES.get(mode) != axes:
        if mode not in _MODES:
            raise NotImplementedError(
                "Input Error: Only 3D, 4D and 5D input Tensors supported (got "
                f"{input.dim()}D) for the modes: nearest | linear | bilinear | bicubic | "
                "trilinear | "
                f"area | nearest-exact (got {mode})"
            )
        raise NotImplementedError(
            f"Got {input.dim()}D input, but {mode} mode needs {_MODES[mode] + 2}D input"
        )
    kind = {"bicubic": "cubic"}.get(mode, mode if mode.startswith("nearest") else "linear")
    x = input
    nearest = kind.startswith("nearest")
    if not x.is_floating_point() and (x.dtype != _C.uint8 or not (nearest or axes == 2)):
        raise NotImplementedError(
            f'"upsample_{mode.replace("-", "_")}{axes}d" not implemented for '
            f"'{_C._word_of(x.dtype)}'"
        )
    if x.dtype in (_C.float16, _C.bfloat16, _C.uint8) and not nearest:
        x = x.float()
    whole = input.dtype == _C.uint8 and not nearest
    for i in reversed(range(axes)) if whole else range(axes):
        rows = _taps(kind, input.size(2 + i), sizes[i], scales[i], bool(align_corners))
        x = _resample_axis(x, 2 + i, rows)
        if whole:  # bytes after each axis, the last one first
            x = (x + 0.5).floor().clamp(0, 255)
    name = "".join(part.capitalize() for part in mode.split("-"))
    return _C._named(x.to(input.dtype), f"Upsample{name}{axes}DBackward0")


def upsample(input, size=None, scale_factor=None, mode="nearest", align_corners=None):
    """The old name of interpolate()."""
    return interpolate(input, size, scale_factor, mode, align_corners)


def upsample_nearest(input, size=None, scale_factor=None):
    """interpolate() with mode "nearest"."""
    return interpolate(input, size, scale_factor, mode="nearest")


def upsample_bilinear(input, size=None, scale_factor=None):
    """interpolate() with mode "bilinear" and aligned corners."""
    return interpolate(input, size, scale_factor, mode="bilinear", align_corners=True)
