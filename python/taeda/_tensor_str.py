"""The options of printing."""

from . import _C

__all__ = ["get_printoptions", "printoptions", "set_printoptions"]

_PROFILES = {
    "default": {"precision": 4, "threshold": 1000, "edgeitems": 3, "linewidth": 80},
    "short": {"precision": 2, "threshold": 1000, "edgeitems": 2, "linewidth": 80},
    "full": {"precision": 4, "threshold": float("inf"), "edgeitems": 3, "linewidth": 80},
}
_options = {**_PROFILES["default"], "sci_mode": None}


def set_printoptions(
    precision=None, threshold=None, edgeitems=None, linewidth=None, profile=None, sci_mode=None
):
    """Sets how tensors are printed, for the whole process. What is None stays, but ``sci_mode``.

    Args:
        precision: digits after the point; 4 at first.
        threshold: with more elements than this only the edges are shown; 1000 at first.
        edgeitems: how many are shown at each end of an axis then; 3 at first.
        linewidth: columns of a line; 80 at first.
        profile: "default", "short" (precision 2, edgeitems 2) or "full" (all elements), under the
            other arguments.
        sci_mode: True or False: scientific notation always or never; None: where needed.
    """
    given = {
        "precision": precision,
        "threshold": threshold,
        "edgeitems": edgeitems,
        "linewidth": linewidth,
    }
    changed = {**_options, **_PROFILES.get(profile, {}), "sci_mode": sci_mode}
    changed.update((k, v) for k, v in given.items() if v is not None)
    _C._set_print_options(**changed)
    _options.update(changed)


def get_printoptions():
    """The options of printing, as a dict that set_printoptions takes as keywords."""
    return dict(_options)


class printoptions:
    """A context manager within which other options of printing hold."""

    def __init__(self, **options):
        self.options = options

    def __enter__(self):
        self.before = get_printoptions()
        set_printoptions(**self.options)

    def __exit__(self, *error):
        set_printoptions(**self.before)
