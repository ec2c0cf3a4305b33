"""A network that moves in exact integers, written as the equations that it is."""

from __future__ import annotations

import numpy as np

from mips_core.expressions import Apply, Constant, Expression, Lookup, Table, Variable
from mips_core.machines.integer_system import IntegerSystem, StateVariable, input_names
from mips_core.networks.encoding import Argmax, OneHotInput
from mips_core.networks.mlp import MlpNetwork
from mips_core.states.phrasing import linear


def own_equations(network: MlpNetwork) -> IntegerSystem:
    """Return the equations of an affine network with integer weights; its state variables are its hidden units.

    A class is chosen by comparing scores in their order, so that the first of equals wins.

    Parameters
    ----------
    network : with raw or one-hot inputs and an affine readout, all weights integers
    """
    inputs = input_names(network.input_width)
    forward, entry, bias = network.affine_transition()
    names = [f"unit{i + 1}" for i in range(network.state_size)]
    news = [f"new_{name}" for name in names]
    columns = _columns(network, entry, inputs)
    moved: list[tuple[str, Expression]] = []
    for i, new in enumerate(news):
        terms = [(int(w), Variable(name)) for w, name in zip(forward[i], names, strict=True)]
        moved.append((new, linear([*terms, *columns[i]], int(bias[i]))))
    readout, offset = network.affine_readout()
    scores = [
        linear([(int(w), Variable(new)) for w, new in zip(row, news, strict=True)], int(c))
        for row, c in zip(readout, offset, strict=True)
    ]
    outputs: list[Expression] = scores
    if isinstance(network.decoding, Argmax):
        ends = np.cumsum([0, *(len(r) for r in network.decoding.ranges)])
        outputs = [
            _winner(r.low, scores[begin : begin + len(r)], 0, 1)
            for r, begin in zip(network.decoding.ranges, ends, strict=False)
        ]
    state = tuple(
        StateVariable(name, int(start), Variable(new))
        for name, new, start in zip(names, news, network.start_state, strict=True)
    )
    return IntegerSystem(inputs, state, tuple(outputs), tuple(moved))


def _columns(network: MlpNetwork, entry: np.ndarray, inputs: tuple[str, ...]) -> list[list[tuple[int, Expression]]]:
    """Return for each hidden unit what the inputs add to it: multiples of them, or tables over their symbols."""
    found: list[list[tuple[int, Expression]]] = [[] for _ in entry]
    if not isinstance(network.encoding, OneHotInput):
        return [[(int(w), Variable(x)) for w, x in zip(row, inputs, strict=True)] for row in entry]
    begin = 0
    for symbols, x in zip(network.encoding.ranges, inputs, strict=True):
        for i, row in enumerate(entry[:, begin : begin + len(symbols)]):
            if row.any():
                values = tuple(((int(symbol),), int(w)) for symbol, w in zip(symbols.values, row, strict=True))
                found[i].append((1, Lookup(Table(f"table_{x}_{i + 1}", values), (Variable(x),))))
        begin += len(symbols)
    return found


def _winner(low: int, scores: list[Expression], best: int, at: int) -> Expression:
    if at == len(scores):
        return Constant(low + best)
    ahead = Apply("gt", (scores[at], scores[best]))
    return Apply("where", (ahead, _winner(low, scores, at, at + 1), _winner(low, scores, best, at + 1)))
