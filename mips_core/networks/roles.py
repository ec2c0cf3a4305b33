"""Which part each tensor of a file plays in its network, in words, also where no network comes out of the file."""

from __future__ import annotations

import re

from mips_core.networks.recognise import CellParts, MlpParts, Module
from mips_core.networks.tensors import Tensors

NOT_UNDERSTOOD = "not understood"

_OF_A_LAYER = {
    "weight_ih": "input weights (W_hx)",
    "weight_hh": "recurrent weights (W_hh)",
    "bias_ih": "bias beside the input weights (b)",
    "bias_hh": "bias beside the recurrent weights (b)",
}

# What a name suggests where the tensors together are not understood: guesses, and called so.
_SUGGESTED = (
    (r".*weight_ih(_l\d+)?(_reverse)?", "input weights"),
    (r".*weight_hh(_l\d+)?(_reverse)?", "recurrent weights"),
    (r".*bias_(ih|hh)(_l\d+)?(_reverse)?", "bias of a recurrent layer"),
    (r"(.*\.)?hmlp\.mlp\.\d+\.(weight|bias)", "hidden MLP"),
    (r"(.*\.)?ymlp\.mlp\.\d+\.(weight|bias)", "readout MLP"),
    (r".*emb.*", "embedding"),
    (r".*weight", "weights of a layer"),
    (r".*bias", "bias of a layer"),
)


def roles_of_parts(parts: CellParts | MlpParts, tensors: Tensors) -> dict[str, str]:
    """Return the role of each tensor of a foreign network that was recognised."""
    if isinstance(parts, MlpParts):
        return _of_modules(parts.hidden, "hidden MLP", "W_hh beside W_hx") | _of_modules(
            parts.readout, "readout", "W_y"
        )
    roles: dict[str, str] = {}
    for place, layer in enumerate(parts.layers, start=1):
        where = f", layer {place} of {len(parts.layers)}" if len(parts.layers) > 1 else ""
        roles |= {layer.tensor(name): f"{role}{where}" for name, role in _OF_A_LAYER.items()}
    if parts.embedding is not None:
        roles[parts.embedding] = "embedding, a row for each symbol"
    roles |= _of_modules(parts.readout, "readout", "W_y")
    return {name: role for name, role in roles.items() if name in tensors.arrays}


def roles_of_our_file(tensors: Tensors) -> dict[str, str]:
    """Return the role of each tensor of a file of our own, whose names are fixed."""
    return {name: _of_our_name(name) for name in tensors.arrays}


def suggested_roles(tensors: Tensors) -> dict[str, str]:
    """Return what the name of each tensor suggests; used where no network could be read."""
    return {
        name: next(
            (f"by its name, {role}" for pattern, role in _SUGGESTED if re.fullmatch(pattern, name)), NOT_UNDERSTOOD
        )
        for name in tensors.arrays
    }


def _of_modules(modules: tuple[Module, ...], part: str, first: str) -> dict[str, str]:
    roles = {}
    for place, module in enumerate(modules, start=1):
        where = f", layer {place} of {len(modules)}" if len(modules) > 1 else ""
        symbol = f" ({first})" if place == 1 else ""
        roles[module.weight] = f"{part} weights{symbol}{where}"
        if module.bias is not None:
            roles[module.bias] = f"{part} bias{where}"
    return roles


def _of_our_name(name: str) -> str:
    if match := re.fullmatch(r"cell\.((?:weight|bias)_(?:ih|hh))_l(\d+)", name):
        return f"{_OF_A_LAYER[match[1]]}, layer {int(match[2]) + 1}"
    if match := re.fullmatch(r"(hidden|readout)\.(\d+)\.(weight|bias)", name):
        part = "hidden MLP" if match[1] == "hidden" else "readout"
        return f"{part} {'weights' if match[3] == 'weight' else 'bias'}, layer {int(match[2]) + 1}"
    return {"embedding.weight": "embedding, a row for each symbol", "start_state": "hidden state at the start"}.get(
        name, NOT_UNDERSTOOD
    )
