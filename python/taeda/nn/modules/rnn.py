"""Recurrent networks: RNN, LSTM, GRU, and their single steps."""

from . import _bases  # noqa: F401, I001  makes the native layers
from ..._C import _layers
from ..._C._layers import GRU, LSTM, RNN, GRUCell, LSTMCell, RNNCell  # noqa: F401
from ..utils.rnn import PackedSequence
from ._bases import RNNBase, RNNCellBase  # noqa: F401

__all__ = ["RNN", "LSTM", "GRU", "RNNBase", "RNNCellBase", "RNNCell", "LSTMCell", "GRUCell"]

_layers.set_packed_sequence(PackedSequence)

RNN.proj_size = GRU.proj_size = 0  # only an LSTM projects its state
