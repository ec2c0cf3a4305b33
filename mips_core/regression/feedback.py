"""Machines whose memory is their last output, alone or with the last input.

A counter that shows its count needs no label: the next output is a formula of the last output and the input.
This holds also where the minimal machine merges states that show different numbers but behave alike,
as "the greatest since the last zero" does with 0 and 1.
"""

from __future__ import annotations

import numpy as np

from mips_core.expressions import Variable
from mips_core.machines.integer_system import StateVariable
from mips_core.machines.mealy import MealyMachine
from mips_core.progress import Monitor
from mips_core.regression.fit import Fit, system_weight
from mips_core.regression.labels import STATE, input_names
from mips_core.regression.method import combined
from mips_core.regression.sharing import share_terms
from mips_core.regression.tables import explain_if_function
from mips_core.stepping import IntArray

_MOST_ROWS = 30_000
_STARTS = 6  # values of the last output before the first one that are tried


def feedback_table(machine: MealyMachine, start: int, padding: IntArray | None) -> tuple[IntArray, IntArray] | None:
    """Return rows (last outputs, input, last input if remembered) and outputs (R, D_out), or None when ambiguous.

    Parameters
    ----------
    start : last output before the first input
    padding : last input before the first one, shape (D_in,), or None to forget inputs
    """
    first_y = (start,) * machine.output_width
    first_x = () if padding is None else tuple(padding.tolist())
    known: dict[tuple[int, ...], tuple[int, ...]] = {}
    begin = (machine.start_state, first_y, first_x)
    queue, seen = [begin], {begin}
    symbols = [tuple(row) for row in machine.symbols.tolist()]
    for state, last, before in queue:
        for symbol, after, y in zip(
            symbols, machine.next_state[state].tolist(), map(tuple, machine.output[state].tolist()), strict=True
        ):
            if known.setdefault((*last, *symbol, *before), y) != y:
                return None
            new = (after, y, () if padding is None else symbol)
            if new not in seen:
                seen.add(new)
                queue.append(new)
        if len(known) > _MOST_ROWS:
            return None
    return np.array(list(known), dtype=np.int64), np.array(list(known.values()), dtype=np.int64)


def explain_feedback(machine: MealyMachine, *, monitor: Monitor, candidates: int, max_nodes: int) -> Fit | None:
    """Return a system that remembers its last outputs, and the last input where needed, or None.

    Parameters
    ----------
    machine : minimal
    """
    names = input_names(machine)
    one = machine.output_width == 1
    states = (STATE,) if one else tuple(f"{STATE}{k + 1}" for k in range(machine.output_width))
    before = tuple("previous" if len(names) == 1 else f"previous_{name}" for name in names)
    starts = list(dict.fromkeys([0, *np.unique(machine.output).tolist()]))[:_STARTS]
    zero = np.zeros(machine.input_width, dtype=np.int64)
    outside = np.full(machine.input_width, machine.symbols.min() - 1)
    for paddings in ([None], [zero, outside]):
        for start in starts:
            for padding in paddings:
                table = feedback_table(machine, start, padding)
                if table is None or monitor.expired:
                    continue
                rows, outputs = table
                columns = dict(zip((*states, *names, *before), rows.T, strict=False))
                found = [
                    explain_if_function(
                        columns, y, monitor=monitor, budget=monitor.remaining, candidates=candidates,
                        max_nodes=max_nodes, thorough=False,
                    )
                    for y in outputs.T
                ]  # fmt: skip
                formulas = [f.expression for f in found if f is not None]
                if len(formulas) < len(found):
                    continue
                used = frozenset[str]().union(*(e.variables for e in formulas))
                registers = [StateVariable(n, start, e) for n, e in zip(states, formulas, strict=True) if n in used]
                if padding is not None:
                    registers += [
                        StateVariable(b, int(p), Variable(n))
                        for b, n, p in zip(before, names, padding, strict=True)
                        if b in used
                    ]
                system = share_terms(names, registers, formulas)
                return Fit(system, combined([f.method for f in found if f is not None]), system_weight(system))
    return None
