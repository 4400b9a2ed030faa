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
    """Losses. size_average and reduce are the old spelling of reduction."""

    def __init__(self, size_average=None, reduce=None, reduction="mean"):
        from .._losses import _reduction

        super().__init__()
        self.reduction = _reduction(size_average, reduce, reduction)


class _WeightedLoss(_Loss):
    """Losses with a weight for each class or element, the buffer `weight`."""

    def __init__(self, weight=None, size_average=None, reduce=None, reduction="mean"):
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)


class RNNBase(Module):
    """What RNN, LSTM and GRU have in common.

    input: (L, N, input_size), (N, L, input_size) if batch_first, (L, input_size), or a
    PackedSequence. The state is (num_layers * directions, N, hidden_size), without N for an input
    without N. All parameters start uniform within +-1/sqrt(hidden_size).
    """

    @property
    def mode(self):
        """ "LSTM", "GRU", "RNN_TANH" or "RNN_RELU"."""
        nonlinearity = getattr(self, "nonlinearity", None)
        if nonlinearity is not None:
            return "RNN_" + nonlinearity.upper()
        return "LSTM" if isinstance(self, _layers.LSTM) else "GRU"

    def flatten_parameters(self):
        """Does nothing: the parameters need no common memory."""

    # Pickles hold these properties as attributes, as PyTorch's do.
    _pickled = ("mode", "_all_weights", "_flat_weights_names", "_flat_weights")

    def __getstate__(self):
        return {**super().__getstate__(), **{name: getattr(self, name) for name in self._pickled}}

    def __setstate__(self, state):
        left_out = (*self._pickled, "_flat_weight_refs")
        super().__setstate__({k: v for k, v in state.items() if k not in left_out})

    @property
    def _all_weights(self):
        kinds = ["weight_ih", "weight_hh"] + ["bias_ih", "bias_hh"] * self.bias
        if getattr(self, "proj_size", 0):
            kinds.append("weight_hr")
        suffixes = ("", "_reverse")[: 1 + self.bidirectional]
        return [
            [f"{kind}_l{layer}{suffix}" for kind in kinds]
            for layer in range(self.num_layers)
            for suffix in suffixes
        ]

    @property
    def all_weights(self):
        """The parameters of each layer and direction."""
        return [[getattr(self, name) for name in names] for names in self._all_weights]

    @property
    def _flat_weights_names(self):
        return [name for names in self._all_weights for name in names]

    @property
    def _flat_weights(self):
        return [getattr(self, name) for name in self._flat_weights_names]


class RNNCellBase(Module):
    """One step of a recurrent network: input (N, input_size) or (input_size)."""


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
    RNNBase,
    RNNCellBase,
)
_layers.make_layers({cls.__name__: cls for cls in _bases})
_layers.Conv1d.output_padding = (0,)
_layers.Conv2d.output_padding = (0, 0)
_layers.Conv3d.output_padding = (0, 0, 0)
_layers.LSTM.nonlinearity = _layers.GRU.nonlinearity = None
for _base, _home in ((RNNBase, "rnn"), (RNNCellBase, "rnn")):
    _base.__module__ = f"taeda.nn.modules.{_home}"


def _square_subsequent_mask(sz, device=None, dtype=None):
    """-inf above the diagonal, else 0: added to scores, it hides later positions."""
    from ... import full

    return full((sz, sz), float("-inf"), dtype=dtype, device=device).triu(1)


_layers.Transformer.generate_square_subsequent_mask = staticmethod(_square_subsequent_mask)


@property
def _qkv_same_embed_dim(self):
    return self.in_proj_weight is not None


@property
def _head_dim(self):
    return self.embed_dim // self.num_heads


_layers.MultiheadAttention._qkv_same_embed_dim = _qkv_same_embed_dim
_layers.MultiheadAttention.head_dim = _head_dim
