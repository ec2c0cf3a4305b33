"""Where the lines of a program come from: which states their variables stand for, and how many cases they explain.

Nothing here is taken from a report: program and machine are run side by side through all pairs of their states, so the
table of codes and the counts are what the two files show.  A program whose machine is equations is run beside the
network on sequences instead, and its variables are read off the network's hidden state by a straight-line map.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mips_core.expressions import Expression
from mips_core.expressions.python import to_python
from mips_core.machines.mealy import MealyMachine
from mips_core.networks.protocol import Network
from mips_core.programs.kinds import Kind, kind_of
from mips_core.programs.lines import Line, program_lines
from mips_core.programs.order import statements
from mips_core.programs.program import Program
from mips_core.programs.ranges import Bounds, system_ranges
from mips_core.programs.transitions import transitions
from mips_core.stepping import IntArray, trace

MOST_PAIRS = 20_000
"""Pairs of a machine state and values of the variables that are followed."""
_MOST_CASES = 400_000


@dataclass(frozen=True)
class Code:
    """Values of all variables that stand for one state of the machine.

    Parameters
    ----------
    state : of the machine
    prefix : positions of the symbols of a shortest input that leads there
    values : every combination of values met there, that of the shortest input first
    """

    state: int
    prefix: tuple[int, ...]
    values: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class LineOrigin:
    """One line of the loop and what it rests on.

    Parameters
    ----------
    line : its place and what it gives a value to; () is the output
    formulas : as text, one for each name, or for each output
    kinds : of the formulas
    right, cases : in how many cases of how many the line gives what it should; None where that was not counted
    """

    line: Line
    formulas: tuple[str, ...]
    kinds: tuple[Kind, ...]
    right: int | None = None
    cases: int | None = None


@dataclass(frozen=True, eq=False)
class Provenance:
    """What is known about the lines of a program.

    Parameters
    ----------
    lines : the lines of the loop that compute something, in the order of the text
    variables : names of the state variables, in the order of ``codes``
    codes : per state of a finite machine, the values of the variables; () for other machines
    counted : what a case is: "transitions of the machine", "steps of sampled sequences", or "" where nothing was run
    complete : all pairs of states were followed
    """

    lines: tuple[LineOrigin, ...]
    variables: tuple[str, ...]
    codes: tuple[Code, ...] = ()
    counted: str = ""
    complete: bool = True

    @property
    def one_code_per_state(self) -> bool:
        """Whether each state has one combination of values, and each combination one state."""
        met = [values for code in self.codes for values in code.values]
        return len(met) == len(self.codes) == len(set(met))


def finite_provenance(program: Program, machine: MealyMachine, inputs: Sequence[Bounds]) -> Provenance:
    """Run program and finite machine through all pairs of states, and count the transitions that each line explains.

    An output is right in a case (a state and an input) when it is the machine's, with every combination of values met
    in that state.  New values of variables are right when they stand for the state that the machine goes to, and for
    no other.

    Parameters
    ----------
    inputs : least and greatest value of each input
    """
    origins = _origins(program, inputs)
    variables = tuple(v.name for v in program.system.state)
    try:
        followed = None if program.system.histories else _Followed.of(program, machine)
    except KeyError:  # a table that lacks an entry which the machine has
        followed = None
    if followed is None:
        return Provenance(tuple(origins), variables, complete=False)
    counts = followed.counts()
    placed = tuple(_counted(origin, counts, len(machine.symbols) * len(followed.codes)) for origin in origins)
    return Provenance(placed, variables, tuple(followed.codes), "transitions of the machine")


def sampled_provenance(program: Program, network: Network, x: IntArray, inputs: Sequence[Bounds]) -> Provenance:
    """Run program and network on sequences (N, T, D_in), and count the steps at which the outputs are the network's."""
    origins = _origins(program, inputs)
    variables = tuple(v.name for v in program.system.state)
    with np.errstate(all="ignore"):  # NumPy computes the branch that a conditional does not take, too
        right = trace(program, x).outputs == trace(network, x).outputs  # (N, T, D_out)
    cases = int(right[:, :, 0].size)
    counts = {"output": int(right.all(axis=2).sum())}
    placed = tuple(_counted(origin, counts, cases) for origin in origins)
    return Provenance(placed, variables, counted="steps of sampled sequences")


@dataclass(frozen=True)
class Reading:
    """How a variable is read off the network's hidden state by a straight-line map.

    Parameters
    ----------
    name : of the variable
    right, cases : hidden states at which the rounded reading is the variable's value, of all that were looked at
    error : largest difference between reading and value
    """

    name: str
    right: int
    cases: int
    error: float


def readings(program: Program, network: Network, x: IntArray) -> tuple[Reading, ...]:
    """Read each state variable off the hidden states along sequences (N, T, D_in), by least squares.

    The map is fitted on one half of the sequences and judged on the other.
    """
    width = program.system.order
    if not width or len(x) < 2:
        return ()
    with np.errstate(all="ignore"):
        values = trace(program, x).states[:, :, :width].astype(np.float64)  # (N, T + 1, width)
    hidden = np.asarray(trace(network, x).states, dtype=np.float64)
    hidden = hidden.reshape(*hidden.shape[:2], -1)
    hidden = np.concatenate([hidden, np.ones((*hidden.shape[:2], 1))], axis=2)
    half = len(x) // 2
    weights = np.linalg.lstsq(hidden[:half].reshape(-1, hidden.shape[2]), values[:half].reshape(-1, width), rcond=None)
    away = np.abs(hidden[half:] @ weights[0] - values[half:]).reshape(-1, width)
    return tuple(
        Reading(v.name, int((away[:, i] < 0.5).sum()), len(away), float(away[:, i].max()))
        for i, v in enumerate(program.system.state)
    )


def _origins(program: Program, inputs: Sequence[Bounds]) -> list[LineOrigin]:
    """Return the computing lines with their formulas as they are written."""
    system = program.system
    ranges = system_ranges(system, inputs)
    lines = [line for line in program_lines(program) if line.kind in ("local", "update", "output", "transition")]
    whole = transitions(system)
    if whole is not None:
        text = f"{whole.tables[0].name}[{whole.key}]"
        return [
            LineOrigin(lines[0], (text,), (Kind.TABLE,)),
            LineOrigin(lines[1], whole.outputs, tuple(Kind.COPY for _ in whole.outputs)),
        ]

    def kinds(expressions: Sequence[Expression]) -> tuple[Kind, ...]:
        return tuple(kind_of(e, ranges) for e in expressions)

    return [
        LineOrigin(line, tuple(map(to_python, statement.expressions)), kinds(statement.expressions))
        for line, statement in zip(lines, statements(system), strict=True)
    ]


def _counted(origin: LineOrigin, counts: dict[str, int], cases: int) -> LineOrigin:
    kind = origin.line.kind
    if kind == "transition":
        right = min(counts["output"], counts["update"])
    elif kind in counts:
        right = counts[kind]
    else:
        return origin
    return LineOrigin(origin.line, origin.formulas, origin.kinds, right, cases)


Pair = tuple[int, ...]
"""A state of the machine, and the values of all variables."""


def _prefix(seen: Mapping[Pair, tuple[Pair, int] | None], pair: Pair) -> tuple[int, ...]:
    """Return the numbers of the symbols by which a walk first came to a pair."""
    symbols = []
    while (before := seen[pair]) is not None:
        pair, symbol = before
        symbols.append(symbol)
    return tuple(reversed(symbols))


class _Followed:
    """All pairs of a machine state and values of the variables."""

    def __init__(self, program: Program, machine: MealyMachine, pairs: IntArray, codes: list[Code]) -> None:
        self.program, self.machine, self.pairs, self.codes = program, machine, pairs, codes

    @staticmethod
    def of(program: Program, machine: MealyMachine) -> _Followed | None:
        """Walk level by level; None when there are too many pairs."""
        count = len(machine.symbols)
        first: Pair = (machine.start_state, *program.start(1)[0].tolist())
        seen: dict[Pair, tuple[Pair, int] | None] = {first: None}  # from which pair, by which symbol
        level = [first]
        while level:
            rows = np.array(level, dtype=np.int64).reshape(len(level), -1)
            x = np.tile(machine.symbols, (len(rows), 1))
            with np.errstate(all="ignore"):
                new, _ = program.step(np.repeat(rows[:, 1:], count, axis=0), x)
            target = machine.next_state[rows[:, 0]].reshape(-1)
            found = np.column_stack([target, new])
            distinct, places = np.unique(found, axis=0, return_index=True)
            order = np.argsort(places)
            following = []
            for pair, place in zip(map(tuple, distinct[order].tolist()), places[order].tolist(), strict=True):
                if pair not in seen:
                    seen[pair] = level[place // count], place % count
                    following.append(pair)
            level = following
            if len(seen) > MOST_PAIRS or len(seen) * count > _MOST_CASES:
                return None
        by_state: dict[int, list[tuple[int, ...]]] = {}
        prefixes: dict[int, tuple[int, ...]] = {}
        for pair in seen:
            by_state.setdefault(pair[0], []).append(pair[1:])
            if pair[0] not in prefixes:
                prefixes[pair[0]] = _prefix(seen, pair)
        codes = [Code(s, prefixes[s], tuple(by_state[s])) for s in sorted(by_state)]
        return _Followed(program, machine, np.array(list(seen), dtype=np.int64).reshape(len(seen), -1), codes)

    def counts(self) -> dict[str, int]:
        """Return the number of right cases for outputs and for updates."""
        count = len(self.machine.symbols)
        states = self.pairs[:, 0]
        with np.errstate(all="ignore"):
            new, y = self.program.step(
                np.repeat(self.pairs[:, 1:], count, axis=0), np.tile(self.machine.symbols, (len(states), 1))
            )
        right = (y == self.machine.output[states].reshape(y.shape)).all(axis=1).reshape(-1, count)
        owners: dict[tuple[int, ...], set[int]] = {}
        for code in self.codes:
            for values in code.values:
                owners.setdefault(values, set()).add(code.state)
        alone = np.array([len(owners[row]) == 1 for row in map(tuple, new.tolist())]).reshape(-1, count)
        return {"output": self._cases(right), "update": self._cases(alone)}

    def _cases(self, right: np.ndarray) -> int:
        """Count the cases (state, input) that are right for every combination of values met in the state."""
        wrong = np.zeros((self.machine.states, right.shape[1]), dtype=np.int64)
        np.add.at(wrong, self.pairs[:, 0], ~right)
        met = np.zeros(self.machine.states, dtype=bool)
        met[self.pairs[:, 0]] = True
        return int((wrong[met] == 0).sum())
