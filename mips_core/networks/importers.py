"""Networks that others trained: from named tensors to a :class:`Network`.

Three kinds are told apart by the names of their tensors: our own files, the MIPS
authors' layout, and PyTorch's recurrent layers with a readout
(:mod:`mips_core.networks.recognise`).  Which integers go in and out, when no card
says so, follows the rules of :mod:`mips_core.networks.symbols`; the card of an
imported network tells how it was read.
"""

from __future__ import annotations

import os
from dataclasses import replace

import numpy as np

from mips_core.errors import BadInputError
from mips_core.networks.archives import read_tensors
from mips_core.networks.card import Card
from mips_core.networks.cells import GATES, CellLayer, CellNetwork
from mips_core.networks.encoding import InputEncoding, OneHotInput, RawInput
from mips_core.networks.layers import check_shape
from mips_core.networks.mlp import MlpNetwork
from mips_core.networks.protocol import AffineMap
from mips_core.networks.recognise import CellParts, Layer, MlpParts, Module, cell_kind, recognise
from mips_core.networks.store import has_card, network_of
from mips_core.networks.symbols import check_ranges, embedding_encoding, input_encoding, output_decoding
from mips_core.networks.tensors import Tensors
from mips_core.tasks.integers import Integers


def read_network(
    path: str | os.PathLike[str],
    *,
    inputs: tuple[Integers, ...] | Integers | None = None,
    activation: str = "relu",
    nonlinearity: str = "tanh",
    outputs: str | None = None,
    encoding: str | None = None,
    length: int | None = None,
) -> MlpNetwork | CellNetwork:
    """Read a network file: ours, the MIPS authors' layout, or PyTorch's cells (.safetensors, .npz, .pt, .pth).

    Parameters
    ----------
    path : the file; PyTorch files are read as weights only
    inputs : integers that may occur, one range for every input or one each; left out, those of
        the card, else an embedding's symbols, else unknown
    activation : between the layers of an imported MLP that is deeper than one layer
    nonlinearity : of a plain ``nn.RNN``, "tanh" (PyTorch's default) or "relu"; its tensors do not tell
    outputs : "round", "argmax", "threshold" or None; see :mod:`mips_core.networks.symbols`
    encoding : "raw", "one-hot" or None; see :mod:`mips_core.networks.symbols`
    length : sequence length that counts as 1x

    A file of ours says all this itself; there, only ``inputs`` and ``length`` are used,
    to narrow or name what its card leaves open.

    Raises
    ------
    BadInputError
        when the file is missing or damaged, or a tensor is missing, misshapen or not finite (named).
    UnsupportedNetworkError
        when it holds parts that cannot be explored, with the reason.
    FormatVersionError
        when it is ours, written by a newer version.
    """
    return network_of_tensors(
        read_tensors(path),
        inputs=inputs,
        activation=activation,
        nonlinearity=nonlinearity,
        outputs=outputs,
        encoding=encoding,
        length=length,
    )


def network_of_tensors(
    tensors: Tensors,
    *,
    inputs: tuple[Integers, ...] | Integers | None = None,
    activation: str = "relu",
    nonlinearity: str = "tanh",
    outputs: str | None = None,
    encoding: str | None = None,
    length: int | None = None,
) -> MlpNetwork | CellNetwork:
    """Build the network that named tensors describe, ours or foreign; the rest as in :func:`read_network`."""
    ranges = (inputs,) if isinstance(inputs, Integers) else inputs
    if length is not None and length < 1:
        raise BadInputError(f"The length {length} is too short; at least 1 step is needed.")
    if has_card(tensors):
        return _with_facts(network_of(tensors), ranges, length)
    return import_network(
        tensors,
        inputs=ranges,
        activation=activation,
        nonlinearity=nonlinearity,
        outputs=outputs,
        encoding=encoding,
        length=length,
    )


def import_network(
    tensors: Tensors,
    *,
    inputs: tuple[Integers, ...] | None = None,
    activation: str = "relu",
    nonlinearity: str = "tanh",
    outputs: str | None = None,
    encoding: str | None = None,
    length: int | None = None,
) -> MlpNetwork | CellNetwork:
    """Build a network from foreign named tensors; parameters and errors as in :func:`read_network`."""
    parts = recognise(tensors)
    readout = tuple(_affine(tensors, module) for module in parts.readout)
    hidden: tuple[AffineMap, ...] = ()
    layers: tuple[CellLayer, ...] = ()
    if isinstance(parts, MlpParts):
        hidden = tuple(_affine(tensors, module) for module in parts.hidden)
        cell, hidden_size = "mlp", len(hidden[-1].weight)
        size = _check_authors(parts, hidden_size)
    else:
        cell, layers = _cell_layers(tensors, parts)
        hidden_size, size = layers[-1].hidden_size, int(layers[0].weight_ih.shape[1])
    entry: InputEncoding
    ranges: tuple[Integers, ...] | None
    if isinstance(parts, CellParts) and parts.embedding is not None:
        table = tensors.matrix(parts.embedding)
        entry, ranges, note = embedding_encoding(table, parts.embedding, size, inputs)
    else:
        raw_layout = isinstance(parts, MlpParts)
        entry, ranges, note = input_encoding(size, inputs, raw_layout=raw_layout, encoding=encoding)
    classifier = cell != "mlp" or not isinstance(entry, RawInput)
    decoding, readout = output_decoding(readout, outputs, classifier=classifier)
    card = Card(
        cell="linear" if cell == "mlp" and len(hidden) == len(readout) == 1 else cell,
        input_width=entry.width,
        output_width=decoding.width,
        hidden_size=hidden_size,
        inputs=ranges,
        length=length,
        training={"imported": {"inputs": note, "outputs": type(decoding).__name__.lower()}},
    )
    if cell == "mlp":
        return MlpNetwork(card, entry, decoding, hidden, readout, activation)
    return CellNetwork(card, entry, decoding, cell, layers, readout, nonlinearity, activation)


def _with_facts(
    network: MlpNetwork | CellNetwork, ranges: tuple[Integers, ...] | None, length: int | None
) -> MlpNetwork | CellNetwork:
    """Return a network of ours with what the caller says about inputs and length in its card."""
    card = network.card
    if ranges is not None:
        check_ranges(ranges)
        width = network.input_width
        if len(ranges) not in (1, width):
            raise BadInputError(f"The network takes {width} integers per step, but {len(ranges)} ranges were given.")
        ranges = ranges * width if len(ranges) == 1 else ranges
        entry = network.encoding
        if not isinstance(entry, RawInput):
            known = entry.ranges if isinstance(entry, OneHotInput) else (entry.range,) * width
            for given, own in zip(ranges, known, strict=True):
                if given.low < own.low or given.high > own.high:
                    raise BadInputError(f"The network knows the integers {own}; {given} goes beyond them.")
        card = replace(card, inputs=ranges)
    if length is not None:
        card = replace(card, length=length)
    return replace(network, card=card)


def _affine(tensors: Tensors, module: Module) -> AffineMap:
    weight = tensors.matrix(module.weight)
    if module.bias is None:
        return AffineMap(weight, np.zeros(len(weight)))
    bias = tensors.floats(module.bias)
    check_shape(module.bias, bias, (len(weight),))
    return AffineMap(weight, bias)


def _check_authors(parts: MlpParts, hidden_size: int) -> int:
    """Check that the layers of both MLPs fit; return the numbers that go in per step."""
    first = parts.hidden[0]
    if first.size_in <= hidden_size:
        raise BadInputError(
            f"The tensor {first.weight} has the shape ({first.size_out}, {first.size_in}); (any, at least "
            f"{hidden_size + 1}) is needed: {hidden_size} hidden units and one input or more."
        )
    for modules, size in ((parts.hidden, first.size_in), (parts.readout, hidden_size)):
        for module in modules:
            if module.size_in != size:
                raise BadInputError(
                    f"The tensor {module.weight} has the shape ({module.size_out}, {module.size_in}); "
                    f"(any, {size}) is needed."
                )
            size = module.size_out
    return first.size_in - hidden_size


def _cell_layers(tensors: Tensors, parts: CellParts) -> tuple[str, tuple[CellLayer, ...]]:
    """Check the recurrent tensors and return the cell's kind, which the rows of weight_hh tell, and its layers."""
    cell = cell_kind(tensors, parts.layers[0])
    layers: list[CellLayer] = []
    size: int | None = None
    for layer in parts.layers:
        layers.append(_cell_layer(tensors, layer, GATES[cell], size))
        size = layers[-1].hidden_size
    return cell, tuple(layers)


def _cell_layer(tensors: Tensors, layer: Layer, gates: int, size: int | None) -> CellLayer:
    names = {name: layer.tensor(name) for name in CellLayer.NAMES}
    weight_hh = tensors.matrix(names["weight_hh"])
    d = weight_hh.shape[1]
    check_shape(names["weight_hh"], weight_hh, (gates * d, d))
    weight_ih = tensors.matrix(names["weight_ih"])
    check_shape(names["weight_ih"], weight_ih, (gates * d, size))
    if not any(names[bias] in tensors.arrays for bias in ("bias_ih", "bias_hh")):  # bias=False in PyTorch
        return CellLayer(weight_ih, weight_hh, np.zeros(gates * d), np.zeros(gates * d))
    biases = {bias: tensors.floats(names[bias]) for bias in ("bias_ih", "bias_hh")}
    for bias, values in biases.items():
        check_shape(names[bias], values, (gates * d,))
    return CellLayer(weight_ih, weight_hh, **biases)
