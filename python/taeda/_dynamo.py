"""Settings of torch.compile's capture, which may be set and have no effect."""

from types import SimpleNamespace

from .compiler import disable as disable, is_compiling as is_compiling, reset as reset

config = SimpleNamespace(
    suppress_errors=False,
    verbose=False,
    cache_size_limit=8,
    recompile_limit=8,
    capture_scalar_outputs=False,
    dynamic_shapes=True,
    automatic_dynamic_shapes=True,
)
