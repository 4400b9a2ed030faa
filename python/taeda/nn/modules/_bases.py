"""Common bases of groups of layers, and the native layers made under them."""

from ..._C import _layers
from .module import Module


def _step_by_step(cls, base, steps, forward):
    """A class that overrides a step of its layer's forward gets a forward that calls the steps."""
    if all(getattr(cls, step) is getattr(base, step) for step in steps):
        return
    if not hasattr(cls.forward, "__code__"):  # the layer's own, in C++
        cls.forward = forward


def _conv_steps(self, input):
    return self._conv_forward(input, self.weight, self.bias)


def _norm_steps(self, input):
    self._check_input_dim(input)
    return _layers.normalize(self, input)


class _ConvNd(Module):
    """Convolutions."""

    transposed = False

    def _conv_forward(self, input, weight, bias):
        return _layers.conv_forward(self, input, weight, bias)

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        _step_by_step(cls, _ConvNd, ["_conv_forward"], _conv_steps)


class _ConvTransposeNd(_ConvNd):
    """Transposed convolutions."""

    transposed = True


class _NormBase(Module):
    """Layers with running statistics."""

    _version = 2

    def _check_input_dim(self, input):
        _layers.check_norm_input(self, input)

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        _step_by_step(cls, _NormBase, ["_check_input_dim"], _norm_steps)

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

    RNNBase(mode, ..) itself has the parameters of that mode, and no forward.
    """

    def __init__(
        self,
        mode,
        input_size,
        hidden_size,
        num_layers=1,
        bias=True,
        batch_first=False,
        dropout=0.0,
        bidirectional=False,
        proj_size=0,
        device=None,
        dtype=None,
    ):
        super().__init__()
        layers = {"LSTM": "LSTM", "GRU": "GRU", "RNN_TANH": "RNN", "RNN_RELU": "RNN"}
        if mode not in layers:
            raise ValueError("Unrecognized RNN mode: " + str(mode))
        if proj_size and mode != "LSTM":
            raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")
        options = {"proj_size": proj_size} if mode == "LSTM" else {}
        layer = getattr(_layers, layers[mode])(
            input_size,
            hidden_size,
            num_layers,
            bias=bias,
            batch_first=batch_first,
            dropout=dropout,
            bidirectional=bidirectional,
            device=device,
            dtype=dtype,
            **options,
        )
        self._mode = mode
        self.input_size, self.hidden_size, self.num_layers = input_size, hidden_size, num_layers
        self.bias, self.batch_first, self.dropout = bias, batch_first, dropout
        self.bidirectional, self.proj_size = bidirectional, proj_size
        for name, weight in layer.named_parameters():
            self.register_parameter(name, weight)

    def reset_parameters(self):
        """Gives the parameters new initial values."""
        from ..init import uniform_

        bound = 1.0 / self.hidden_size**0.5
        for weight in self.parameters():
            uniform_(weight, -bound, bound)

    def extra_repr(self):
        text = f"{self.input_size}, {self.hidden_size}"
        usual = {"proj_size": 0, "num_layers": 1, "bias": True, "batch_first": False}
        usual |= {"dropout": 0, "bidirectional": False}
        for name, value in usual.items():
            if getattr(self, name) != value:
                text += f", {name}={getattr(self, name)}"
        return text

    @property
    def mode(self):
        """ "LSTM", "GRU", "RNN_TANH" or "RNN_RELU"."""
        if (own := self.__dict__.get("_mode")) is not None:
            return own
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
    _NormBase,
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
_BatchNorm, _InstanceNorm = _layers._BatchNorm, _layers._InstanceNorm
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


# ---- the steps of transformer layers that a subclass may override ----


def _sa_block(self, x, attn_mask, key_padding_mask, is_causal=False):
    return _layers.sa_block(self, x, attn_mask, key_padding_mask, is_causal)


def _mha_block(self, x, mem, attn_mask, key_padding_mask, is_causal=False):
    return _layers.mha_block(self, x, mem, attn_mask, key_padding_mask, is_causal)


def _ff_block(self, x):
    return _layers.ff_block(self, x)


def _encoder_steps(self, src, src_mask=None, src_key_padding_mask=None, is_causal=False):
    x = src
    if self.norm_first:
        x = x + self._sa_block(self.norm1(x), src_mask, src_key_padding_mask, is_causal=is_causal)
        return x + self._ff_block(self.norm2(x))
    x = self.norm1(x + self._sa_block(x, src_mask, src_key_padding_mask, is_causal=is_causal))
    return self.norm2(x + self._ff_block(x))


def _decoder_steps(
    self,
    tgt,
    memory,
    tgt_mask=None,
    memory_mask=None,
    tgt_key_padding_mask=None,
    memory_key_padding_mask=None,
    tgt_is_causal=False,
    memory_is_causal=False,
):
    x = tgt
    of_memory = (memory, memory_mask, memory_key_padding_mask, memory_is_causal)
    if self.norm_first:
        x = x + self._sa_block(self.norm1(x), tgt_mask, tgt_key_padding_mask, tgt_is_causal)
        x = x + self._mha_block(self.norm2(x), *of_memory)
        return x + self._ff_block(self.norm3(x))
    x = self.norm1(x + self._sa_block(x, tgt_mask, tgt_key_padding_mask, tgt_is_causal))
    x = self.norm2(x + self._mha_block(x, *of_memory))
    return self.norm3(x + self._ff_block(x))


def _make_overridable(layer, steps, forward):
    for step in steps:
        setattr(layer, step.__name__, step)
    names = [step.__name__ for step in steps]

    def __init_subclass__(cls, **kwargs):
        super(layer, cls).__init_subclass__(**kwargs)
        _step_by_step(cls, layer, names, forward)

    layer.__init_subclass__ = classmethod(__init_subclass__)


_make_overridable(_layers.TransformerEncoderLayer, [_sa_block, _ff_block], _encoder_steps)
_make_overridable(
    _layers.TransformerDecoderLayer, [_sa_block, _mha_block, _ff_block], _decoder_steps
)


# ---- attributes that follow from the class ----


class _ClassName:
    """An attribute that is the class's name, until something else is assigned."""

    def __get__(self, instance, owner):
        return owner.__name__


_layers.Upsample.name = _ClassName()
_layers.UpsamplingNearest2d.mode, _layers.UpsamplingBilinear2d.mode = "nearest", "bilinear"
_layers.UpsamplingNearest2d.align_corners, _layers.UpsamplingBilinear2d.align_corners = None, True
for _layer in (_layers.UpsamplingNearest2d, _layers.UpsamplingBilinear2d):
    _layer.recompute_scale_factor = None
for _layer in (_layers.ZeroPad1d, _layers.ZeroPad2d, _layers.ZeroPad3d):
    _layer.value = 0.0
