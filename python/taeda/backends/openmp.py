"""OpenMP is not used."""


def is_available():
    """Whether there is OpenMP."""
    return False
