"""Formulas of a machine whose states have integer labels, and the exact check of any system against a machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mips_core.expressions import Apply, Expression, Variable, evaluate
from mips_core.machines.integer_system import IntegerSystem, StateVariable
from mips_core.machines.mealy import MealyMachine
from mips_core.progress import Monitor
from mips_core.regression.formula import Formula, holds, weight
from mips_core.regression.labels import STATE, Labelling, input_names, transition_columns
from mips_core.regression.method import Method, combined
from mips_core.regression.sharing import share_terms
from mips_core.regression.tables import explain_if_function
from mips_core.stepping import IntArray

_NEW = "new state"  # the label after the step, as a column for outputs; not a Python name, so it clashes with none
_MOST_TERMS = 4  # terms of the update that outputs may use as they are
_MOST_PAIRS = 100_000  # pairs of machine state and system state that a check walks through


@dataclass(frozen=True)
class Fit:
    """A system that reproduces a machine, with the method of its formulas and its size for comparison."""

    system: IntegerSystem
    method: Method
    weight: int


def fit_labelling(
    machine: MealyMachine,
    labelling: Labelling,
    *,
    monitor: Monitor,
    candidates: int,
    max_nodes: int,
    fixed: Mapping[int, Formula] | None = None,
) -> Fit | None:
    """Return a system over one state variable that has the given labels, or None when a formula is missing.

    Parameters
    ----------
    machine : all states reachable
    labelling : one distinct integer per state
    candidates : expressions enumerated for each table at most
    max_nodes : size of a single formula at most
    fixed : formulas over the inputs alone for outputs that the state does not change
    """
    labels = labelling.labels
    columns = transition_columns(machine, labels)
    after = labels[machine.next_state].ravel()
    budget = monitor.remaining
    update = labelling.update
    method = Method.SYMBOLIC
    if update is None or update.nodes > 3:
        size = max_nodes if update is None else min(max_nodes, weight(update))
        found = explain_if_function(
            columns, after, monitor=monitor, budget=budget, candidates=candidates, max_nodes=size, thorough=False
        )
        if found is not None:
            update, method = found.expression, found.method
    if update is None or not holds(update, columns, after):
        return None
    outputs: list[Expression] = []
    methods = [] if isinstance(update, Variable) else [method]
    wide, terms = _with_terms(columns, update, after)
    for k in range(machine.output_width):
        y = machine.output[:, :, k].ravel()
        found = (fixed or {}).get(k) or explain_if_function(
            wide, y, monitor=monitor, budget=budget, candidates=candidates, max_nodes=max_nodes
        )
        if found is None:
            return None
        outputs.append(found.expression.substitute(terms))
        if not isinstance(found.expression, Variable):
            methods.append(found.method)
    start = int(labels[machine.start_state])
    system = share_terms(input_names(machine), [StateVariable(STATE, start, update)], outputs)
    return Fit(system, combined(methods or [Method.LINEAR]), system_weight(system))


def system_weight(system: IntegerSystem) -> int:
    """Return the size by which systems are compared: weights of all formulas, a little for odd starts."""
    odd = sum((v.start != 0) + (v.start < 0) for v in system.state if not isinstance(v.update, Variable))
    computed = sum(not isinstance(v.update, Variable) for v in system.state)
    return sum(weight(e) for e in system.expressions) + odd + computed


def _with_terms(
    columns: Mapping[str, IntArray], update: Expression, after: IntArray
) -> tuple[dict[str, IntArray], dict[str, Expression]]:
    """Add the new label and the larger terms of the update as columns; return the expressions they stand for."""
    terms: dict[str, Expression] = {_NEW: update} if isinstance(update, Apply) else {}
    inner = dict.fromkeys(
        node for node in update.walk() if isinstance(node, Apply) and node != update and node.variables
    )
    for i, node in enumerate(sorted(inner, key=lambda n: -n.nodes)[:_MOST_TERMS]):
        terms[f"term {i}"] = node
    rows = len(after)
    wide = {**columns, **{name: evaluate(term, columns, rows) for name, term in terms.items()}}
    return wide, terms


def reproduces(system: IntegerSystem, machine: MealyMachine) -> bool:
    """Return whether the system gives the machine's outputs after every word: a walk through the product.

    False also when the walk does not close within some 100,000 pairs.
    """
    count = len(machine.symbols)
    states, place = system.start(1), np.array([machine.start_state])
    seen: set[tuple[int, ...]] = {(int(place[0]), *states[0].tolist())}
    while len(place):
        x = np.tile(machine.symbols, (len(place), 1))
        new, y = system.step(np.repeat(states, count, axis=0), x)
        if (y != machine.output[place].reshape(y.shape)).any():
            return False
        pairs = np.unique(np.concatenate([machine.next_state[place].reshape(-1, 1), new], axis=1), axis=0)
        fresh = [row for row in map(tuple, pairs.tolist()) if row not in seen]
        seen.update(fresh)
        if len(seen) > _MOST_PAIRS:
            return False
        rows = np.array(fresh, dtype=np.int64).reshape(len(fresh), 1 + system.order)
        place, states = rows[:, 0], rows[:, 1:]
    return True
