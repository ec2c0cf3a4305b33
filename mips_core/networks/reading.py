"""What was read in a network file: each tensor and its part, the network that they make, and what is wrong.

:func:`describe_network` never raises for what is wrong with a file: a page shows what was understood
all the same, beside the sentence that says what to do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mips_core.errors import BadInputError
from mips_core.networks.archives import parse_tensors
from mips_core.networks.cells import CellNetwork
from mips_core.networks.encoding import EmbeddingInput, OneHotInput, Rounded
from mips_core.networks.mlp import MlpNetwork
from mips_core.networks.options import NetworkOptions
from mips_core.networks.recognise import MlpParts, natural_key, recognise
from mips_core.networks.roles import roles_of_our_file, roles_of_parts, suggested_roles
from mips_core.networks.store import has_card
from mips_core.networks.tensors import Tensors
from mips_core.tasks.integers import Integers

FORMAT, VERSION = "mips-network-reading", 1

OURS, AUTHORS, PYTORCH = "our own format", "the MIPS authors' layout", "PyTorch"


@dataclass(frozen=True)
class TensorReading:
    """One tensor of a file.

    Parameters
    ----------
    shape, dtype : as stored
    role : the part that it plays, in words; "not understood" where it plays none
    at_fault : whether the problem of the file names it
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    role: str
    at_fault: bool = False


@dataclass(frozen=True, eq=False)
class NetworkReading:
    """What was read in a network file.

    Parameters
    ----------
    name : of the file
    layout : whose way of storing networks it is, or None when it is nobody's that we know
    tensors : in the order of the file; empty when the file cannot be opened
    network : what they make, or None
    problem : what is wrong and what to do, or None
    """

    name: str
    layout: str | None
    tensors: tuple[TensorReading, ...]
    network: MlpNetwork | CellNetwork | None
    problem: str | None

    @property
    def inputs(self) -> tuple[Integers, ...] | None:
        """Which integers may occur, one range per input; None while nobody has said it."""
        return None if self.network is None else self.network.card.inputs

    @property
    def cell(self) -> str | None:
        """The kind of cell in words."""
        if self.network is None:
            return None
        grid = "" if self.network.state_grid is None else ", its hidden state rounded to a grid"
        if isinstance(self.network, CellNetwork):
            kind = self.network.cell.upper()
            return (f"{kind} with {self.network.nonlinearity}" if kind == "RNN" else kind) + grid
        plain = len(self.network.hidden) == 1 or self.network.activation == "identity"
        return ("RNN without activation" if plain else "RNN whose step is an MLP") + grid

    @property
    def reads(self) -> str | None:
        """How an input becomes numbers, in words."""
        if self.network is None:
            return None
        encoding, width = self.network.encoding, self.network.input_width
        each = "" if width == 1 else f", {width} per step"
        if isinstance(encoding, OneHotInput):
            return f"one-hot: an indicator for each of {encoding.size} symbols{each}"
        if isinstance(encoding, EmbeddingInput):
            return (
                f"embedding: a row of {encoding.table.shape[1]} numbers for each of {len(encoding.table)} symbols{each}"
            )
        return f"raw: {'one integer' if width == 1 else f'{width} integers'} per step, as they are"

    @property
    def writes(self) -> str | None:
        """How scores become outputs, in words."""
        if self.network is None:
            return None
        decoding, width = self.network.decoding, self.network.output_width
        each = "" if width == 1 else f", {width} per step"
        if isinstance(decoding, Rounded):
            return f"rounded: a score becomes the nearest integer{each}"
        return f"argmax: the symbol with the highest score, of {len(decoding.ranges[0])}{each}"

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values, with format and version."""
        facts: dict[str, Any] = {
            "format": FORMAT,
            "version": VERSION,
            "name": self.name,
            "layout": self.layout,
            "problem": self.problem,
            "tensors": [
                {"name": t.name, "shape": list(t.shape), "dtype": t.dtype, "role": t.role, "at_fault": t.at_fault}
                for t in self.tensors
            ],
        }
        network = self.network
        if network is None:
            return facts
        return facts | {
            "cell": self.cell,
            "hidden_size": network.card.hidden_size,
            "layers": len(network.layers) if isinstance(network, CellNetwork) else 1,
            "parameters": network.parameters,
            "inputs_per_step": network.input_width,
            "outputs_per_step": network.output_width,
            "reads": self.reads,
            "writes": self.writes,
            "inputs": None if self.inputs is None else [[r.low, r.high] for r in self.inputs],
            "words": network.card.has_words,
        }


def describe_network(data: bytes, name: str, options: NetworkOptions | None = None) -> NetworkReading:
    """Read the bytes of a network file and say what is in it.

    Parameters
    ----------
    data : contents of a .safetensors, .npz, .pt or .pth file
    name : its name, whose ending tells the format; it is shown and never opened
    options : what a reader says about it
    """
    try:
        tensors = parse_tensors(data, name)
    except BadInputError as error:
        return NetworkReading(name, None, (), None, str(error))
    return describe_tensors(tensors, options or NetworkOptions())


def describe_tensors(tensors: Tensors, options: NetworkOptions) -> NetworkReading:
    """Say what named tensors are; see :func:`describe_network`."""
    network, problem = None, None
    try:
        network = options.read(tensors)
    except BadInputError as error:
        problem = str(error)
    layout, roles = _layout(tensors)
    unordered = not tensors.ordered  # safetensors files stand in an order of their own
    named = _named(problem or "", list(tensors.arrays))
    rows = tuple(
        TensorReading(name, tuple(int(n) for n in array.shape), str(array.dtype), roles[name], name in named)
        for name, array in sorted(tensors.arrays.items(), key=lambda item: natural_key(item[0]) if unordered else [])
    )
    return NetworkReading(tensors.source, layout, rows, network, problem)


def _layout(tensors: Tensors) -> tuple[str | None, dict[str, str]]:
    """Return whose layout it is, and the role of each tensor."""
    if has_card(tensors):
        return OURS, roles_of_our_file(tensors)
    try:
        parts = recognise(tensors)
    except BadInputError:
        return None, suggested_roles(tensors)
    layout = AUTHORS if isinstance(parts, MlpParts) else PYTORCH
    return layout, suggested_roles(tensors) | roles_of_parts(parts, tensors)


def _named(problem: str, names: list[str]) -> set[str]:
    """Return the names that a sentence names as whole words, a longer name before one that it contains."""
    found = set()
    for name in sorted(names, key=len, reverse=True):
        if name in problem.split("(found:")[0].replace(",", " ").replace(";", " ").split():
            found.add(name)
    return found
