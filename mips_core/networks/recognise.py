"""What the names and shapes of foreign tensors say: which of them is which part of a network.

Only names and shapes are looked at here; :mod:`mips_core.networks.importers` then
checks the numbers and builds the network.  A tensor whose role is not understood is
a reason to refuse, never to guess: it could change the function.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from mips_core.errors import BadInputError, UnsupportedNetworkError
from mips_core.networks.cells import GATES
from mips_core.networks.tensors import Tensors

_AUTHORS = re.compile(r"(?:.*\.)?([hy])mlp\.mlp\.(\d+)\.(?:weight|bias)")
_RECURRENT = re.compile(r"(?P<module>.*?)(?:weight|bias)_(?:ih|hh|hr)(?P<place>_l\d+)?(?P<reverse>_reverse)?")
_LINEAR = re.compile(r"(?P<module>.*?)(?P<end>weight|bias)")
_MOST_ORDERS = 6  # modules whose orders are tried: 720 at most


@dataclass(frozen=True)
class Module:
    """A weight (out, in) and perhaps a bias, by the names of their tensors."""

    weight: str
    bias: str | None
    size_in: int
    size_out: int


@dataclass(frozen=True)
class Layer:
    """One recurrent layer, by the beginning and the end that its tensors' names share."""

    module: str
    place: str

    def tensor(self, name: str) -> str:
        """Return the full name of say "weight_ih"."""
        return f"{self.module}{name}{self.place}"


@dataclass(frozen=True)
class CellParts:
    """PyTorch's recurrent layers, first to last, the readout's modules in order, the embedding's tensor."""

    layers: tuple[Layer, ...]
    readout: tuple[Module, ...]
    embedding: str | None


@dataclass(frozen=True)
class MlpParts:
    """The MIPS authors' layout: hidden MLP and readout MLP."""

    hidden: tuple[Module, ...]
    readout: tuple[Module, ...]


def recognise(tensors: Tensors) -> CellParts | MlpParts:
    """Tell the parts of a network by the names and shapes of its tensors.

    Raises
    ------
    UnsupportedNetworkError
        when it holds parts that are not supported (named, with the reason), or nothing recurrent.
    BadInputError
        when a tensor is missing or its shape does not fit (named).
    """
    names = list(tensors.arrays)
    _refuse_unsupported(tensors)
    if any(_AUTHORS.fullmatch(name) for name in names):
        return _authors_parts(tensors)
    if any(_RECURRENT.fullmatch(name) for name in names):
        return _cell_parts(tensors)
    raise UnsupportedNetworkError(
        f"{tensors.source} holds no recurrent layer (found: {_some(names)}). Known are hmlp.mlp.*/ymlp.mlp.* of the "
        "MIPS authors and the weight_ih/weight_hh tensors of PyTorch's RNN, GRU and LSTM."
    )


def cell_kind(tensors: Tensors, layer: Layer) -> str:
    """Return "rnn", "gru" or "lstm", which the rows of weight_hh tell.

    Raises
    ------
    BadInputError
        when they fit none of them, naming the tensor and the shapes that would.
    """
    name = layer.tensor("weight_hh")
    rows, d = tensors.matrix_shape(name)
    kinds = {gates * d: cell for cell, gates in GATES.items()}
    if rows not in kinds:
        wanted = " or ".join(f"({size}, {d}) for {cell}" for size, cell in kinds.items())
        raise BadInputError(f"The tensor {name} has the shape ({rows}, {d}); {wanted} is needed.")
    return kinds[rows]


def _refuse_unsupported(tensors: Tensors) -> None:
    """Refuse parts that are known and not supported, with the reason."""
    reasons = (
        (r".*_reverse", "a bidirectional layer, whose outputs depend on inputs that are still to come"),
        (r".*weight_hr.*", "an LSTM with a projection (proj_size), which is not supported"),
        (
            r".*(in_proj|attn|attention|[qkv]_proj).*",
            "attention, which looks back at all inputs and has no fixed state",
        ),
        (r".*(running_mean|running_var|num_batches_tracked)", "batch normalisation, which is not supported"),
        (
            r"(.*\.)?(conv(\d+d?)?\..*|.*weight_[gv]|parametrizations\..*)",
            "a convolution or re-parametrised weights, which are not supported",
        ),
    )
    for pattern, reason in reasons:
        if found := [name for name in tensors.arrays if re.fullmatch(pattern, name, re.IGNORECASE)]:
            raise UnsupportedNetworkError(f"{tensors.source} cannot be explored: it has {reason} ({_some(found)}).")


def _authors_parts(tensors: Tensors) -> MlpParts:
    stems: dict[str, dict[int, str]] = {"h": {}, "y": {}}
    for name in tensors.arrays:
        match = _AUTHORS.fullmatch(name)
        if match is None:
            raise _not_understood(tensors, [name])
        stem = name.rpartition(".")[0]
        if stems[match[1]].setdefault(int(match[2]), stem) != stem:
            raise UnsupportedNetworkError(f"{tensors.source} holds more than one network (see {name}); one is needed.")
    parts = {}
    for which, places in stems.items():
        if not places:
            raise BadInputError(f"{tensors.source} has no tensor {which}mlp.mlp.0.weight; both MLPs are needed.")
        wanted = range(0, 2 * len(places), 2)
        if sorted(places) != list(wanted):
            raise BadInputError(
                f"{tensors.source} has layers {sorted(places)} of {which}mlp.mlp; layers {list(wanted)} are needed "
                "(activations stand between and own no tensors)."
            )
        parts[which] = tuple(_module(tensors, f"{places[place]}.", needs_bias=True) for place in wanted)
    return MlpParts(parts["h"], parts["y"])


def _cell_parts(tensors: Tensors) -> CellParts:
    recurrent: dict[str, set[str]] = {}  # places by module, in the order of the file
    others: dict[str, None] = {}  # modules, in the order of the file
    strange: list[str] = []
    for name, array in tensors.arrays.items():
        if match := _RECURRENT.fullmatch(name):
            recurrent.setdefault(match["module"], set()).add(match["place"] or "")
        elif (match := _LINEAR.fullmatch(name)) and (match["end"] == "bias" or array.ndim == 2):
            others[match["module"]] = None
        else:
            strange.append(name)
    if strange:
        raise _not_understood(tensors, strange)
    layers = _recurrent_layers(tensors, recurrent)
    for layer in layers:  # before sizes are compared: a wrong one here would be blamed on what comes after
        cell_kind(tensors, layer)
    size = tensors.matrix_shape(layers[0].tensor("weight_ih"))[1]
    hidden = tensors.matrix_shape(layers[-1].tensor("weight_hh"))[1]
    modules = {module: _module(tensors, module) for module in others}
    embedding = _embedding(tensors, modules, size, hidden)
    readout = [m for m in modules.values() if m.weight != embedding]
    if not readout:
        raise UnsupportedNetworkError(
            f"{tensors.source} has recurrent layers but no readout; a Linear layer from the {hidden} hidden units to "
            "the outputs is needed."
        )
    return CellParts(layers, _in_a_row(tensors, readout, hidden), embedding)


def _recurrent_layers(tensors: Tensors, recurrent: dict[str, set[str]]) -> tuple[Layer, ...]:
    """Put recurrent layers in order: by number inside a module, modules by their sizes."""
    layers: dict[str, list[Layer]] = {}  # by the first tensor of each module
    ends: list[Module] = []
    for module, places in recurrent.items():
        numbered = [f"_l{k}" for k in range(len(places))]
        if places != set(numbered) and places != {""}:
            raise BadInputError(
                f"{tensors.source} has the layers {_some(sorted(places))} of {module or 'its cell'}; "
                f"{_some(numbered)} are needed."
            )
        members = [Layer(module, place) for place in (numbered if "" not in places else [""])]
        first, last = members[0].tensor("weight_ih"), members[-1].tensor("weight_hh")
        layers[first] = members
        ends.append(Module(first, None, tensors.matrix_shape(first)[1], tensors.matrix_shape(last)[1]))
    if len(layers) == 1:
        return tuple(members)
    if any("decoder" in module.lower() for module in recurrent):
        raise UnsupportedNetworkError(
            f"{tensors.source} has a recurrent encoder and decoder ({_some(list(recurrent))}); "
            "only layers that step together can be explored."
        )
    return tuple(layer for end in _in_a_row(tensors, ends, None) for layer in layers[end.weight])


def _embedding(tensors: Tensors, modules: dict[str, Module], size: int, hidden: int) -> str | None:
    """Find the embedding among matrices: by its name, else by fitting before the cell when the rest is a readout."""
    named = [m for prefix, m in modules.items() if "emb" in prefix.lower()]
    if len(named) > 1 or any(m.bias for m in named):
        raise UnsupportedNetworkError(
            f"{tensors.source} has {_some([m.weight for m in named])} before its cell; one embedding table without "
            "bias is supported."
        )
    if named:
        return named[0].weight
    everything = list(modules.values())
    stems = [_stem(m) for m in everything]
    tables = [
        m
        for m in everything
        if m.bias is None
        and m.size_in == size
        and stems.count(_stem(m)) == 1  # so it is not one of a Sequential
        and _rows([other for other in everything if other is not m], hidden)
    ]
    all_readout = bool(_rows(everything, hidden))
    before = _before_the_cell(tensors, tables)
    if tensors.ordered and (before or all_readout):  # PyTorch lists modules as defined, the embedding before the cell
        tables, all_readout = before, all_readout and not before
    elif len(tables) == 1 and all(m.bias for m in everything if m is not tables[0]):
        all_readout = False  # an embedding never has a bias, a Linear among Linears with biases has one too
    if len(tables) + all_readout > 1:
        raise UnsupportedNetworkError(
            f"{tensors.source} leaves open whether {_some([m.weight for m in tables])} is the embedding or "
            "belongs to the readout; give the embedding a name with 'embedding' in it, and number the readout's layers."
        )
    return tables[0].weight if tables else None


def _before_the_cell(tensors: Tensors, modules: list[Module]) -> list[Module]:
    names = list(tensors.arrays)
    cell = next(place for place, name in enumerate(names) if _RECURRENT.fullmatch(name))
    return [m for m in modules if names.index(m.weight) < cell]


def _module(tensors: Tensors, prefix: str, *, needs_bias: bool = False) -> Module:
    rows, columns = tensors.matrix_shape(f"{prefix}weight")
    has_bias = needs_bias or f"{prefix}bias" in tensors.arrays
    return Module(f"{prefix}weight", f"{prefix}bias" if has_bias else None, columns, rows)


def _rows(modules: Sequence[Module], first: int | None) -> list[tuple[Module, ...]]:
    """Return the orders in which each module takes what the one before it gives."""
    if not modules:
        return []
    orders = itertools.permutations(modules) if len(modules) <= _MOST_ORDERS else [tuple(modules)]
    return [
        order
        for order in orders
        if first in (None, order[0].size_in) and all(a.size_out == b.size_in for a, b in itertools.pairwise(order))
    ]


def _in_a_row(tensors: Tensors, modules: list[Module], first: int | None) -> tuple[Module, ...]:
    """Order modules so that each takes what the one before it gives; the file's order or their numbers decide ties."""
    given = modules if tensors.ordered else sorted(modules, key=lambda m: natural_key(m.weight))
    rows = _rows(given, first)
    if not rows:
        size = first
        for module in given:
            if size is not None and module.size_in != size:
                raise BadInputError(
                    f"The tensor {module.weight} in {tensors.source} has the shape "
                    f"({module.size_out}, {module.size_in}); (any, {size}) is needed after what comes before it."
                )
            size = module.size_out
    if len(rows) == 1:
        return rows[0]
    if tuple(given) in rows and (tensors.ordered or len({_stem(m) for m in modules}) == 1):
        return tuple(given)
    raise UnsupportedNetworkError(
        f"The order of {_some([m.weight for m in given])} in {tensors.source} cannot be told from their sizes; "
        "number them in their names."
    )


def _not_understood(tensors: Tensors, names: Sequence[str]) -> UnsupportedNetworkError:
    shapes = [f"{name} {tuple(tensors.arrays[name].shape)}" for name in names]
    return UnsupportedNetworkError(
        f"{tensors.source} cannot be explored: the role of {_some(shapes)} is not understood. Supported are recurrent "
        "layers, one embedding before them and Linear layers after them."
    )


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")


def natural_key(name: str) -> list[tuple[int, str]]:
    """Sort key under which 10 comes after 2."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name)]


def _stem(module: Module) -> str:
    """Return the name without its numbers, which is the same for the layers of a Sequential."""
    return re.sub(r"\d+", "", module.weight)
