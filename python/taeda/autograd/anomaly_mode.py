"""Finding the op whose gradient fails, or is not a number."""

import warnings

from .. import _C

__all__ = ["detect_anomaly", "set_detect_anomaly"]


class set_detect_anomaly:
    """Switches anomaly detection, at once; as a context manager, until its end.

    While it is on, a failing backward reports the Python stack of the forward call.

    Args:
        mode: on or off.
        check_nan: whether a NaN in a gradient is such a failure (RuntimeError).
    """

    def __init__(self, mode, check_nan=True):
        self.prev = _C.is_anomaly_enabled()
        self.prev_check_nan = _C.is_anomaly_check_nan_enabled()
        _C._set_anomaly(mode, check_nan)

    def __enter__(self):
        pass

    def __exit__(self, *error):
        _C._set_anomaly(self.prev, self.prev_check_nan)


class detect_anomaly:
    """A context manager within which anomaly detection is on; it warns that this is slow.

    Args:
        check_nan: whether a NaN in a gradient is a failure (RuntimeError).
    """

    def __init__(self, check_nan=True):
        self.check_nan = check_nan
        warnings.warn(
            "Anomaly Detection has been enabled. This mode will increase the runtime and should "
            "only be enabled for debugging.",
            stacklevel=2,
        )

    def __enter__(self):
        self.prev = _C.is_anomaly_enabled(), _C.is_anomaly_check_nan_enabled()
        _C._set_anomaly(True, self.check_nan)

    def __exit__(self, *error):
        _C._set_anomaly(*self.prev)
