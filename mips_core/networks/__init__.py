"""Recurrent networks: what they are, how they step, where they come from and how they are stored.

A network takes integers step by step (:class:`InputEncoding` makes numbers of
them), keeps a flat float64 hidden state and gives integers (:class:`Rounded` or
:class:`Argmax`).  :class:`MlpNetwork` is the paper's network, :class:`CellNetwork`
has PyTorch's RNN, GRU and LSTM layers; both follow the one :class:`Network`
protocol.  A network's function is its stored weights evaluated in float64.
:func:`save_network` writes our own files; :func:`read_network` reads those and what
others saved: the MIPS authors' layout and PyTorch's cells.
"""

from mips_core.networks.card import Card
from mips_core.networks.cells import CellLayer, CellNetwork
from mips_core.networks.encoding import (
    OVERFLOW,
    Argmax,
    EmbeddingInput,
    InputEncoding,
    OneHotInput,
    OutputDecoding,
    RawInput,
    Rounded,
)
from mips_core.networks.importers import import_network, read_network
from mips_core.networks.mlp import MlpNetwork
from mips_core.networks.protocol import AffineMap, FloatArray, Network
from mips_core.networks.store import load_network, network_bytes, network_digest, save_network
from mips_core.networks.tensors import Tensors

__all__ = [
    "OVERFLOW",
    "AffineMap",
    "Argmax",
    "Card",
    "CellLayer",
    "CellNetwork",
    "EmbeddingInput",
    "FloatArray",
    "InputEncoding",
    "MlpNetwork",
    "Network",
    "OneHotInput",
    "OutputDecoding",
    "RawInput",
    "Rounded",
    "Tensors",
    "import_network",
    "load_network",
    "network_bytes",
    "network_digest",
    "read_network",
    "save_network",
]
