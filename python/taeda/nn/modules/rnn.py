"""Recurrent networks: RNN, LSTM, GRU, and their single steps."""

import math
import warnings

from .. import functional as F
from .. import init
from ..parameter import Parameter
from ..utils.rnn import PackedSequence
from .module import Module

__all__ = ["RNN", "LSTM", "GRU", "RNNBase", "RNNCellBase", "RNNCell", "LSTMCell", "GRUCell"]

_GATES = {"RNN_TANH": 1, "RNN_RELU": 1, "LSTM": 4, "GRU": 3}


def _step(mode, gates_x, h, c, w_hh, b_hh):
    """One step. gates_x: the input's part of the gates (N, gates * hidden). Returns h and c."""
    gates_h = F.linear(h, w_hh, b_hh)
    if mode == "LSTM":
        i, f, g, o = (gates_x + gates_h).chunk(4, 1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        return o.sigmoid() * c.tanh(), c
    if mode == "GRU":
        xr, xz, xn = gates_x.chunk(3, 1)
        hr, hz, hn = gates_h.chunk(3, 1)
        r, z = (xr + hr).sigmoid(), (xz + hz).sigmoid()
        n = (xn + r * hn).tanh()
        return n + z * (h - n), None
    x = gates_x + gates_h
    return (x.relu() if mode == "RNN_RELU" else x.tanh()), None


class RNNBase(Module):
    """What RNN, LSTM and GRU have in common.

    input: (L, N, input_size), (N, L, input_size) if batch_first, (L, input_size), or a
    PackedSequence. The state is (num_layers * directions, N, hidden_size), without N for an input
    without N. All parameters start uniform within +-1/sqrt(hidden_size).
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
        self.mode, self.input_size, self.hidden_size = mode, input_size, hidden_size
        self.num_layers, self.bias, self.batch_first = num_layers, bias, batch_first
        self.dropout, self.bidirectional, self.proj_size = (
            float(dropout),
            bidirectional,
            proj_size,
        )
        if not isinstance(bias, bool):
            raise TypeError(f"bias should be of type bool, got: {type(bias).__name__}")
        if not isinstance(batch_first, bool):
            raise TypeError(
                f"batch_first should be of type bool, got: {type(batch_first).__name__}"
            )
        if isinstance(dropout, bool) or not 0 <= dropout <= 1:
            raise ValueError(
                "dropout should be a number in range [0, 1] representing the probability of an "
                "element being zeroed"
            )
        if dropout > 0 and num_layers == 1:
            warnings.warn(
                "dropout option adds dropout after all but last recurrent layer, so non-zero "
                f"dropout expects num_layers greater than 1, but got dropout={dropout} and "
                f"num_layers={num_layers}",
                stacklevel=3,
            )
        if not isinstance(hidden_size, int):
            raise TypeError(f"hidden_size should be of type int, got: {type(hidden_size).__name__}")
        if input_size <= 0:
            raise ValueError("input_size must be greater than zero")
        if hidden_size <= 0:
            raise ValueError("hidden_size must be greater than zero")
        if num_layers <= 0:
            raise ValueError("num_layers must be greater than zero")
        if proj_size < 0:
            raise ValueError(
                "proj_size should be a positive integer or zero to disable projections"
            )
        if proj_size >= hidden_size:
            raise ValueError("proj_size has to be smaller than hidden_size")
        from ... import empty

        def new(*size):
            return Parameter(empty(*size, device=device, dtype=dtype))

        rows, out = _GATES[mode] * hidden_size, proj_size or hidden_size
        directions = 2 if bidirectional else 1
        self._all_weights = []
        for layer in range(num_layers):
            width = input_size if layer == 0 else out * directions
            for suffix in ("", "_reverse")[:directions]:
                end = f"_l{layer}{suffix}"
                sizes = {"weight_ih": (rows, width), "weight_hh": (rows, out)}
                if bias:
                    sizes.update(bias_ih=(rows,), bias_hh=(rows,))
                if proj_size:
                    sizes["weight_hr"] = (proj_size, hidden_size)
                for name, size in sizes.items():
                    setattr(self, name + end, new(*size))
                self._all_weights.append([name + end for name in sizes])
        self.reset_parameters()

    def reset_parameters(self):
        """Draws all parameters again."""
        bound = 1.0 / math.sqrt(self.hidden_size)
        for p in self.parameters():
            init.uniform_(p, -bound, bound)

    def flatten_parameters(self):
        """Does nothing: the parameters need no common memory."""

    # Pickles hold the two properties below as attributes, as PyTorch's do.
    def __getstate__(self):
        names = self._flat_weights_names
        return {
            **super().__getstate__(),
            "_flat_weights_names": names,
            "_flat_weights": self._flat_weights,
        }

    def __setstate__(self, state):
        super().__setstate__({k: v for k, v in state.items() if not k.startswith("_flat_weights")})

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

    def extra_repr(self):
        s = f"{self.input_size}, {self.hidden_size}"
        if self.proj_size:
            s += f", proj_size={self.proj_size}"
        if self.num_layers != 1:
            s += f", num_layers={self.num_layers}"
        if self.bias is not True:
            s += f", bias={self.bias}"
        if self.batch_first is not False:
            s += f", batch_first={self.batch_first}"
        if self.dropout != 0:
            s += f", dropout={self.dropout}"
        if self.bidirectional is not False:
            s += f", bidirectional={self.bidirectional}"
        return s

    def _check_state(self, state, size, text):
        if tuple(state.size()) != size:
            raise RuntimeError(f"Expected {text} size {size}, got {list(state.size())}")

    def _run(self, data, batch_sizes, h0, c0):
        """All layers. data: the steps' inputs behind each other (sum of batch_sizes, features)."""
        from ... import cat, stack

        finals_h, finals_c = [], []
        directions = 2 if self.bidirectional else 1
        starts = [0]
        for b in batch_sizes:
            starts.append(starts[-1] + b)
        for layer in range(self.num_layers):
            outputs = []
            for d in range(directions):
                at = layer * directions + d
                p = dict(zip(("w_ih", "w_hh"), self.all_weights[at]))
                rest = self.all_weights[at][2:]
                b_ih, b_hh = rest[:2] if self.bias else (None, None)
                w_hr = rest[-1] if self.proj_size else None
                x = F.linear(data, p["w_ih"], b_ih)
                h, c = h0[at], None if c0 is None else c0[at]
                steps = [None] * len(batch_sizes)
                order = range(len(batch_sizes))
                for t in reversed(order) if d else order:
                    b = batch_sizes[t]
                    full = b == h.size(0)
                    part_c = c if c is None or full else c[:b]
                    new_h, new_c = _step(
                        self.mode,
                        x[starts[t] : starts[t + 1]],
                        h if full else h[:b],
                        part_c,
                        p["w_hh"],
                        b_hh,
                    )
                    if w_hr is not None:
                        new_h = F.linear(new_h, w_hr)
                    steps[t] = new_h
                    h = new_h if full else cat([new_h, h[b:]])
                    if new_c is not None:
                        c = new_c if full else cat([new_c, c[b:]])
                outputs.append(cat(steps))
                finals_h.append(h)
                finals_c.append(c)
            data = outputs[0] if directions == 1 else cat(outputs, 1)
            if self.dropout and layer + 1 < self.num_layers:
                data = F.dropout(data, self.dropout, self.training)
        h = stack(finals_h)
        return data, h, stack(finals_c) if c0 is not None else None

    def forward(self, input, hx=None):
        packed = isinstance(input, PackedSequence)
        order = restore = None
        if packed:
            data, sizes, order, restore = input
            batch_sizes = sizes.tolist()
            n, batched = batch_sizes[0], True
        else:
            if input.dim() not in (2, 3):
                raise ValueError(
                    f"{self._get_name()}: Expected input to be 2D or 3D, got {input.dim()}D instead"
                )
            batched = input.dim() == 3
            x = input if batched else input.unsqueeze(1)
            if batched and self.batch_first:
                x = x.transpose(0, 1)
            steps, n = x.size(0), x.size(1)
            if steps == 0:
                raise RuntimeError("Expected sequence length to be larger than 0 in RNN")
            data, batch_sizes = x.reshape(steps * n, x.size(2)), [n] * steps
        if data.size(-1) != self.input_size:
            raise RuntimeError(
                f"input.size(-1) must be equal to input_size. Expected {self.input_size}, got "
                f"{data.size(-1)}"
            )
        h0, c0 = self._initial(hx, data, n, batched, order)
        data, h, c = self._run(data, batch_sizes, h0, c0)
        if packed:
            if restore is not None:
                h = h.index_select(1, restore)
                c = None if c is None else c.index_select(1, restore)
            out = PackedSequence(data, sizes, order, restore)
        else:
            out = data.reshape(len(batch_sizes), n, data.size(1))
            if batched and self.batch_first:
                out = out.transpose(0, 1)
            if not batched:
                out, h = out.squeeze(1), h.squeeze(1)
                c = None if c is None else c.squeeze(1)
        return out, (h if c is None else (h, c))

    def _initial(self, hx, data, n, batched, order):
        from ... import zeros

        layers = self.num_layers * (2 if self.bidirectional else 1)
        lstm = self.mode == "LSTM"
        sizes = [(layers, n, self.proj_size or self.hidden_size)]
        if lstm:
            sizes.append((layers, n, self.hidden_size))
        if hx is None:
            states = [zeros(*s, dtype=data.dtype, device=data.device) for s in sizes]
        else:
            states = list(hx) if lstm else [hx]
            if not batched:
                for i, s in enumerate(states):
                    if s.dim() != 2:
                        raise RuntimeError(
                            f"For unbatched 2-D input, hx {'and cx ' if lstm else ''}should also "
                            "be "
                            f"2-D but got {'(' if lstm else ''}{s.dim()}-D"
                        )
                states = [s.unsqueeze(1) for s in states]
            elif any(s.dim() != 3 for s in states):
                raise RuntimeError(
                    "For batched 3-D input, hx should also be 3-D but got "
                    f"{next(s.dim() for s in states if s.dim() != 3)}-D tensor"
                )
            for i, (s, size) in enumerate(zip(states, sizes)):
                self._check_state(s, size, f"hidden[{i}]" if lstm else "hidden")
            if order is not None:
                states = [s.index_select(1, order) for s in states]
        return states[0], states[1] if lstm else None


class RNN(RNNBase):
    """h = tanh or relu of W_ih x + b_ih + W_hh h + b_hh (Elman)."""

    def __init__(self, *args, **kwargs):
        if len(args) > 3:
            self_nonlinearity, args = args[3], args[:3] + args[4:]
        else:
            self_nonlinearity = kwargs.pop("nonlinearity", "tanh")
        if self_nonlinearity not in ("tanh", "relu"):
            raise ValueError(
                f"Unknown nonlinearity '{self_nonlinearity}'. Select from 'tanh' or 'relu'."
            )
        super().__init__("RNN_" + self_nonlinearity.upper(), *args, **kwargs)
        self.nonlinearity = self_nonlinearity


class LSTM(RNNBase):
    """Long short-term memory: forward(input, (h_0, c_0)) gives output, (h_n, c_n).

    Gates in the order input, forget, cell, output (Hochreiter and Schmidhuber 1997).
    """

    def __init__(self, *args, **kwargs):
        super().__init__("LSTM", *args, **kwargs)


class GRU(RNNBase):
    """Gated recurrent unit; gates in the order reset, update, new (Cho et al. 2014)."""

    def __init__(self, *args, **kwargs):
        if "proj_size" in kwargs:
            raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")
        super().__init__("GRU", *args, **kwargs)


class RNNCellBase(Module):
    """One step of a recurrent network: input (N, input_size) or (input_size)."""

    _mode = "RNN_TANH"

    def __init__(self, input_size, hidden_size, bias, num_chunks, device=None, dtype=None):
        super().__init__()
        from ... import empty

        self.input_size, self.hidden_size, self.bias = input_size, hidden_size, bias
        rows = num_chunks * hidden_size

        def new(*size):
            return Parameter(empty(*size, device=device, dtype=dtype))

        self.weight_ih, self.weight_hh = new(rows, input_size), new(rows, hidden_size)
        if bias:
            self.bias_ih, self.bias_hh = new(rows), new(rows)
        else:
            self.register_parameter("bias_ih", None)
            self.register_parameter("bias_hh", None)
        self.reset_parameters()

    def reset_parameters(self):
        """Draws all parameters again."""
        bound = 1.0 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0
        for p in self.parameters():
            init.uniform_(p, -bound, bound)

    def extra_repr(self):
        s = f"{self.input_size}, {self.hidden_size}"
        if self.bias is not True:
            s += f", bias={self.bias}"
        if getattr(self, "nonlinearity", "tanh") != "tanh":
            s += f", nonlinearity={self.nonlinearity}"
        return s

    def _advance(self, input, h, c=None):
        name = self._get_name()
        if input.dim() not in (1, 2):
            raise ValueError(f"{name}: Expected input to be 1D or 2D, got {input.dim()}D instead")
        batched = input.dim() == 2
        x = input if batched else input.unsqueeze(0)
        from ... import zeros

        def state(s):
            if s is None:
                return zeros(x.size(0), self.hidden_size, dtype=x.dtype, device=x.device)
            if s.dim() not in (1, 2):
                raise ValueError(f"{name}: Expected hidden to be 1D or 2D, got {s.dim()}D instead")
            return s if batched else s.unsqueeze(0)

        h = state(h)
        c = state(c) if self._mode == "LSTM" else None
        gates = F.linear(x, self.weight_ih, self.bias_ih)
        h, c = _step(self._mode, gates, h, c, self.weight_hh, self.bias_hh)
        if not batched:
            h, c = h.squeeze(0), None if c is None else c.squeeze(0)
        return h, c


class RNNCell(RNNCellBase):
    """One step of RNN."""

    def __init__(
        self, input_size, hidden_size, bias=True, nonlinearity="tanh", device=None, dtype=None
    ):
        super().__init__(input_size, hidden_size, bias, 1, device, dtype)
        self.nonlinearity = nonlinearity

    @property
    def _mode(self):
        if self.nonlinearity not in ("tanh", "relu"):
            raise RuntimeError(f"Unknown nonlinearity: {self.nonlinearity}")
        return "RNN_" + self.nonlinearity.upper()

    def forward(self, input, hx=None):
        return self._advance(input, hx)[0]


class LSTMCell(RNNCellBase):
    """One step of LSTM: forward(input, (h, c)) gives (h, c)."""

    _mode = "LSTM"

    def __init__(self, input_size, hidden_size, bias=True, device=None, dtype=None):
        super().__init__(input_size, hidden_size, bias, 4, device, dtype)

    def forward(self, input, hx=None):
        return self._advance(input, *(hx if hx is not None else (None, None)))


class GRUCell(RNNCellBase):
    """One step of GRU."""

    _mode = "GRU"

    def __init__(self, input_size, hidden_size, bias=True, device=None, dtype=None):
        super().__init__(input_size, hidden_size, bias, 3, device, dtype)

    def forward(self, input, hx=None):
        return self._advance(input, hx)[0]
