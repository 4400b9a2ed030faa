"""The version of the package, and what it was built with."""

__version__ = "0.1.0"
debug = False
cuda = None  # the CUDA version
hip = None
git_version = "unknown"
