"""Machines whose memory is a vector of unbounded integers.

An :class:`IntegerSystem` is a set of equations: named state variables with start
values, one update expression each, and output expressions.  It follows the same
``start``/``step`` protocol as a Mealy machine and a network; a program is an
integer system written out as Python.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mips_core.expressions import Expression, Lookup, Table, Variable, evaluate
from mips_core.expressions.history import history_column, remembered
from mips_core.stepping import IntArray


def input_names(width: int) -> tuple[str, ...]:
    """Return "x" for one input, "x1", "x2", ... for several."""
    return ("x",) if width == 1 else tuple(f"x{i + 1}" for i in range(width))


@dataclass(frozen=True)
class StateVariable:
    """One remembered integer: its name, its value before the first input, and its update."""

    name: str
    start: int
    update: Expression


@dataclass(frozen=True)
class IntegerSystem:
    """Equations of one step.

    The ``locals`` are computed in order from the inputs, the old state and earlier
    locals; then the outputs and all updates are computed from inputs, old state and
    locals; then the updates are assigned together.

    Parameters
    ----------
    inputs : names of the inputs, one per integer of a step (at least one)
    state : remembered variables, possibly none
    outputs : one expression per output integer
    locals : (name, expression) pairs
    """

    inputs: tuple[str, ...]
    state: tuple[StateVariable, ...]
    outputs: tuple[Expression, ...]
    locals: tuple[tuple[str, Expression], ...] = ()

    @property
    def order(self) -> int:
        """Number of remembered integers."""
        return len(self.state)

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """Every formula of the step: locals, then updates, then outputs."""
        return (*(e for _, e in self.locals), *(variable.update for variable in self.state), *self.outputs)

    @property
    def unknown(self) -> frozenset[str]:
        """Names that a formula reads and that are no input, no state variable and no earlier local."""
        known = {*self.inputs, *(variable.name for variable in self.state)}
        found: set[str] = set()
        for name, value in self.locals:
            found |= value.variables - known
            known.add(name)
        rest = (*(variable.update for variable in self.state), *self.outputs)
        return frozenset(found.union(*(value.variables - known for value in rest)))

    @property
    def tables(self) -> tuple[Table, ...]:
        """Distinct tables that the formulas look up, in order of first use."""
        found = [node.table for e in self.expressions for node in e.walk() if isinstance(node, Lookup)]
        return tuple(dict.fromkeys(found))

    @cached_property
    def histories(self) -> tuple[str, ...]:
        """Inputs of which all values so far are kept, in the order of the inputs."""
        asked = {name for e in self.expressions for name in remembered(e)}
        return tuple(name for name in self.inputs if name in asked)

    @property
    def nodes(self) -> int:
        """Size of all formulas together; copying an input or a variable costs its one node."""
        return sum(expression.nodes for expression in self.expressions)

    @property
    def input_width(self) -> int:
        """Integers per step on the input side."""
        return len(self.inputs)

    @property
    def output_width(self) -> int:
        """Integers per step on the output side."""
        return len(self.outputs)

    def start(self, batch: int) -> NDArray[Any]:
        """Return the state variables before the first input, int64, shape (batch, order).

        Each step adds a column for each of :attr:`histories` behind the state variables.
        """
        return np.tile(np.array([v.start for v in self.state], dtype=np.int64), (batch, 1))

    def step(self, state: NDArray[Any], x: IntArray) -> tuple[NDArray[Any], IntArray]:
        """Compute one step on a batch: state (batch, order), x (batch, D_in) -> new state, outputs (batch, D_out).

        Works in int64; values that outgrow 64 bits belong to :attr:`Program.function`, which counts in Python integers.
        """
        rows = len(x)
        columns: dict[str, NDArray[Any]] = {name: x[:, i] for i, name in enumerate(self.inputs)}
        columns |= {variable.name: state[:, i] for i, variable in enumerate(self.state)}
        kept = [x[:, [self.inputs.index(name)]] for name in self.histories]
        past = np.concatenate([state[:, self.order :], *kept], axis=1)  # (batch, t * number of histories)
        columns |= {history_column(name): past[:, i :: len(kept)] for i, name in enumerate(self.histories)}
        for name, expression in self.locals:
            columns[name] = evaluate(expression, columns, rows)
        outputs = np.stack([evaluate(e, columns, rows) for e in self.outputs], axis=1)
        if not self.state:
            return past, outputs
        new = np.stack([evaluate(v.update, columns, rows) for v in self.state], axis=1)
        return np.concatenate([new, past], axis=1) if kept else new, outputs


def pruned(system: IntegerSystem) -> IntegerSystem:
    """Return an equivalent system without needless names.

    Locals that only rename, short locals that are read once, and state that no output depends on are gone.
    """
    system = _without_single_use(_without_renaming(system))
    updates = {variable.name: variable.update for variable in system.state}
    named = dict(system.locals)
    needed: set[str] = set()
    waiting = [name for output in system.outputs for name in output.variables]
    while waiting:
        name = waiting.pop()
        if name in needed:
            continue
        needed.add(name)
        for expression in (updates.get(name), named.get(name)):
            if expression is not None:
                waiting.extend(expression.variables)
    return IntegerSystem(
        system.inputs,
        tuple(v for v in system.state if v.name in needed),
        system.outputs,
        tuple((name, value) for name, value in system.locals if name in needed),
    )


def _without_renaming(system: IntegerSystem) -> IntegerSystem:
    """Replace locals that stand for an input, a state variable, or a constant by what they stand for."""
    replacements: dict[str, Expression] = {}
    kept = []
    for name, value in system.locals:
        value = value.substitute(replacements)
        if value.nodes == 1:
            replacements[name] = value
        else:
            kept.append((name, value))
    state = tuple(StateVariable(v.name, v.start, v.update.substitute(replacements)) for v in system.state)
    return IntegerSystem(
        system.inputs, state, tuple(output.substitute(replacements) for output in system.outputs), tuple(kept)
    )


_READABLE = 12
"""A formula of more nodes than this is easier to read with a part of it named."""


def _without_single_use(system: IntegerSystem) -> IntegerSystem:
    """Put each local that one short formula reads once into that formula."""
    for name, _ in system.locals:
        value = dict(system.locals)[name]  # an earlier local may have been put into it
        readers = [e for e in system.expressions if name in e.variables]
        uses = sum(node == Variable(name) for e in readers for node in e.walk())
        if uses != 1 or readers[0].nodes + value.nodes > _READABLE:
            continue
        new = {name: value}
        system = IntegerSystem(
            system.inputs,
            tuple(StateVariable(v.name, v.start, v.update.substitute(new)) for v in system.state),
            tuple(output.substitute(new) for output in system.outputs),
            tuple((other, e.substitute(new)) for other, e in system.locals if other != name),
        )
    return system
