"""A route for piecewise-linear networks: integer coordinates, then updates and outputs off the exact linear regions.

Inside a linear region of the network everything is affine, and its slopes are known without any fit.  In coordinates in
which hidden states are integers the slopes are integers too, and a few pieces make a formula with abs, max and min.
Which integer coordinates is free: small steps (shift one, flip one, add one to another) lead to the shortest formulas.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from mips_core.distillation.candidate import Candidate, Probe, RouteOutcome
from mips_core.distillation.subject import Subject
from mips_core.errors import MipsError
from mips_core.expressions import Constant, Expression, Variable, evaluate
from mips_core.machines.integer_system import IntegerSystem, StateVariable, input_names, pruned
from mips_core.networks import MlpNetwork
from mips_core.networks.encoding import Rounded
from mips_core.networks.protocol import FloatArray
from mips_core.programs import Program
from mips_core.progress import Monitor, Stopwatch
from mips_core.regression import Formula, combined
from mips_core.regression.formula import weight
from mips_core.regression.piecewise import piecewise_formula
from mips_core.states.lattice import integer_code
from mips_core.states.linear_regions import is_piecewise_linear, readout_slopes, transition_slopes
from mips_core.stepping import IntArray, trace
from mips_core.tasks.few_symbols import telling_words

NAME = "exact linear regions"
SAMPLE = 256
"""Probe words whose hidden states are looked at."""
LARGEST_DIMENSION = 4
STARTS = 20_000
"""Most start codes that are tried where the network's own start lies off the lattice."""


def regions_route(subject: Subject, probe: Probe, monitor: Monitor) -> RouteOutcome:
    """Write each coordinate's update and each output as a formula of the pieces that the network is made of."""
    network = subject.network
    if not isinstance(network, MlpNetwork) or not is_piecewise_linear(network):
        return RouteOutcome(
            (), "The network is not piecewise linear in numbers: its inputs are symbols or it is smooth."
        )
    if not isinstance(network.decoding, Rounded):
        return RouteOutcome((), "The outputs are classes, not numbers, so slopes say nothing about them.")
    words = _words(subject, probe)
    if words.shape[1] < 2:
        return RouteOutcome((), "Sequences of one step show no update.")
    monitor.report("extract", "Looking for integer coordinates of the hidden state")
    clock = Stopwatch()
    try:
        reading, start = _coordinates(network, words, monitor)
    except MipsError as error:
        return RouteOutcome((), str(error))
    order = reading.codes.shape[2]
    if order > LARGEST_DIMENSION:
        return RouteOutcome((), f"The hidden states have {order} dimensions; up to {LARGEST_DIMENSION} are read.")
    extracted = clock.seconds
    monitor.report("regress", "Reading the affine pieces of the network")
    found = reading.formulas()
    if isinstance(found, str):
        return RouteOutcome((), found)
    reading, found, start = _downhill(reading, found, start, monitor)
    first = reading.start(start, found)
    if first is None:
        return RouteOutcome((), "No integer start goes on to the codes after the first step.")
    note = f"{order} integer coordinate{'s' * (order != 1)}, updates and outputs from exact linear regions"
    program = Program(reading.system(found, first), combined([f.method for f in found]), note)
    return RouteOutcome(
        (Candidate(NAME, program.system, program, note, "linear regions", extracted, clock.seconds - extracted),), note
    )


def _words(subject: Subject, probe: Probe) -> IntArray:
    """Return probe words and as many over few symbols, int64 (N, T, D_in): only such enter some of the pieces."""
    drawn = probe.short[:SAMPLE]
    n, length = drawn.shape[:2]
    few = telling_words(subject.inputs, subject.observed, n, length, np.random.default_rng(2))
    return np.concatenate([drawn, few])


@dataclass(frozen=True, eq=False)
class _Reading:
    """Codes of hidden states along words, and the slopes there.

    Parameters
    ----------
    words : int64, shape (N, T, D_in)
    codes : int64, shape (N, T, n), after each step
    outputs : int64, shape (N, T, D_out)
    of_codes, of_inputs : float64, (N (T - 1), n, n) and (N (T - 1), n, D_in): slopes of the next code, from step 2 on
    of_outputs : float64, (N T, D_out, n): slopes of the outputs in the code after the step
    """

    words: IntArray
    codes: IntArray
    outputs: IntArray
    of_codes: FloatArray
    of_inputs: FloatArray
    of_outputs: FloatArray

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(f"z{i + 1}" for i in range(self.codes.shape[2]))

    @property
    def inputs(self) -> tuple[str, ...]:
        return input_names(self.words.shape[2])

    def formulas(self) -> list[Formula] | str:
        """Return the formulas of all updates, then of all outputs, or the reason why one is missing."""
        found = []
        columns = {name: self.codes[:, :-1, i].ravel() for i, name in enumerate(self.names)}
        columns |= {name: self.words[:, 1:, i].ravel() for i, name in enumerate(self.inputs)}
        slopes = np.concatenate([self.of_codes, self.of_inputs], axis=2)
        for i in range(len(self.names)):
            update = piecewise_formula(columns, self.codes[:, 1:, i].ravel(), slopes[:, i])
            if update is None:
                return f"The pieces of the network give no formula for the update of coordinate {i + 1}."
            found.append(update)
        columns = {name: self.codes[:, :, i].ravel() for i, name in enumerate(self.names)}
        for i in range(self.outputs.shape[2]):
            output = piecewise_formula(columns, self.outputs[:, :, i].ravel(), self.of_outputs[:, i])
            if output is None:
                return f"The pieces of the readout give no formula for output {i + 1}."
            found.append(output)
        return found

    def changed(self, matrix: IntArray, shift: IntArray) -> _Reading:
        """Return the same in the coordinates ``matrix @ z + shift``; the matrix has determinant 1 or -1."""
        inverse = np.linalg.inv(matrix.astype(np.float64))
        return _Reading(
            self.words,
            self.codes @ matrix.T + shift,
            self.outputs,
            matrix @ self.of_codes @ inverse,
            matrix @ self.of_inputs,
            self.of_outputs @ inverse,
        )

    def start(self, nearby: FloatArray, found: list[Formula]) -> tuple[int, ...] | None:
        """Return the code from which one step leads to the codes reached after the first inputs, or None.

        The network's own start comes first; it is never read out and may lie anywhere.
        """
        n = len(self.names)
        lowest, highest = self.codes.min(axis=(0, 1)) - 1, self.codes.max(axis=(0, 1)) + 1
        ranges = [np.arange(low, high + 1) for low, high in zip(lowest, highest, strict=True)]
        near = np.unique(np.stack([np.floor(nearby), np.ceil(nearby), np.rint(nearby)]), axis=0).astype(np.int64)
        grid = near
        if np.prod([float(len(r)) for r in ranges]) <= STARTS:
            grid = np.vstack([near, np.stack(np.meshgrid(*ranges, indexing="ij"), axis=-1).reshape(-1, n)])
        order = np.argsort(np.abs(grid).sum(axis=1), kind="stable")
        grid = np.vstack([near, grid[order]])
        for row in np.unique(self.words[:, 0], axis=0):
            at = int(np.flatnonzero((self.words[:, 0] == row).all(axis=1))[0])
            columns = {name: grid[:, i] for i, name in enumerate(self.names)}
            columns |= {name: np.full(len(grid), value) for name, value in zip(self.inputs, row, strict=True)}
            for i, update in enumerate(found[:n]):
                right = evaluate(update.expression, columns, len(grid)) == self.codes[at, 0, i]
                grid = grid[right]
                columns = {name: values[right] for name, values in columns.items()}
            if not len(grid):
                return None
        return tuple(grid[0].tolist())

    def system(self, found: list[Formula], start: tuple[int, ...]) -> IntegerSystem:
        """Return the equations of one step."""
        n = len(self.names)
        renamed: dict[str, Expression] = {name: Variable(f"new_{name}") for name in self.names}
        return pruned(
            IntegerSystem(
                self.inputs,
                tuple(
                    StateVariable(name, value, Variable(f"new_{name}"))
                    for name, value in zip(self.names, start, strict=True)
                ),
                tuple(output.expression.substitute(renamed) for output in found[n:]),
                tuple((f"new_{name}", f.expression) for name, f in zip(self.names, found[:n], strict=True)),
            )
        )


def _coordinates(network: MlpNetwork, words: IntArray, monitor: Monitor) -> tuple[_Reading, FloatArray]:
    """Return codes with slopes, and the start state in the same coordinates, float64 (n,)."""
    seen = trace(network, words)
    reached = seen.states[:, 1:]
    rows = reached.reshape(-1, network.state_size)
    code = integer_code(rows, rng=np.random.default_rng(0), monitor=monitor)
    before, symbols = reached[:, :-1].reshape(-1, network.state_size), words[:, 1:].reshape(-1, network.input_width)
    moving = transition_slopes(network, before, symbols)
    to_code = np.linalg.pinv(code.basis)  # (d, n): a change of the hidden state as a change of its code
    reading = _Reading(
        words,
        code.codes.reshape(*reached.shape[:2], -1),
        seen.outputs,
        to_code.T @ moving[:, :, : network.state_size] @ code.basis.T,
        to_code.T @ moving[:, :, network.state_size :],
        readout_slopes(network, rows) @ code.basis.T,
    )
    return reading, (network.start(1)[0] - code.offset) @ to_code


def _downhill(
    reading: _Reading, found: list[Formula], start: FloatArray, monitor: Monitor
) -> tuple[_Reading, list[Formula], FloatArray]:
    """Change coordinates step by step while that makes the formulas shorter."""
    size = _size(found)
    improved = True
    while improved and not monitor.expired:
        improved = False
        for matrix, shift in _moves(found, reading.codes.shape[2]):
            if monitor.expired:
                break
            other = reading.changed(matrix, shift)
            formulas = other.formulas()
            if not isinstance(formulas, str) and _size(formulas) < size:
                reading, found, size = other, formulas, _size(formulas)
                start = matrix @ start + shift
                improved = True
                break
    return reading, found, start


def _size(found: list[Formula]) -> tuple[int, int]:
    numbers = [n.value for f in found for n in f.expression.walk() if isinstance(n, Constant)]
    return sum(weight(f.expression) for f in found), sum(abs(v) for v in numbers)


def _moves(found: list[Formula], n: int) -> Iterator[tuple[IntArray, IntArray]]:
    """Yield changes of coordinates: shifts by constants that occur, flips, one coordinate added to another."""
    one, still = np.eye(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    constants = sorted({abs(c.value) for f in found for c in f.expression.walk() if isinstance(c, Constant)} - {0})
    for i in range(n):
        for value in constants[:8]:
            yield one, value * one[i]
            yield one, -value * one[i]
    for i in range(n):
        flip = one.copy()
        flip[i, i] = -1
        yield flip, still
        for value in constants[:8]:
            yield flip, value * one[i]
            yield flip, -value * one[i]
    for i in range(n):
        for j in range(n):
            for sign in (1, -1):
                if i != j:
                    added = one.copy()
                    added[i, j] = sign
                    yield added, still
