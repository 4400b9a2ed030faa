"""From the kinds of values that users log to tensors, numbers and text."""

from ... import _C


def as_tensor(x):
    """A tensor from a tensor, an array or a number; without history."""
    if isinstance(x, _C.Tensor):
        return x.detach()
    if isinstance(x, (bool, int, float)):
        return _C.tensor([x])
    if hasattr(x, "__array__") and hasattr(x, "dtype"):
        if any(step < 0 for step in getattr(x, "strides", None) or ()):  # a flipped picture
            x = x.copy()
        return _C.tensor(x)
    raise NotImplementedError(f"Got {type(x)}, but numpy array or torch tensor are expected.")


def as_number(x):
    """A float from a number, a string that reads as one, or a tensor or array of one element."""
    if isinstance(x, (bool, int, float, str)):
        return float(x)
    x = as_tensor(x)
    if x.numel() != 1:
        raise AssertionError(
            "Tensor should contain one element (0 dimensions).             "
            f"Was given size: {x.numel()} and {x.squeeze().dim()} dimensions."
        )
    return float(x)


def as_step(step):
    """An int, or None."""
    return step if step is None or type(step) is int else int(step)


def hparam_values(hparams, domains):
    """Pairs of names with numbers and strings, and those of allowed values."""
    domains = domains or {}
    if not isinstance(domains, dict):
        raise TypeError(
            "parameter: hparam_domain_discrete should be a dictionary, nothing or None."
        )
    for name, values in domains.items():
        if (
            name not in hparams
            or not isinstance(values, list)
            or not all(isinstance(v, type(hparams[name])) for v in values)
        ):
            raise TypeError(
                f"parameter: hparam_domain_discrete[{name}] should be a list of same type as "
                f"hparam_dict[{name}]."
            )
    out = []
    for name, value in hparams.items():
        if value is None:
            continue
        if isinstance(value, (int, float)):  # bools too: TensorBoard then shows 1 and 0
            out.append((name, float(value)))
        elif isinstance(value, str):
            out.append((name, value))
        elif isinstance(value, _C.Tensor) or hasattr(value, "dtype"):
            out.append((name, as_number(value)))
        else:
            raise ValueError("value should be one of int, float, str, bool, or torch.Tensor")
    kept = {
        name: [v if isinstance(v, str) else float(v) for v in values]
        for name, values in domains.items()
    }
    return out, list(kept.items())


def picture_of_figure(figure, close):
    """A matplotlib figure as uint8 [H, W, 3]."""
    import matplotlib.backends.backend_agg as agg
    import matplotlib.pyplot as plt

    canvas = agg.FigureCanvasAgg(figure)
    canvas.draw()
    width, height = canvas.get_width_height()
    picture = _C.tensor(bytearray(canvas.buffer_rgba()), dtype=_C.uint8)
    if close:
        plt.close(figure)
    return picture.view(height, width, 4)[:, :, :3]
