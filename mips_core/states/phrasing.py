"""Names and formulas for an integer recurrence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mips_core.expressions import Apply, Constant, Expression, Variable
from mips_core.states.readable import Sharing, copies, plan
from mips_core.states.recurrence import AffineRecurrence
from mips_core.stepping import IntArray


@dataclass(frozen=True)
class Phrases:
    """A recurrence in words.

    Parameters
    ----------
    names : one per state variable
    updates : one expression per state variable
    outputs : one expression per output
    locals : (name, expression) pairs, computed in order before the others
    """

    names: tuple[str, ...]
    updates: tuple[Expression, ...]
    outputs: tuple[Expression, ...]
    locals: tuple[tuple[str, Expression], ...]


def linear(terms: Sequence[tuple[int, Expression]], constant: int = 0) -> Expression:
    """Write a sum of integer multiples, positive terms first.

    >>> from mips_core.expressions import Variable
    >>> linear([(-1, Variable("y"))], 1)
    Apply(name='sub', arguments=(Constant(value=1), Variable(name='y')))
    """
    parts = [(weight, term) for weight, term in terms if weight]
    first = next((i for i, (weight, _) in enumerate(parts) if weight > 0), None)
    whole: Expression | None = None
    if first is not None:
        parts.insert(0, parts.pop(first))
    elif constant > 0 or (parts and constant):
        whole, constant = Constant(constant), 0
    for weight, term in parts:
        size = abs(weight)
        scaled = term if size == 1 else Apply("mul", (Constant(size), term))
        if whole is not None:
            whole = Apply("add" if weight > 0 else "sub", (whole, scaled))
        elif weight > 0:
            whole = scaled
        else:
            whole = Apply("neg", (term,)) if size == 1 else Apply("mul", (Constant(weight), term))
    if whole is None:
        return Constant(constant)
    if constant:
        whole = Apply("add" if constant > 0 else "sub", (whole, Constant(abs(constant))))
    return whole


def phrase(
    recurrence: AffineRecurrence,
    inputs: Sequence[Expression],
    input_names: Sequence[str],
    reserved: Sequence[str] = (),
) -> Phrases:
    """Name the state variables by what they hold and write the rows as expressions.

    Parameters
    ----------
    inputs : one expression per input of the recurrence (a variable, or a table of one)
    input_names : one word per input, for names such as "previous_x1"
    reserved : further names that state variables must not take
    """
    n, m, o = recurrence.order, recurrence.inputs, recurrence.outputs
    names = _names(recurrence, input_names, reserved)
    steps, _ = plan(recurrence)
    shared = {step.base for step in steps if step.base is not None}
    written: dict[int, Expression] = {}
    local_names: dict[int, str] = {}
    locals_: list[tuple[str, Expression]] = []
    columns: list[Expression] = [*(Variable(name) for name in names), *inputs]
    for step in steps:
        rest = recurrence.rows[step.row].copy()
        terms: list[tuple[int, Expression]] = []
        if step.base is not None:
            rest -= step.sign * recurrence.rows[step.base]
            terms = [(step.sign, Variable(local_names[step.base]))]
        weights = [int(w) for w in rest]
        own = list(zip(weights[:n], columns[:n], strict=True))
        delayed = [term for term, name in zip(own, names, strict=True) if name.startswith("previous")]
        other = [term for term, name in zip(own, names, strict=True) if not name.startswith("previous")]
        current = list(zip(weights[n : n + m], columns[n:], strict=True))
        # "total + x", but "x + previous": newest first.
        expression = linear([*other, *terms, *current, *delayed], weights[-1])
        if step.row in shared:
            name = _local_name(recurrence, step, steps, names, o)
            local_names[step.row] = name
            locals_.append((name, expression))
            expression = Variable(name)
        written[step.row] = expression
    return Phrases(
        names,
        tuple(written[i] for i in range(n)),
        tuple(written[n + i] for i in range(o)),
        tuple(locals_),
    )


def _local_name(
    recurrence: AffineRecurrence, step: Sharing, steps: Sequence[Sharing], names: Sequence[str], outputs: int
) -> str:
    """An output that is also remembered is called y; a new value of a state variable by that variable's name."""
    n = recurrence.order
    rows = recurrence.rows
    for i in range(outputs):
        if (rows[n + i] == rows[step.row]).all():
            return "y" if outputs == 1 else f"out{i + 1}"
    return f"next_{names[step.row]}"


def _names(recurrence: AffineRecurrence, input_names: Sequence[str], reserved: Sequence[str]) -> tuple[str, ...]:
    n, m, o = recurrence.order, recurrence.inputs, recurrence.outputs
    rows = recurrence.rows
    update, output = rows[:n], rows[n:]
    sources = copies(update).tolist() if n else []
    chosen: dict[int, str] = {}
    for i in range(n):
        stem = _stem(update, output, i, sources[i], m, input_names)
        if stem is not None:
            chosen[i] = stem
    velocities = [i for i, stem in chosen.items() if stem == "velocity"]
    positions = [i for i, stem in chosen.items() if stem == "position"]
    if not velocities or not positions:
        chosen.update({i: "total" for i in positions})
        chosen.update({i: "total" for i in velocities})
    taken: set[str] = {*input_names, *reserved}
    final: dict[int, str] = {}

    def settle(i: int, stem: str) -> None:
        number = 2
        name = stem
        base = stem.rstrip("0123456789") if stem[-1:].isdigit() else stem
        if stem[-1:].isdigit():
            number = int(stem[len(base) :]) + 1
        while name in taken:
            name = f"{base}{number}"
            number += 1
        taken.add(name)
        final[i] = name

    several = o > 1
    for i in range(n):
        if i in chosen:
            stem = chosen[i]
            if several and stem == "y1":
                stem = f"last{1 + next(k for k in range(o) if (output[k] == update[i]).all())}"
            settle(i, stem)
    # Copies of named variables continue their series: previous, previous2, ...; y1, y2, ...
    waiting = [i for i in range(n) if i not in final]
    while waiting:
        rest = []
        for i in waiting:
            if sources[i] in final:
                settle(i, final[sources[i]])
            else:
                rest.append(i)
        if len(rest) == len(waiting):
            settle(rest.pop(0), "memory")
        waiting = rest
    return tuple(final[i] for i in range(n))


def _stem(
    update: IntArray, output: IntArray, i: int, source: int, inputs: int, input_names: Sequence[str]
) -> str | None:
    """What variable i holds, told from its update row; None when only its source can tell."""
    n = len(update)
    row = update[i]
    if source >= n:
        return "previous" if inputs == 1 else f"previous_{input_names[source - n]}"
    if source >= 0:
        return None
    is_output = any((other == row).all() for other in output)
    if row[i] == 1:
        others = np.delete(row[:n], i)
        if not others.any():
            if not row[n : n + inputs].any():
                return "count"
            feeds = any(k != i and update[k, k] == 1 and update[k, i] for k in range(n))
            return "velocity" if feeds and not is_output else "total"
        step = row.copy()
        step[i] -= 1
        if any(k != i and (step == update[k]).all() for k in range(n)):
            return "position"
        feeds = any(k != i and update[k, k] == 1 and (update[k] - update[i])[:n][k] == 1 for k in range(n))
        if feeds and not is_output:
            return "velocity"
    return "y1" if is_output else "memory"
