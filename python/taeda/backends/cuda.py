"""CUDA: its switches may be set, and have no effect without it."""

from contextlib import contextmanager


class _Matmul:
    allow_tf32 = False
    allow_fp16_reduced_precision_reduction = True
    allow_bf16_reduced_precision_reduction = True


matmul = _Matmul()


def is_built():
    """Whether this build knows CUDA."""
    return False


_attention = {"flash": True, "mem_efficient": True, "math": True, "cudnn": True}


def _switch(name):
    def enable(enabled):
        _attention[name] = bool(enabled)

    def is_enabled():
        return _attention[name]

    enable.__doc__ = f"Allows, or not, the {name} implementation of attention; no effect here."
    is_enabled.__doc__ = f"What enable_{name}_sdp was last told."
    return enable, is_enabled


enable_flash_sdp, flash_sdp_enabled = _switch("flash")
enable_mem_efficient_sdp, mem_efficient_sdp_enabled = _switch("mem_efficient")
enable_math_sdp, math_sdp_enabled = _switch("math")
enable_cudnn_sdp, cudnn_sdp_enabled = _switch("cudnn")


@contextmanager
def sdp_kernel(enable_flash=True, enable_math=True, enable_mem_efficient=True, enable_cudnn=True):
    """A context with these implementations of attention allowed; no effect here."""
    before = dict(_attention)
    _attention.update(
        flash=enable_flash, math=enable_math, mem_efficient=enable_mem_efficient, cudnn=enable_cudnn
    )
    try:
        yield
    finally:
        _attention.update(before)
