"""What somebody may have to say about a network file that does not say it itself."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from mips_core.networks.cells import CellNetwork
from mips_core.networks.importers import network_of_tensors
from mips_core.networks.mlp import MlpNetwork
from mips_core.networks.tensors import Tensors
from mips_core.tasks.integers import Integers


@dataclass(frozen=True)
class NetworkOptions:
    """What a reader says about a network file that does not say it itself; see :func:`read_network`."""

    inputs: tuple[Integers, ...] | None = None
    activation: str = "relu"
    nonlinearity: str = "tanh"
    outputs: str | None = None
    encoding: str | None = None
    length: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return what differs from the usual, as plain JSON values."""
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        usual = {field.name: field.default for field in fields(self)}
        if self.inputs is not None:
            given["inputs"] = [[r.low, r.high] for r in self.inputs]
        return {name: value for name, value in given.items() if value != usual[name]}

    @staticmethod
    def from_dict(value: dict[str, Any]) -> NetworkOptions:
        """Read what :meth:`to_dict` wrote."""
        ranges = value.get("inputs")
        inputs = None if ranges is None else tuple(Integers(low, high) for low, high in ranges)
        return NetworkOptions(**(value | {"inputs": inputs}))

    def read(self, tensors: Tensors) -> MlpNetwork | CellNetwork:
        """Build the network of these tensors; for errors see :func:`mips_core.networks.read_network`."""
        return network_of_tensors(tensors, **{field.name: getattr(self, field.name) for field in fields(self)})
