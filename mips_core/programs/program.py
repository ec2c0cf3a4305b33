"""A program: named state variables, one update each, and output expressions.

This is the form that every route ends in.  ``source`` is the Python text that a
person takes away, ``start``/``step`` evaluate the same expressions on a batch of
sequences, and :func:`mips_core.programs.parse.parse_program` reads the text back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mips_core.expressions import Expression, Variable, evaluate
from mips_core.stepping import IntArray


class Method(StrEnum):
    """How the formulas of a program were found; "table" means that none was found."""

    LINEAR = "linear"
    BOOLEAN = "boolean"
    SYMBOLIC = "symbolic"
    MIXED = "mixed"
    TABLE = "table"


@dataclass(frozen=True)
class StateVariable:
    """One remembered integer: its name, its value before the first input, and its update."""

    name: str
    start: int
    update: Expression


@dataclass(frozen=True)
class Program:
    """A step-by-step program.

    In each step the ``locals`` are computed in order from the inputs, the old state
    and earlier locals; then the outputs and all updates are computed from inputs, old
    state and locals; then the updates are assigned together.

    Parameters
    ----------
    inputs : names of the inputs, one per integer of a step (at least one)
    state : remembered variables, possibly none
    locals : (name, expression) pairs
    outputs : one expression per output integer
    method : how the formulas were found
    origin : one sentence that says which network it came from and by which route
    """

    inputs: tuple[str, ...]
    state: tuple[StateVariable, ...]
    outputs: tuple[Expression, ...]
    method: Method
    origin: str
    locals: tuple[tuple[str, Expression], ...] = ()

    @property
    def nodes(self) -> int:
        """Size of all formulas together; copying an input or a variable costs its one node."""
        expressions = [variable.update for variable in self.state]
        expressions += [expression for _, expression in self.locals]
        return sum(expression.nodes for expression in (*expressions, *self.outputs))

    @property
    def input_width(self) -> int:
        """Integers per step on the input side."""
        return len(self.inputs)

    @property
    def output_width(self) -> int:
        """Integers per step on the output side."""
        return len(self.outputs)

    def start(self, batch: int) -> NDArray[Any]:
        """Return the state variables before the first input, shape (batch, number of variables)."""
        return np.tile(np.array([v.start for v in self.state], dtype=np.int64), (batch, 1))

    def step(self, state: NDArray[Any], x: IntArray) -> tuple[NDArray[Any], IntArray]:
        """Compute one step on a batch: state (batch, variables), x (batch, D_in) -> new state, outputs (batch, D_out)."""
        columns: dict[str, NDArray[Any]] = {name: x[:, i] for i, name in enumerate(self.inputs)}
        columns |= {variable.name: state[:, i] for i, variable in enumerate(self.state)}
        for name, expression in self.locals:
            columns[name] = evaluate(expression, columns, len(x))
        outputs = np.stack([evaluate(e, columns, len(x)) for e in self.outputs], axis=1)
        if not self.state:
            return state, outputs
        return np.stack([evaluate(v.update, columns, len(x)) for v in self.state], axis=1), outputs

    @cached_property
    def source(self) -> str:
        """The module text: plain Python without imports, one public function ``f(xs)``."""
        from mips_core.programs.emit import emit  # the emitter imports this class

        return emit(self)

    @cached_property
    def function(self) -> Callable[[list[Any]], list[Any]]:
        """The function ``f`` of :attr:`source`, compiled here: this text is our own, not a stranger's."""
        namespace: dict[str, Any] = {}
        exec(compile(self.source, "<program>", "exec"), namespace)  # noqa: S102
        return namespace["f"]


def variables(*names: str) -> tuple[Variable, ...]:
    """Return one :class:`Variable` per name."""
    return tuple(Variable(name) for name in names)
