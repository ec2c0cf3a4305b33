"""State labels under which the update of a machine is one short formula.

The states of a machine are only numbered, and most numberings hide the rule.  Instead of
trying numberings, every short formula F(state, x) is tried: from a start label it
determines the label of each state along the machine's transitions, and is kept when the labels are
consistent and distinct.  All formulas of a bank and all start labels are followed at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mips_core.expressions import Expression, Variable, apply, evaluate
from mips_core.machines import integer_system
from mips_core.machines.mealy import MealyMachine
from mips_core.progress import Monitor
from mips_core.regression.bank import ARITHMETIC_OPERATORS, Bank
from mips_core.regression.formula import rank, tidy
from mips_core.stepping import IntArray

STATE = "state"
_ROWS = 72  # label-symbol pairs on which formulas are followed first
_MOST_STATES = 128  # larger machines have no label grid
_SURVIVORS = 120  # formulas per block that are checked on the whole machine


@dataclass(frozen=True)
class Labelling:
    """An integer for each state, and the update formula that it was found with.

    Parameters
    ----------
    labels : int64, shape (S,), distinct
    update : formula of the next label over "state" and the inputs, or None when not known yet
    """

    labels: IntArray
    update: Expression | None = None


def input_names(machine: MealyMachine) -> tuple[str, ...]:
    """Return "x", or "x1", "x2", ... when a step has several integers."""
    return integer_system.input_names(machine.input_width)


def transition_columns(machine: MealyMachine, labels: IntArray) -> dict[str, IntArray]:
    """Return the columns "state" and inputs over all S * X transitions, state by state."""
    s, x = machine.next_state.shape
    columns = {STATE: np.repeat(labels, x)}
    for i, name in enumerate(input_names(machine)):
        columns[name] = np.tile(machine.symbols[:, i], s)
    return columns


def follow(update: Expression, start: int, machine: MealyMachine) -> IntArray | None:
    """Return the labels (S,) that ``update`` gives to all states, or None when inconsistent or not distinct."""
    labels = np.zeros(machine.states, dtype=np.int64)
    known = np.zeros(machine.states, dtype=bool)
    labels[machine.start_state], known[machine.start_state] = start, True
    frontier = np.array([machine.start_state])
    x = len(machine.symbols)
    while len(frontier):
        columns = {STATE: np.repeat(labels[frontier], x)}
        for i, name in enumerate(input_names(machine)):
            columns[name] = np.tile(machine.symbols[:, i], len(frontier))
        with np.errstate(divide="ignore"):
            value = evaluate(update, columns, len(frontier) * x)
        target = machine.next_state[frontier].ravel()
        new = np.unique(target[~known[target]])
        labels[target[~known[target]]] = value[~known[target]]
        if (labels[target] != value).any():
            return None
        known[new] = True
        frontier = new
    return labels if len(np.unique(labels)) == machine.states else None


def search_labels(machine: MealyMachine, *, monitor: Monitor, effort: int = 1_000_000) -> Iterator[list[Labelling]]:
    """Yield labellings with their update formulas, one list for each size of formulas, easiest first.

    Parameters
    ----------
    machine : all states reachable
    effort : formulas enumerated at most
    """
    if not 2 <= machine.states <= _MOST_STATES:
        return
    grid = _Grid(machine)
    bank = Bank(grid.columns, constants=grid.constants, operators=ARITHMETIC_OPERATORS)
    seen: set[tuple[int, ...]] = set()
    while True:
        ids = np.arange(bank.starts[bank.size], bank.starts[bank.size + 1])
        blocks = [(bank.values[:, ids], ids, None)]
        if bank.size == 5:
            blocks += list(_outer_layer(bank, grid))
        batch: list[Labelling] = []
        for values, entries, wrap in blocks:
            if monitor.expired:
                monitor.check()
                return
            for entry, start in grid.consistent(values, entries, bank.field("cost")):
                update = bank.expression(entry)
                update = tidy(update if wrap is None else wrap(update))
                labels = follow(update, start, machine)
                if labels is not None and (key := tuple(labels.tolist())) not in seen:
                    seen.add(key)
                    batch.append(Labelling(labels, update))
        yield sorted(batch, key=label_rank)
        if bank.size >= 8 or bank.upcoming() > effort - bank.candidates or not bank.grow(monitor):
            return


def _outer_layer(bank: Bank, grid: _Grid):  # type: ignore[no-untyped-def]
    """Yield blocks of e % m, e // m and clips of all entries e: the shapes in which counters come."""
    ids = np.flatnonzero(bank.field("size") >= 3)
    values = bank.values[:, ids]
    for m in grid.constants:
        if m >= 2:
            quotient = values // m
            yield values - quotient * m, ids, lambda e, m=m: apply("mod", e, m)
            yield quotient, ids, lambda e, m=m: apply("floordiv", e, m)
    for low, high in grid.clips:
        yield np.clip(values, low, high), ids, lambda e, a=low, b=high: apply("min", apply("max", e, a), b)


class _Grid:
    """Labels times some symbols: the rows on which formulas are followed through the machine."""

    def __init__(self, machine: MealyMachine) -> None:
        n = machine.states
        low, high = (-2, n + 2) if n <= 8 else (-1, n + 2) if n <= 24 else (0, n + 1)
        self.labels = np.arange(low, high)
        count = min(len(machine.symbols), max(2, _ROWS // len(self.labels)))
        self.symbols = telling_symbols(machine, count)
        names = input_names(machine)
        part = machine.symbols[self.symbols]  # (K, D_in)
        self.columns = {STATE: np.repeat(self.labels, count)}
        self.columns |= {name: np.tile(part[:, i], len(self.labels)) for i, name in enumerate(names)}
        top = int(machine.symbols.max())
        outputs = int(machine.output.max())
        self.constants = tuple(
            c for c in dict.fromkeys((0, 1, 2, n, n - 1, top + 1, outputs + 1, top)) if 0 <= c <= 1 << 30
        )[:7]
        self.clips = ((0, n - 1), (-(n // 2), (n - 1) // 2), (1, n))
        self.starts = np.arange(len(self.labels)) if n <= 12 else np.flatnonzero(np.isin(self.labels, (0, 1, n - 1, n)))
        self.edges = self._edges(machine)

    def _edges(self, machine: MealyMachine) -> list[tuple[int, int, int, bool]]:
        """List (place of the parent, place of the symbol, place of the child, child is new), breadth first."""
        place = {machine.start_state: 0}
        queue = [machine.start_state]
        edges = []
        for s in queue:
            for k, x in enumerate(self.symbols.tolist()):
                t = int(machine.next_state[s, x])
                new = t not in place
                if new:
                    place[t] = len(place)
                    queue.append(t)
                edges.append((place[s], k, place[t], new))
        return edges

    def consistent(self, values: IntArray, entries: IntArray, costs: NDArray[np.int64]) -> list[tuple[int, int]]:
        """Return (entry, start label) of the formulas that label the states consistently, easiest first.

        Parameters
        ----------
        values : shape (R, N), values of N formulas on the grid's rows
        entries : shape (N,)
        """
        k = len(self.symbols)
        low, count = int(self.labels[0]), len(self.labels)
        shifted = values.T - low  # (N, R)
        table = np.where((shifted >= 0) & (shifted < count), shifted, -1).astype(np.int16)
        formulas = np.repeat(np.arange(len(entries)), len(self.starts))
        labels = np.tile(self.starts, len(entries)).astype(np.int16)[:, None]  # (M, states seen)
        for parent, symbol, child, new in self.edges:
            value = table[formulas, labels[:, parent].astype(np.intp) * k + symbol]
            if new:
                ok = (value >= 0) & (labels != value[:, None]).all(axis=1)
                formulas = formulas[ok]
                labels = np.concatenate([labels[ok], value[ok, None]], axis=1)
            else:
                ok = value == labels[:, child]
                formulas, labels = formulas[ok], labels[ok]
            if not len(formulas):
                return []
        # Labels that start at 0 and are not negative read best.
        start, least = labels[:, 0] + low, labels.min(axis=1) + low
        order = np.lexsort((np.abs(start), costs[entries[formulas]] + 2 * (least < 0) + (start != 0)))[:_SURVIVORS]
        return [(int(entries[formulas[i]]), int(start[i])) for i in order]


def telling_symbols(machine: MealyMachine, count: int) -> IntArray:
    """Choose ``count`` symbols, sorted, that reach many states and cover the range."""
    x = len(machine.symbols)
    if count >= x:
        return np.arange(x)
    chosen: list[int] = []
    pool = np.unique(np.linspace(0, x - 1, min(x, 24)).astype(int)).tolist()
    pool = list(dict.fromkeys([0, 1, x - 1, *pool]))
    while len(chosen) < count:
        reach = {c: _reached(machine, [*chosen, c]) for c in pool if c not in chosen}
        if not reach or (len(chosen) >= 2 and max(reach.values()) == _reached(machine, chosen)):
            rest = [
                i for i in np.linspace(0, x - 1, count).astype(int).tolist() + pool + list(range(x)) if i not in chosen
            ]
            chosen.append(rest[0])
            continue
        chosen.append(max(reach, key=lambda c: reach[c]))
    return np.sort(np.array(chosen))


def _reached(machine: MealyMachine, symbols: list[int]) -> int:
    """Return the number of states that words over these symbols reach."""
    seen = {machine.start_state}
    queue = [machine.start_state]
    for s in queue:
        for t in machine.next_state[s, symbols].tolist():
            if t not in seen:
                seen.add(t)
                queue.append(t)
    return len(seen)


def label_rank(labelling: Labelling) -> tuple[tuple[int, int, str], int]:
    """Return the sorting key of labellings: their update formula, then small labels."""
    update = labelling.update if labelling.update is not None else Variable(STATE)
    return rank(update), int(np.abs(labelling.labels).sum())
