"""MKL is not used."""


def is_available():
    """Whether there is MKL."""
    return False
