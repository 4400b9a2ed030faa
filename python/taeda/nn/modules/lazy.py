"""Layers that learn the sizes of their parameters from their first input."""

from ...autograd import no_grad
from ..parameter import UninitializedBuffer, UninitializedParameter, is_lazy

__all__ = ["LazyModuleMixin"]


class LazyModuleMixin:
    """Before Module among the bases, it makes a layer lazy.

    The layer's ``initialize_parameters(*args)`` gives the UninitializedParameters their shapes;
    it is called before the first forward. The object then becomes a ``cls_to_become``, if that is
    given. A state dict also gives shapes.
    """

    __slots__ = ()
    cls_to_become = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._load_hook = self._register_load_state_dict_pre_hook(self._lazy_load_hook)
        self._initialize_hook = self.register_forward_pre_hook(
            self._infer_parameters, with_kwargs=True
        )

    def _save_to_state_dict(self, destination, prefix, keep_vars):
        persistent = [
            (name, b)
            for name, b in self._buffers.items()
            if name not in self._non_persistent_buffers_set
        ]
        for name, value in [*self._parameters.items(), *persistent]:
            if value is not None:
                keep = is_lazy(value) or keep_vars
                destination[prefix + name] = value if keep else value.detach()

    def _lazy_load_hook(self, state_dict, prefix, *rest):
        for name, value in [*self._parameters.items(), *self._buffers.items()]:
            given = state_dict.get(prefix + name)
            if given is not None and is_lazy(value) and not is_lazy(given):
                with no_grad():
                    value.materialize(given.shape)

    def initialize_parameters(self, *args, **kwargs):
        """Gives the parameters shapes that fit these arguments of forward."""
        raise NotImplementedError(
            f"initialize_parameters is not implemented for {self.__class__.__name__}"
        )

    def _infer_parameters(self, module, args, kwargs=None):
        module.initialize_parameters(*args, **(kwargs or {}))
        if module.has_uninitialized_params():
            raise RuntimeError(f"module {self._get_name()} has not been fully initialized")
        module._initialize_hook.remove()
        module._load_hook.remove()
        delattr(module, "_initialize_hook")
        delattr(module, "_load_hook")
        if module.cls_to_become is not None:
            module.__class__ = module.cls_to_become

    def has_uninitialized_params(self):
        """True as long as a parameter or buffer has no shape."""
        return any(is_lazy(v) for v in [*self._parameters.values(), *self._buffers.values()])

    def _replicate_for_data_parallel(self):
        raise RuntimeError(
            "Modules with uninitialized parameters can't be used with `DataParallel`. Run a dummy "
            "forward pass to correctly initialize the modules"
        )


# A layer's number of input features is 0 until it is known.


class _LazyLayer(LazyModuleMixin):
    __slots__ = ()
    _features = ""  # the name of that number

    def reset_parameters(self):
        """Gives the parameters new initial values, once they have shapes."""
        if not self.has_uninitialized_params() and getattr(self, self._features) != 0:
            super().reset_parameters()

    def initialize_parameters(self, input, *args, **kwargs):
        """Takes the shapes that fit this input."""
        setattr(self, self._features, self._features_of(input))
        if self.has_uninitialized_params():
            with no_grad():
                self._materialize()
                self.reset_parameters()


def _make_linear(Linear):
    class LazyLinear(_LazyLayer, Linear):
        """Linear whose in_features come from the first input's last axis."""

        cls_to_become = Linear
        _features = "in_features"

        def __init__(self, out_features, bias=True, device=None, dtype=None):
            super().__init__(0, 0, False)
            factory = {"device": device, "dtype": dtype}
            self.weight = UninitializedParameter(**factory)
            self.out_features = out_features
            if bias:
                self.bias = UninitializedParameter(**factory)

        def _features_of(self, input):
            return input.shape[-1]

        def _materialize(self):
            self.weight.materialize((self.out_features, self.in_features))
            if self.bias is not None:
                self.bias.materialize((self.out_features,))

    return _named(LazyLinear, Linear, "linear", LazyLinear.__doc__)


def _make_conv(Conv, axes, transposed):
    class LazyConv(_LazyLayer, Conv):
        cls_to_become = Conv
        _features = "in_channels"

        def _set_up(self, out_channels, bias, device, dtype):
            factory = {"device": device, "dtype": dtype}
            self.weight = UninitializedParameter(**factory)
            self.out_channels = out_channels
            if bias:
                self.bias = UninitializedParameter(**factory)

        def _features_of(self, input):
            if input.dim() not in (axes + 1, axes + 2):
                raise RuntimeError(
                    f"Expected {axes + 1}D (unbatched) or {axes + 2}D (batched) input to "
                    f"{type(self).__name__}, but got input of size: {input.shape}"
                )
            channels = input.shape[-axes - 1]
            if channels % self.groups:
                raise ValueError("in_channels must be divisible by groups")
            return channels

        def _materialize(self):
            pair = (self.out_channels, self.in_channels)
            first, second = pair[::-1] if transposed else pair
            self.weight.materialize((first, second // self.groups, *self.kernel_size))
            if self.bias is not None:
                self.bias.materialize((self.out_channels,))

    if transposed:

        def __init__(
            self,
            out_channels,
            kernel_size,
            stride=1,
            padding=0,
            output_padding=0,
            groups=1,
            bias=True,
            dilation=1,
            padding_mode="zeros",
            device=None,
            dtype=None,
        ):
            super(LazyConv, self).__init__(
                0,
                0,
                kernel_size,
                stride,
                padding,
                output_padding,
                groups,
                False,
                dilation,
                padding_mode,
            )
            self._set_up(out_channels, bias, device, dtype)

    else:

        def __init__(
            self,
            out_channels,
            kernel_size,
            stride=1,
            padding=0,
            dilation=1,
            groups=1,
            bias=True,
            padding_mode="zeros",
            device=None,
            dtype=None,
        ):
            super(LazyConv, self).__init__(
                0, 0, kernel_size, stride, padding, dilation, groups, False, padding_mode
            )
            self._set_up(out_channels, bias, device, dtype)

    LazyConv.__init__ = __init__
    return _named(LazyConv, Conv, "conv", f"{Conv.__name__} whose in_channels come with the input.")


def _make_norm(Norm, home):
    class LazyNorm(_LazyLayer, Norm):
        cls_to_become = Norm
        _features = "num_features"

        def __init__(
            self,
            eps=1e-5,
            momentum=0.1,
            affine=True,
            track_running_stats=True,
            device=None,
            dtype=None,
            *,
            bias=True,
        ):
            super().__init__(0, eps, momentum, False, False, device, dtype)
            from ... import int64, tensor

            factory = {"device": device, "dtype": dtype}
            self.affine, self.track_running_stats = affine, track_running_stats
            if affine:
                self.weight = UninitializedParameter(**factory)
                if bias:
                    self.bias = UninitializedParameter(**factory)
            if track_running_stats:
                self.running_mean = UninitializedBuffer(**factory)
                self.running_var = UninitializedBuffer(**factory)
                self.num_batches_tracked = tensor(0, dtype=int64, device=device)

        def _features_of(self, input):
            return input.shape[1]

        def _materialize(self):
            shape = (self.num_features,)
            values = (self.weight, self.bias, self.running_mean, self.running_var)
            for value in values:
                if value is not None:
                    value.materialize(shape)

    return _named(LazyNorm, Norm, home, f"{Norm.__name__} whose num_features come with the input.")


def _named(cls, layer, home, doc):
    cls.__name__ = cls.__qualname__ = f"Lazy{layer.__name__}"
    cls.__module__ = f"taeda.nn.modules.{home}"
    cls.__doc__ = doc
    return cls
