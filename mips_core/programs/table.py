"""The exact table program of a Mealy machine: what stands in when no formula is found."""

from __future__ import annotations

import numpy as np

from mips_core.expressions import Constant, Expression, Lookup, Table, Variable
from mips_core.machines.integer_system import IntegerSystem, StateVariable, input_names
from mips_core.machines.mealy import MealyMachine
from mips_core.programs.program import Program
from mips_core.programs.transitions import parts
from mips_core.regression.method import Method
from mips_core.regression.tables import is_function
from mips_core.stepping import IntArray


def table_program(machine: MealyMachine, origin: str) -> Program:
    """Return the program that looks every transition up: exact on the machine's alphabet, a ``KeyError`` outside it.

    Tables are keyed by (state, input) and leave out what they do not hang on: an output that is
    known from the state just reached is looked up by that state alone, a constant needs no table.
    A machine over words keeps every transition whole, in one table that a person reads as its arrows.

    Parameters
    ----------
    machine : best minimal, since every state of it is written down
    origin : where it came from, for the comment line
    """
    if machine.has_words or machine.observed is not None:
        return _transitions_program(machine, origin)
    inputs = input_names(machine.input_width)
    states, symbols = machine.next_state.shape
    columns = {"state": np.repeat(np.arange(states), symbols)}
    columns |= {name: np.tile(machine.symbols[:, i], states) for i, name in enumerate(inputs)}
    target = machine.next_state.reshape(-1)
    update = _look_up("NEXT", columns, target)
    outputs = []
    for i in range(machine.output_width):
        name = "OUTPUT" if machine.output_width == 1 else f"OUTPUT{i + 1}"
        values = machine.output[:, :, i].reshape(-1)
        direct = _look_up(name, columns, values)
        after = _look_up(name, {"state": target}, values) if is_function([target], values) else None
        if after is not None and _entries(after) < _entries(direct):
            outputs.append(after.substitute({"state": update}))
        else:
            outputs.append(direct)
    state = (StateVariable("state", machine.start_state, update),)
    remembers = any("state" in e.variables for e in outputs)
    return Program(IntegerSystem(inputs, state if remembers else (), tuple(outputs)), Method.TABLE, origin)


def _transitions_program(machine: MealyMachine, origin: str) -> Program:
    """Return the program with one table of whole transitions; with a single state, of outputs by input."""
    inputs = input_names(machine.input_width)
    states, symbols = machine.next_state.shape
    remembers = states > 1
    own = machine.symbols.tolist()
    keys = [(s, *symbol) if remembers else tuple(symbol) for s in range(states) for symbol in own]
    observed = np.ones(states * symbols, dtype=bool) if machine.observed is None else machine.observed.reshape(-1)
    input_words, output_words = (
        tuple(None if v is None else v.words for v in words) for words in (machine.input_words, machine.output_words)
    )
    names = (("state",) if remembers else ()) + inputs
    table = Table(
        "TRANSITIONS" if remembers else "OUTPUT",
        tuple((key, 0) for key in keys),
        (None, *input_words) if remembers else input_words,
        not_observed=frozenset(key for key, seen in zip(keys, observed, strict=True) if not seen),
    )
    outputs = machine.output.reshape(states * symbols, -1).tolist()
    values = [tuple(output) for output in outputs]
    kinds: list[tuple[str, ...] | None] = list(output_words)
    if remembers:
        values = [(int(t), *output) for t, output in zip(machine.next_state.reshape(-1), values, strict=True)]
        kinds = [None, *kinds]
    lookups = [Lookup(part, tuple(map(Variable, names))) for part in parts(table, values, kinds)]
    state = (StateVariable("state", machine.start_state, lookups.pop(0)),) if remembers else ()
    system = IntegerSystem(inputs, state, tuple(lookups))
    return Program(system, Method.TABLE, origin, machine.input_words, machine.output_words)


def _entries(expression: Expression) -> int:
    """Count the table entries that must be written for a formula."""
    return len(expression.table.entries) if isinstance(expression, Lookup) else 0


def _look_up(name: str, columns: dict[str, IntArray], target: IntArray) -> Expression:
    """Write ``target`` as a table over as few of the columns as it is a function of."""
    keep = dict(columns)
    for column in columns:
        fewer = {other: values for other, values in keep.items() if other != column}
        if is_function(list(fewer.values()), target):
            keep = fewer
    if not keep:
        return Constant(int(target[0]))
    if len(keep) == 1 and np.array_equal(next(iter(keep.values())), target):
        return Variable(next(iter(keep)))
    keys = np.stack(list(keep.values()), axis=1)
    distinct, first = np.unique(keys, axis=0, return_index=True)
    entries = zip(map(tuple, distinct.tolist()), target[first].tolist(), strict=True)
    return Lookup(Table(name, tuple(entries)), tuple(Variable(column) for column in keep))
