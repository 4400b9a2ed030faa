"""Parameters as one vector and back."""

from ... import _C


def parameters_to_vector(parameters):
    """All parameters behind each other, as one axis."""
    from ... import cat

    return cat([p.view(-1) for p in parameters])


def vector_to_parameters(vec, parameters):
    """Gives the parameters the values of one vector, in order."""
    if not isinstance(vec, _C.Tensor):
        raise TypeError(f"expected torch.Tensor, but got: {type(vec)}")
    at = 0
    for p in parameters:
        n = p.numel()
        p.data = vec[at : at + n].view_as(p).data
        at += n
