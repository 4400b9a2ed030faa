"""Common bases of groups of layers, and the native layers made under them."""

from ..._C import _layers
from .module import Module


class _ConvNd(Module):
    """Convolutions."""

    transposed = False


class _ConvTransposeNd(_ConvNd):
    """Transposed convolutions."""

    transposed = True


class _NormBase(Module):
    """Layers with running statistics."""

    _version = 2

    def _load_from_state_dict(
        self, state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs
    ):
        version = local_metadata.get("version")
        if (version is None or version < 2) and self.track_running_stats:
            key = prefix + "num_batches_tracked"  # states of version 1 do not have it
            if key not in state_dict:
                present = self.num_batches_tracked
                if present is None or present.device.type == "meta":
                    from ... import int64, tensor

                    present = tensor(0, dtype=int64)
                state_dict[key] = present
        super()._load_from_state_dict(
            state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs
        )


class _BatchNorm(_NormBase):
    """Batch normalisation."""


class _DropoutNd(Module):
    """Dropout."""


class _EmbeddingBase(Module):
    """Tables of vectors."""

    @classmethod
    def from_pretrained(
        cls,
        embeddings,
        freeze=True,
        padding_idx=None,
        max_norm=None,
        norm_type=2.0,
        scale_grad_by_freq=False,
        sparse=False,
    ):
        """An Embedding whose table is the given (num_embeddings, embedding_dim); freeze:
        without gradient.
        """
        if embeddings.dim() != 2:
            raise AssertionError("Embeddings parameter is expected to be 2-dimensional")
        rows, columns = embeddings.shape
        return cls(
            num_embeddings=rows,
            embedding_dim=columns,
            _weight=embeddings,
            _freeze=freeze,
            padding_idx=padding_idx,
            max_norm=max_norm,
            norm_type=norm_type,
            scale_grad_by_freq=scale_grad_by_freq,
            sparse=sparse,
        )


class _MaxPoolNd(Module):
    """Maximum pooling."""


class _AvgPoolNd(Module):
    """Average pooling."""


class _AdaptiveAvgPoolNd(Module):
    """Average pooling to a given size."""


class _AdaptiveMaxPoolNd(Module):
    """Maximum pooling to a given size."""


class _Loss(Module):
    """Losses."""


class _WeightedLoss(_Loss):
    """Losses with a weight for each class or element."""


_bases = (
    Module,
    _ConvNd,
    _ConvTransposeNd,
    _BatchNorm,
    _DropoutNd,
    _EmbeddingBase,
    _MaxPoolNd,
    _AvgPoolNd,
    _AdaptiveAvgPoolNd,
    _AdaptiveMaxPoolNd,
    _Loss,
    _WeightedLoss,
)
_layers.make_layers({cls.__name__: cls for cls in _bases})
_layers.Conv1d.output_padding = (0,)
_layers.Conv2d.output_padding = (0, 0)
_layers.Conv3d.output_padding = (0, 0, 0)
