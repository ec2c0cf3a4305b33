"""Machines whose memory is several numbers, each with its own short update.

Two counters, a least and a greatest value, memory cells, the bits of a shift register: as one number such a state has
no short formula.  :mod:`parts` proposes sets of numbers that together are the state; here each gets an update
and the outputs get formulas over all of them.  A part that runs on its own is explained on its own, which is a table of
a few rows; the others may read each other (a serial decomposition).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mips_core.expressions import Expression, Variable
from mips_core.machines.integer_system import StateVariable
from mips_core.machines.mealy import MealyMachine
from mips_core.machines.partitions import numbered
from mips_core.progress import Monitor
from mips_core.regression.fit import Fit, reproduces, system_weight
from mips_core.regression.formula import Formula, weight
from mips_core.regression.guesses import guess_labels
from mips_core.regression.labels import STATE, input_names, search_labels, transition_columns
from mips_core.regression.method import Method, combined
from mips_core.regression.parts import Part, find_parts, telling_sets, with_last_output
from mips_core.regression.sharing import share_terms
from mips_core.regression.tables import explain_if_function
from mips_core.stepping import IntArray

LONGEST = 40
"""Nodes of a product of registers above which the table reads better."""

_MOST_STATES = 128
_MOST_ROWS = 12_000  # transitions of a machine that is taken apart
_SETS = 6  # sets of parts that are fitted, for each part of a set
_SHORT = 16  # weight of a system that is not worth improving
_UNEXPLAINED = 8  # parts that should run on their own but have no formula, before no more are tried
_NO_FLAG = 3  # what it costs a reader that one of two values is not called 0 and the other 1
_LABELLINGS = 10  # labellings of one part that are fitted
_SEARCHED_SIZES = 5  # sizes of updates whose labels are searched for a part that shows none


@dataclass(frozen=True, eq=False)
class _Register:
    """A part with numbers and, where it runs on its own, its update over "state" and the inputs."""

    labels: IntArray
    update: Formula | None


def explain_product(
    machine: MealyMachine, *, monitor: Monitor, candidates: int, max_nodes: int, below: int = LONGEST + 1
) -> Fit | None:
    """Return a system of two to four registers with short updates, or None.

    Parameters
    ----------
    machine : minimal
    candidates : expressions enumerated for each table at most
    max_nodes : size of a single formula at most
    below : weight that the system must stay under
    """
    best: Fit | None = None
    wider = with_last_output(machine, _MOST_STATES)
    for view in (machine, wider):
        if view is None or view.next_state.size > _MOST_ROWS or view.states > _MOST_STATES:
            continue
        if view is wider and (below <= _SHORT or view.states == machine.states):
            continue
        search = _Search(view, monitor, candidates, max_nodes)
        fit = search.run(below)
        if fit is not None and reproduces(fit.system, machine):
            best, below = fit, fit.weight
    return best


class _Search:
    """The search on one machine."""

    def __init__(self, machine: MealyMachine, monitor: Monitor, candidates: int, max_nodes: int) -> None:
        self.machine, self.monitor = machine, monitor
        self.candidates, self.max_nodes = candidates, max_nodes
        self.inputs = input_names(machine)
        self._registers: dict[int, list[_Register]] = {}
        self._unexplained = 0

    def run(self, below: int) -> Fit | None:
        """Return the best system of weight under ``below`` over some sets of parts."""
        best: Fit | None = None
        tried: Counter[int] = Counter()  # by size of the set
        for chosen in telling_sets(find_parts(self.machine, self.monitor), self.machine.states, self.monitor):
            if self.monitor.expired or below <= _SHORT:
                break
            if tried.total() >= _SETS * len(chosen):
                continue
            registers = [self._of(part) for part in chosen]
            if not all(registers):
                continue  # a part without a formula costs nothing but its own search
            tried[len(chosen)] += 1
            fit = self._fit([options[0] for options in registers], below)
            if fit is not None:
                best, below = fit, fit.weight
                tried[len(chosen)] += _SETS // 2
        self.monitor.check()
        return best

    # -- one part ------------------------------------------------------------------------------------------------

    def _of(self, part: Part) -> list[_Register]:
        """Return the ways to number a part, best first; none when it should run on its own and has no formula."""
        if id(part) not in self._registers:
            if not part.closed:
                found = [_Register(part.labels[0], None)]
            elif self._unexplained < _UNEXPLAINED:
                found = self._closed(part)
                self._unexplained += not found
            else:
                found = []
            self._registers[id(part)] = found
        return self._registers[id(part)]

    def _closed(self, part: Part) -> list[_Register]:
        own = _quotient(self.machine, part.partition)
        model = np.unique(part.partition, return_index=True)[1]
        found: list[tuple[int, _Register]] = []
        proposed = [(labels[model], 0) for labels in part.labels]
        proposed += [(np.array([0, 1]), 1), (np.array([1, 0]), 2)] if part.values == 2 else []
        proposed += [(guess.labels, 1) for guess in guess_labels(own)]
        for labels, odd in proposed[:_LABELLINGS]:
            self._note(found, part, own, labels, odd)
        if part.values > 2 and not found:
            quick = self.monitor.limited(self.monitor.remaining / 8)
            for size, batch in enumerate(search_labels(own, monitor=quick, effort=60_000), start=1):
                for labelling in batch[:2]:
                    self._note(found, part, own, labelling.labels, 1)
                if size >= _SEARCHED_SIZES or (batch and found):
                    break
        return [register for _, register in sorted(found, key=lambda pair: pair[0])]

    def _note(
        self, found: list[tuple[int, _Register]], part: Part, own: MealyMachine, labels: IntArray, odd: int
    ) -> None:
        columns = transition_columns(own, labels)
        update = self._explain(columns, labels[own.next_state].ravel(), self.max_nodes)
        if update is not None:
            if part.values == 2 and set(labels.tolist()) != {0, 1}:
                odd += _NO_FLAG
            found.append((weight(update.expression) + odd, _Register(labels[part.partition], update)))

    # -- a set of parts ------------------------------------------------------------------------------------------

    def _fit(self, registers: Sequence[_Register], below: int) -> Fit | None:
        """Return the system over these registers when it weighs less than ``below``."""
        machine = self.machine
        names = [f"{STATE}{k + 1}" for k in range(len(registers))]
        size = len(machine.symbols)
        columns = {name: np.repeat(r.labels, size) for name, r in zip(names, registers, strict=True)}
        after = {name: r.labels[machine.next_state].ravel() for name, r in zip(names, registers, strict=True)}
        everything = transition_columns(machine, registers[0].labels)
        columns |= {name: everything[name] for name in self.inputs}
        updates: dict[str, Formula] = {}
        used = 0
        for name, register in sorted(zip(names, registers, strict=True), key=lambda pair: pair[1].update is None):
            found = register.update and _renamed(register.update, {STATE: Variable(name)})
            if found is None:
                news = {_new(other): after[other] for other in updates}
                found = self._best(columns, news, after[name], below - used, updates)
            if found is None:
                return None
            updates[name] = found
            used += weight(found.expression) + 1
        news = {_new(name): values for name, values in after.items()}
        outputs = []
        for k in range(machine.output_width):
            found = self._best(columns, news, machine.output[:, :, k].ravel(), below - used, updates, thorough=True)
            if found is None:
                return None
            outputs.append(found)
        state = [
            StateVariable(name, int(r.labels[machine.start_state]), updates[name].expression)
            for name, r in zip(names, registers, strict=True)
        ]
        system = share_terms(self.inputs, state, [f.expression for f in outputs])
        methods = [f.method for f in (*updates.values(), *outputs) if not isinstance(f.expression, Variable)]
        fit = Fit(system, combined(methods or [Method.LINEAR]), system_weight(system))
        return fit if fit.weight < below and system.nodes <= LONGEST else None

    def _best(
        self,
        columns: Mapping[str, IntArray],
        news: Mapping[str, IntArray],
        target: IntArray,
        limit: int,
        updates: Mapping[str, Formula],
        *,
        thorough: bool = False,
    ) -> Formula | None:
        """Return the shortest formula over old values and inputs, or new values too; new ones are written out."""
        options = []
        kinds: set[frozenset[str]] = set()
        for given in (columns, {**columns, **news}, {**news, **columns}):
            needed = _needed(given, target)
            if needed is None or frozenset(needed) in kinds:
                continue
            kinds.add(frozenset(needed))
            found = self._explain(
                {name: given[name] for name in needed}, target, min(self.max_nodes, limit), thorough=thorough
            )
            if found is not None:
                options.append(found)
        best = min(options, key=lambda f: weight(f.expression), default=None)
        return best and _renamed(best, {_new(name): f.expression for name, f in updates.items()})

    def _explain(
        self, columns: Mapping[str, IntArray], target: IntArray, limit: int, *, thorough: bool = False
    ) -> Formula | None:
        if limit < 1:
            return None
        rows = np.stack([*columns.values(), target], axis=1)
        distinct = np.unique(rows, axis=0)
        return explain_if_function(
            dict(zip(columns, distinct.T, strict=False)), distinct[:, -1], monitor=self.monitor,
            budget=self.monitor.remaining, candidates=self.candidates, max_nodes=limit,
            thorough=thorough,
        )  # fmt: skip


def _quotient(machine: MealyMachine, partition: IntArray) -> MealyMachine:
    """Return the machine of the blocks, without outputs."""
    model = np.unique(partition, return_index=True)[1]
    following = partition[machine.next_state[model]]
    return MealyMachine(following, np.zeros((*following.shape, 1), dtype=np.int64), machine.symbols)


def _needed(columns: Mapping[str, IntArray], target: IntArray) -> list[str] | None:
    """Return columns that fix the target, none to spare, later ones preferred; None when all together do not."""

    def fixes(names: Sequence[str]) -> bool:
        if not names:
            return bool((target == target[0]).all())
        key = np.zeros(len(target), dtype=np.int64)
        for name in names:
            key = numbered(key * (int(np.ptp(columns[name])) + 1) + columns[name] - columns[name].min())
        return len(np.unique(key * (int(np.ptp(target)) + 1) + target - target.min())) == int(key.max()) + 1

    names = list(columns)
    if not fixes(names):
        return None
    for name in list(names):
        rest = [other for other in names if other != name]
        if fixes(rest):
            names = rest
    return names


def _renamed(formula: Formula, names: Mapping[str, Expression]) -> Formula:
    return Formula(formula.expression.substitute(names), formula.method, formula.candidates, formula.seconds)


def _new(name: str) -> str:
    """Name the column of a register's new value; no Python name, so it clashes with none."""
    return f"new {name}"
