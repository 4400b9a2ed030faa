"""DataParallel: one model on several GPUs. Without GPUs it runs its module."""

from ..modules.module import Module

__all__ = ["DataParallel", "data_parallel"]


class DataParallel(Module):
    """Runs `module` on parts of a batch, one part a GPU; where there is no GPU, on all of it.

    device_ids: the GPUs; dim: the axis of the batch. The module's parameters have the prefix
    "module." in the state dict.
    """

    def __init__(self, module, device_ids=None, output_device=None, dim=0):
        super().__init__()
        if device_ids:
            _no_gpus()
        self.module = module
        self.device_ids = []

    def forward(self, *inputs, **kwargs):
        return self.module(*inputs, **kwargs)


def data_parallel(module, inputs, device_ids=None, output_device=None, dim=0, module_kwargs=None):
    """What DataParallel(module) gives for these inputs."""
    if device_ids:
        _no_gpus()
    inputs = inputs if isinstance(inputs, tuple) else (inputs,)
    return module(*inputs, **(module_kwargs or {}))


def _no_gpus():
    raise RuntimeError(
        "DataParallel: device_ids name GPUs, and this build has none; leave them out to run the "
        "module as it is"
    )
