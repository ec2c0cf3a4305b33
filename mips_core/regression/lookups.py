"""Formulas in place of lookups: the same value on every key that can occur."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from mips_core.expressions import Expression, Lookup, Variable
from mips_core.machines.integer_system import IntegerSystem, StateVariable
from mips_core.progress import Monitor
from mips_core.regression.method import Method, combined
from mips_core.regression.tables import explain_table
from mips_core.stepping import IntArray


def simplify_lookups(
    system: IntegerSystem,
    symbols: IntArray,
    *,
    monitor: Monitor | None = None,
    budget: float = 3.0,
    max_nodes: int = 25,
) -> tuple[IntegerSystem, Method | None]:
    """Replace lookups by formulas of the same value where one is found.

    Returns the system and the method of the formulas that were put in: None when there was nothing to
    replace, "table" when a lookup is left.

    Parameters
    ----------
    system : whose lookups have variables as arguments; others are left alone
    symbols : int64, shape (X, D_in), the input symbols that can occur; keys of a table whose inputs
        are not among them do not count
    """
    monitor = (monitor or Monitor()).limited(budget)
    allowed = {name: set(symbols[:, i].tolist()) for i, name in enumerate(system.inputs)}
    known: dict[Lookup, Expression | None] = {}
    methods: list[Method] = []

    def change(node: Expression) -> Expression | None:
        if not isinstance(node, Lookup):
            return None
        if node not in known:
            known[node], method = _formula(node, allowed, monitor, max_nodes)
            methods.append(method)
        return known[node]

    changed = IntegerSystem(
        system.inputs,
        tuple(StateVariable(v.name, v.start, v.update.rebuild(change)) for v in system.state),
        tuple(e.rebuild(change) for e in system.outputs),
        tuple((name, e.rebuild(change)) for name, e in system.locals),
    )
    return changed, combined(methods) if methods else None


def _formula(
    lookup: Lookup, allowed: Mapping[str, set[int]], monitor: Monitor, max_nodes: int
) -> tuple[Expression | None, Method]:
    """Return a formula with the lookup's value on all keys that can occur."""
    names = [a.name for a in lookup.arguments if isinstance(a, Variable)]
    if len(set(names)) < len(lookup.arguments):
        return None, Method.TABLE
    entries = [
        (key, value)
        for key, value in lookup.table.entries
        if all(k in allowed[n] for n, k in zip(names, key, strict=True) if n in allowed)
    ]
    keys = np.array([key for key, _ in entries], dtype=np.int64)
    values = np.array([value for _, value in entries], dtype=np.int64)
    if not len(values):
        return None, Method.TABLE
    columns = {n: keys[:, i] for i, n in enumerate(names)}
    formula = explain_table(columns, values, monitor=monitor, budget=monitor.remaining, max_nodes=max_nodes)
    return (None, Method.TABLE) if formula is None else (formula.expression, formula.method)
