"""Essence networks as files: safetensors with a JSON card in the metadata, one network for each size.

The same networks always give the same bytes, and nothing in a file is run.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.numpy

from mips_core.errors import BadInputError
from mips_core.essence.network import EssenceNetwork, Head, Layer, Subconcept
from mips_core.files import check_format, read_bytes
from mips_core.networks.tensors import Tensors, parse_safetensors

FORMAT, VERSION = "mips-essence-network", 1
_CARD = "card"


def network_bytes(networks: Sequence[EssenceNetwork]) -> bytes:
    """Return the content of a file."""
    tensors = {
        f"{number}.{depth}.{what}": np.ascontiguousarray(array)
        for number, network in enumerate(networks)
        for depth, layer in enumerate(network.layers)
        for what, array in (("weights", layer.weights), ("bias", layer.bias))
    }
    card = {"format": FORMAT, "version": VERSION, "networks": [_card(network) for network in networks]}
    # One metadata entry only: safetensors does not keep several in a fixed order.
    return bytes(safetensors.numpy.save(tensors, metadata={_CARD: json.dumps(card, sort_keys=True, allow_nan=False)}))


def read_networks(path: str | os.PathLike[str]) -> tuple[EssenceNetwork, ...]:
    """Read a file; see :func:`parse_networks`."""
    return parse_networks(read_bytes(path), Path(path).name)


def parse_networks(data: bytes, name: str) -> tuple[EssenceNetwork, ...]:
    """Read the bytes of a file.

    Raises
    ------
    BadInputError
        when it is no such file, or a tensor is missing or misshapen.
    FormatVersionError
        when it was written by a newer version.
    """
    tensors = parse_safetensors(data, name)
    try:
        card = check_format(json.loads(tensors.metadata[_CARD]), FORMAT, VERSION, f"The card of {name}")
        return tuple(_network(value, tensors, number) for number, value in enumerate(card["networks"]))
    except (LookupError, TypeError, ValueError, RecursionError, AttributeError) as error:
        raise BadInputError(f"The card of {name} does not fit its tensors ({type(error).__name__}).") from None


def _card(network: EssenceNetwork) -> dict[str, Any]:
    return {
        "input_shape": list(network.input_shape),
        "layers": [{"name": layer.name, "scale": layer.scale} for layer in network.layers],
        "heads": [{"neurons": list(head.neurons), "labels": list(head.labels)} for head in network.heads],
        "several": network.several,
        "subconcepts": [
            {
                "head": each.head,
                "label": list(each.label) if isinstance(each.label, tuple) else each.label,
                "members": list(each.members),
            }
            for each in network.subconcepts
        ],
        "differentiae": [list(pair) for pair in network.differentiae],
        "mode": network.mode,
    }


def _network(card: Mapping[str, Any], tensors: Tensors, number: int) -> EssenceNetwork:
    shape = tuple(int(size) for size in card["input_shape"])
    layers, inputs = [], int(np.prod(shape))
    for depth, layer in enumerate(card["layers"]):
        weights, bias = (tensors.arrays[f"{number}.{depth}.{what}"] for what in ("weights", "bias"))
        if weights.dtype.kind != "i" or weights.shape != (len(bias), inputs) or bias.shape != (len(bias),):
            raise ValueError("misshapen tensor")
        layers.append(Layer(str(layer["name"]), weights.astype(np.int64), bias.astype(np.int64), int(layer["scale"])))
        inputs = len(bias)
    heads = tuple(Head(tuple(head["neurons"]), tuple(head["labels"])) for head in card["heads"])
    if any(not 0 <= neuron < inputs for head in heads for neuron in head.neurons):
        raise ValueError("a head reads a neuron that is not there")
    subconcepts = tuple(
        Subconcept(
            int(each["head"]),
            tuple(each["label"]) if isinstance(each["label"], list) else int(each["label"]),
            tuple(each["members"]),
        )
        for each in card["subconcepts"]
    )
    pairs = tuple((int(a), int(b)) for a, b in card["differentiae"])
    return EssenceNetwork(shape, tuple(layers), heads, bool(card["several"]), subconcepts, pairs, str(card["mode"]))
