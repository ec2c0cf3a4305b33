"""Other programs for the same network, from the smallest that is nearly right to the table of every transition.

All come out of the network's machine: its exact table, formulas under other labels of its states, its states as bits,
machines that look only a few steps ahead, and the program itself with a part left out.  Each is compared with the
network on held-out sequences, and proved equal to a finite machine where that can be.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mips_core.errors import BadInputError
from mips_core.machines.integer_system import IntegerSystem, StateVariable
from mips_core.machines.mealy import MealyMachine
from mips_core.machines.minimise import minimise
from mips_core.networks.protocol import Network
from mips_core.programs import Program, parse_program, table_program
from mips_core.programs.mutations import mutations
from mips_core.programs.size import Size, size_of
from mips_core.progress import Monitor
from mips_core.regression import Method, explain_machine, find_boolean
from mips_core.regression.labels import input_names, transition_columns
from mips_core.regression.sharing import share_terms
from mips_core.stepping import IntArray
from mips_core.tasks.integers import Integers
from mips_core.verification.compare import compare
from mips_core.verification.exact_walk import exact_walk
from mips_core.verification.outputs import Outputs, network_outputs, program_outputs

SEARCHING = 2.0
"""Seconds for formulas under other labels of the states."""
_MOST_STATES = 400
_MOST_BITS = 4
_FARTHEST = 6  # steps ahead at most within which states may differ
_FOLLOWED = 50
_SHORTENED = 8


@dataclass(frozen=True, eq=False)
class Alternative:
    """A program and how it compares.

    Parameters
    ----------
    name : what it is, in a few words
    size : of its text
    agree, sequences : held-out sequences on which it gives the network's outputs, of all
    steps : share of single outputs that are the network's, in [0, 1]
    proved : it is proved equal to the network's finite machine at every length
    is_own : it is the program that the page shows
    """

    name: str
    program: Program
    size: Size
    agree: int
    sequences: int
    steps: float
    proved: bool
    is_own: bool = False

    @property
    def agrees(self) -> bool:
        """Whether it agrees on every sequence."""
        return self.agree == self.sequences


class Judge:
    """Compares programs with a network and its machine.

    Parameters
    ----------
    x : held-out sequences, int64 (N, T, D_in)
    inputs : integers that may occur, one range per input
    """

    def __init__(
        self, network: Network, machine: MealyMachine | IntegerSystem | None, x: IntArray, inputs: tuple[Integers, ...]
    ) -> None:
        self.machine, self.x, self.inputs = machine, x, inputs
        self.outputs: Outputs = network_outputs(network, x)

    def of(self, name: str, program: Program, *, is_own: bool = False) -> Alternative:
        """Measure and compare one program."""
        outputs = program_outputs(program, self.x)
        found = compare(self.outputs, outputs, self.x)
        same = ((outputs.values == self.outputs.values).all(axis=2) & outputs.valid & self.outputs.valid).copy()
        for row, (step, _) in outputs.faults.items():
            same[row, step:] = False
        walk = None
        if isinstance(self.machine, MealyMachine):
            walk = exact_walk(program, self.machine, self.machine.symbols)
        proved = walk is not None and walk.closed
        size, steps = size_of(program.source), float(same.mean()) if same.size else 1.0
        return Alternative(name, program, size, found.agree, found.sequences, steps, proved, is_own)


def quick_alternatives(judge: Judge, program: Program) -> tuple[Alternative, ...]:
    """Return the program and those others that need no search, smallest first."""
    proposed: list[tuple[str, Program]] = []
    machine = judge.machine
    if isinstance(machine, MealyMachine):
        if machine.states <= _MOST_STATES:
            proposed.append(("exact transition table", table_program(_plain(machine), "Exact transition table")))
            proposed += [(name, table_program(coarse, name)) for name, coarse in coarser_machines(machine)]
    elif machine is not None:
        proposed.append(("equations before they were rewritten", Program(machine, program.method, program.origin)))
    proposed += shortened(program)
    return judged(judge, proposed, [judge.of("the program of this page", program, is_own=True)])


def searched_alternatives(
    judge: Judge, known: Sequence[Alternative], *, monitor: Monitor | None = None, budget: float = SEARCHING
) -> tuple[Alternative, ...]:
    """Return the known alternatives and those that a search for formulas of the finite machine finds, smallest first.

    Parameters
    ----------
    budget : seconds at most
    """
    machine = judge.machine
    if not isinstance(machine, MealyMachine) or machine.has_words:
        return tuple(known)
    watch = (monitor or Monitor()).limited(budget)
    proposed: list[tuple[str, Program]] = []
    coded = as_bits(minimise(machine), watch.limited(budget / 4))
    if coded is not None:
        proposed.append(("states as bits", Program(coded, Method.BOOLEAN, "States as bits")))
    found = explain_machine(machine, monitor=watch, budget=watch.remaining)
    if found is not None:
        note = f"formula as it was found: {found.note}"
        proposed.append((note, Program(found.system, found.method, "Formula as it was found")))
        for other in found.alternatives:
            proposed.append(("another labelling of the states", Program(other, found.method, "Another labelling")))
    return judged(judge, proposed, known)


def judged(
    judge: Judge, proposed: Sequence[tuple[str, Program]], known: Sequence[Alternative]
) -> tuple[Alternative, ...]:
    """Judge each new text once, and sort all by size, those that agree on more first."""
    kept = list(known)
    texts = {each.program.system for each in kept}
    for name, program in proposed:
        if program.system not in texts:
            texts.add(program.system)
            kept.append(judge.of(name, program))
    return tuple(sorted(kept, key=lambda each: (each.size.nodes, -each.agree, each.name)))


def shortened(program: Program) -> list[tuple[str, Program]]:
    """Return the program with one part of a formula left out, in each of a few places."""
    found: list[tuple[str, Program]] = []
    for change in mutations(program.source):
        if change.kind != "term" or len(found) >= _SHORTENED:
            continue
        try:
            shorter = parse_program(change.source)
        except BadInputError:  # what is left is no program of our form
            continue
        found.append((f"{change.after} in place of {change.before}", shorter))
    return found


def coarser_machines(machine: MealyMachine) -> Iterator[tuple[str, MealyMachine]]:
    """Yield machines that take states for one whose outputs are equal for 0, 1, 2, ... steps.

    Where states taken for one go on to different ones, the most frequent way counts, over inputs drawn evenly.
    """
    small = minimise(machine)
    frequent = _frequencies(small)
    classes = np.zeros(small.states, dtype=np.int64)
    seen = {small.states}
    for ahead in range(_FARTHEST):
        number = int(classes.max()) + 1
        if number == small.states:
            return
        merged = MealyMachine(
            _voted(classes[small.next_state][:, :, None], classes, frequent)[:, :, 0],
            _voted(small.output, classes, frequent), small.symbols, int(classes[small.start_state]),
            input_words=small.input_words, output_words=small.output_words,
        )  # fmt: skip
        coarse = minimise(merged)
        if coarse.states not in seen:
            seen.add(coarse.states)
            what = f"those alike for {ahead} step{'s' * (ahead != 1)} are one" if ahead else "nothing is remembered"
            yield f"table of {coarse.states:,} state{'s' * (coarse.states != 1)}: {what}", coarse
        rows = np.concatenate([small.output.reshape(small.states, -1), classes[small.next_state]], axis=1)
        finer = np.unique(rows, axis=0, return_inverse=True)[1].reshape(-1)
        if finer.max() == classes.max():
            return
        classes = finer


def _frequencies(machine: MealyMachine) -> NDArray[np.float64]:
    """Return how often each state is met in the first steps of inputs that are drawn evenly, summing to 1."""
    now = np.zeros(machine.states)
    now[machine.start_state] = 1.0
    total = now.copy()
    for _ in range(_FOLLOWED):
        after = np.zeros(machine.states)
        np.add.at(after, machine.next_state, np.repeat(now[:, None] / len(machine.symbols), len(machine.symbols), 1))
        now = after
        total += now
    return total / total.sum()


def _voted(values: IntArray, classes: IntArray, frequent: NDArray[np.float64]) -> IntArray:
    """Return for each class the most frequent of its members' rows (X, W) at each input; values (S, X, W)."""
    number, count = int(classes.max()) + 1, values.shape[1]
    chosen = np.zeros((number, *values.shape[1:]), dtype=np.int64)
    for group in range(number):
        members = np.flatnonzero(classes == group)
        for i in range(count):
            kinds, kind = np.unique(values[members, i], axis=0, return_inverse=True)
            chosen[group, i] = kinds[np.argmax(np.bincount(kind.reshape(-1), weights=frequent[members]))]
    return chosen


def as_bits(machine: MealyMachine, monitor: Monitor) -> IntegerSystem | None:
    """Return a machine over bits with its states numbered in binary and a Boolean formula for each bit, or None.

    Parameters
    ----------
    machine : minimal
    """
    bits = max(1, math.ceil(math.log2(machine.states)))
    values = {*machine.symbols.ravel().tolist(), *machine.output.ravel().tolist()}
    if machine.states < 2 or bits > _MOST_BITS or not values <= {0, 1}:
        return None
    numbers = np.arange(machine.states)
    columns = transition_columns(machine, numbers)
    codes = columns.pop("state")
    names = [f"bit{i}" for i in reversed(range(bits))]
    columns = {name: codes >> i & 1 for name, i in zip(names, reversed(range(bits)), strict=True)} | columns
    after = machine.next_state.ravel()
    targets = [after >> i & 1 for i in reversed(range(bits))]
    targets += [machine.output[:, :, k].ravel() for k in range(machine.output_width)]
    formulas = [find_boolean(columns, target, monitor=monitor) for target in targets]
    expressions = [f.expression for f in formulas if f is not None]
    if len(expressions) < len(formulas):
        return None
    start = machine.start_state
    state = [
        StateVariable(name, start >> i & 1, e)
        for name, i, e in zip(names, reversed(range(bits)), expressions, strict=False)
    ]
    return share_terms(input_names(machine), state, expressions[bits:])


def _plain(machine: MealyMachine) -> MealyMachine:
    """Return the minimal machine; one with observations keeps its states, whose table says what was observed."""
    return machine if machine.observed is not None else minimise(machine)
