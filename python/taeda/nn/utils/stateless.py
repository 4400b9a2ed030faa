"""torch.func.functional_call under an older name."""

from ...func import functional_call

__all__ = ["functional_call"]
