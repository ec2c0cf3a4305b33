"""Network files of our own: safetensors, with a JSON card in the metadata.

The tensors are named as PyTorch would name them; the card says what they mean.
The same network always gives the same bytes.  Tensors are stored as float32 where
that loses nothing and as float64 otherwise, so loading gives exactly the same function.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from typing import Any

import numpy as np
import safetensors.numpy

from mips_core.errors import BadInputError, UnsupportedNetworkError
from mips_core.files import read_bytes, write_bytes
from mips_core.networks.card import Card
from mips_core.networks.cells import CellLayer, CellNetwork
from mips_core.networks.encoding import (
    Argmax,
    EmbeddingInput,
    InputEncoding,
    OneHotInput,
    OutputDecoding,
    RawInput,
    Rounded,
)
from mips_core.networks.mlp import MlpNetwork
from mips_core.networks.protocol import AffineMap, FloatArray, Network
from mips_core.networks.symbols import check_ranges
from mips_core.networks.tensors import Tensors, parse_safetensors
from mips_core.tasks.integers import Integers

CARD_KEY = "card"


def save_network(network: Network, path: str | os.PathLike[str]) -> None:
    """Write a network file, in one step.

    Raises
    ------
    BadInputError
        when the folder cannot be written.
    UnsupportedNetworkError
        when it is a network of some other kind than ours.
    """
    write_bytes(path, network_bytes(network))


def network_bytes(network: Network) -> bytes:
    """Return the content of a network file; the same network gives the same bytes."""
    structure, tensors = _take_apart(network)
    # One metadata entry only: safetensors does not keep several in a fixed order.
    card = json.dumps({**network.card.to_dict(), **structure}, sort_keys=True, allow_nan=False)
    return bytes(safetensors.numpy.save({k: _narrow(v) for k, v in tensors.items()}, metadata={CARD_KEY: card}))


def load_network(path: str | os.PathLike[str]) -> MlpNetwork | CellNetwork:
    """Read a network file of our own.

    Raises
    ------
    BadInputError
        when the file is missing, truncated, not ours, or a tensor is missing, misshapen or not finite (named).
    FormatVersionError
        when it was written by a newer version.
    """
    return network_of(parse_safetensors(read_bytes(path), str(path)))


def has_card(tensors: Tensors) -> bool:
    """Whether these tensors carry a card, as our own files do."""
    return CARD_KEY in tensors.metadata


def network_of(tensors: Tensors) -> MlpNetwork | CellNetwork:
    """Return the network that tensors with a card of ours describe; see :func:`load_network` for errors."""
    where = f"The card of {tensors.source}"
    if not has_card(tensors):
        raise BadInputError(f"{tensors.source} has no card, so it is no network file of ours; import it instead.")
    try:
        value = json.loads(tensors.metadata[CARD_KEY])
    except (ValueError, RecursionError) as error:
        raise BadInputError(f"{where} is not valid JSON: {error}.") from None
    card = Card.from_dict(value, where)
    try:
        return _put_together(card, value, tensors)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise BadInputError(f"{where} has a missing or malformed field: {error!r}.") from None


def network_digest(network: Network) -> str:
    """Return 16 hex digits that depend on the network's function-relevant content alone, not on its card.

    Weights, encoding, decoding and activation count; task, seed, accuracy and notes do not.
    """
    structure, tensors = _take_apart(network)
    digest = hashlib.sha256(json.dumps(structure, sort_keys=True).encode())
    for name in sorted(tensors):
        digest.update(f"{name}{tensors[name].shape}".encode())
        digest.update(np.ascontiguousarray(tensors[name] + 0.0, dtype="<f8").tobytes())  # + 0.0 turns -0.0 into 0.0
    return digest.hexdigest()[:16]


def _narrow(array: FloatArray) -> np.ndarray[Any, Any]:
    with np.errstate(over="ignore", under="ignore"):
        narrow = array.astype(np.float32)
    return np.ascontiguousarray(narrow if np.array_equal(narrow, array) else array)


def _take_apart(network: Network) -> tuple[dict[str, Any], dict[str, FloatArray]]:
    """Return how the network is built, as JSON values, and its tensors by name."""
    if not isinstance(network, MlpNetwork | CellNetwork):
        raise UnsupportedNetworkError(
            f"A {type(network).__name__} cannot be stored; MlpNetwork and CellNetwork have a file format."
        )
    tensors: dict[str, FloatArray] = {}
    structure: dict[str, Any] = {
        "encoding": _encoding_dict(network.encoding, tensors),
        "decoding": _decoding_dict(network.decoding),
        "activation": network.activation,
    }
    if network.state_grid is not None:  # left out otherwise, so that older files keep their bytes and digests
        structure["state_grid"] = network.state_grid
    _put_maps(tensors, "readout", network.readout_layers)
    if isinstance(network, MlpNetwork):
        structure["kind"] = "mlp"
        _put_maps(tensors, "hidden", network.hidden)
        if network.start_state.any():
            tensors["start_state"] = network.start_state
        return structure, tensors
    structure |= {"kind": network.cell, "nonlinearity": network.nonlinearity}
    for index, layer in enumerate(network.layers):
        tensors |= {f"cell.{name}_l{index}": array for name, array in layer.tensors().items()}
    return structure, tensors


def _put_together(card: Card, value: Mapping[str, Any], tensors: Tensors) -> MlpNetwork | CellNetwork:
    """Invert :func:`_take_apart`, checking that every tensor is used."""
    kind = value["kind"]
    encoding = _encoding_of(value["encoding"], tensors)
    decoding = _decoding_of(value["decoding"])
    grid = value.get("state_grid")
    readout = _maps_of(tensors, "readout")
    used = {f"readout.{i}.{end}" for i in range(len(readout)) for end in ("weight", "bias")}
    used |= {"embedding.weight"} if isinstance(encoding, EmbeddingInput) else set()
    network: MlpNetwork | CellNetwork
    if kind == "mlp":
        hidden = _maps_of(tensors, "hidden")
        used |= {f"hidden.{i}.{end}" for i in range(len(hidden)) for end in ("weight", "bias")} | {"start_state"}
        start = tensors.floats("start_state") if "start_state" in tensors.arrays else np.empty(0)
        network = MlpNetwork(card, encoding, decoding, hidden, readout, str(value["activation"]), start, grid)
    elif kind in ("rnn", "gru", "lstm"):
        layers: list[CellLayer] = []
        while f"cell.weight_ih_l{len(layers)}" in tensors.arrays or not layers:
            names = {name: f"cell.{name}_l{len(layers)}" for name in CellLayer.NAMES}
            layers.append(CellLayer(**{name: tensors.floats(full) for name, full in names.items()}))
            used |= set(names.values())
        nonlinearity, activation = str(value["nonlinearity"]), str(value["activation"])
        network = CellNetwork(card, encoding, decoding, kind, tuple(layers), readout, nonlinearity, activation, grid)
    else:
        raise BadInputError(
            f"The card of {tensors.source} names the kind {kind!r}; known are 'mlp', 'rnn', 'gru' and 'lstm'."
        )
    _check_words(card, network, tensors.source)
    if extra := sorted(set(tensors.arrays) - used):
        raise BadInputError(f"{tensors.source} holds tensors that its card does not explain: {', '.join(extra)}.")
    return network


def _check_words(card: Card, network: MlpNetwork | CellNetwork, source: str) -> None:
    """Refuse vocabularies that do not fit the integers of their columns."""
    entry, result = network.encoding, network.decoding
    given = entry.ranges if isinstance(entry, OneHotInput) else card.inputs
    sides = (("input", card.input_words, given), ("output", card.output_words, getattr(result, "ranges", None)))
    for side, words, ranges in sides:
        for column, vocabulary in enumerate(words):
            if vocabulary is not None and (ranges is None or ranges[column] != vocabulary.range):
                raise BadInputError(
                    f"The card of {source} names {len(vocabulary)} words for {side} {column + 1}, which do not fit the "
                    "integers that the network has there."
                )


def _put_maps(tensors: dict[str, FloatArray], names: str, layers: tuple[AffineMap, ...]) -> None:
    for index, layer in enumerate(layers):
        tensors[f"{names}.{index}.weight"] = layer.weight
        tensors[f"{names}.{index}.bias"] = layer.bias


def _maps_of(tensors: Tensors, names: str) -> tuple[AffineMap, ...]:
    layers: list[AffineMap] = []
    while f"{names}.{len(layers)}.weight" in tensors.arrays or not layers:
        prefix = f"{names}.{len(layers)}"
        layers.append(AffineMap(tensors.floats(f"{prefix}.weight"), tensors.floats(f"{prefix}.bias")))
    return tuple(layers)


def _encoding_dict(encoding: InputEncoding, tensors: dict[str, FloatArray]) -> dict[str, Any]:
    if isinstance(encoding, RawInput):
        return {"kind": "raw", "width": encoding.width}
    if isinstance(encoding, OneHotInput):
        return {"kind": "one-hot", "ranges": [[r.low, r.high] for r in encoding.ranges]}
    tensors["embedding.weight"] = encoding.table
    return {"kind": "embedding", "low": encoding.low, "width": encoding.width}


def _encoding_of(value: Mapping[str, Any], tensors: Tensors) -> InputEncoding:
    kind = value["kind"]
    if kind == "raw":
        return RawInput(int(value["width"]))
    if kind == "one-hot":
        return OneHotInput(_ranges(value["ranges"]))
    if kind == "embedding":
        return EmbeddingInput(tensors.matrix("embedding.weight"), int(value["low"]), int(value["width"]))
    raise BadInputError(f"{tensors.source} names the input encoding {kind!r}; known are raw, one-hot and embedding.")


def _decoding_dict(decoding: OutputDecoding) -> dict[str, Any]:
    if isinstance(decoding, Rounded):
        return {"kind": "round", "width": decoding.width}
    return {"kind": "argmax", "ranges": [[r.low, r.high] for r in decoding.ranges]}


def _decoding_of(value: Mapping[str, Any]) -> OutputDecoding:
    kind = value["kind"]
    if kind == "round":
        return Rounded(int(value["width"]))
    if kind == "argmax":
        return Argmax(_ranges(value["ranges"]))
    raise BadInputError(f"The card names the output decoding {kind!r}; known are round and argmax.")


def _ranges(value: Any) -> tuple[Integers, ...]:
    ranges = tuple(Integers(int(low), int(high)) for low, high in value)
    check_ranges(ranges)
    return ranges
