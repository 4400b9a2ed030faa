"""Apple's GPUs are not supported."""


def is_available():
    """Whether there is such a GPU."""
    return False


def is_built():
    """Whether this build knows them."""
    return False
