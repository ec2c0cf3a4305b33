"""Exact integer equations for networks that are affine from end to end.

The responses of such a network (see :mod:`mips_core.states.responses`) are rounded to integers, the smallest
recurrence with exactly these responses is built (:mod:`mips_core.machines.hankel`), and of its many integer forms the
most readable is chosen (:mod:`mips_core.states.readable`).  No data are needed, and the result does not depend on the
basis of the hidden state.  Inputs that are one-hot or embedded come in through tables over their symbols.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from mips_core.errors import NoLatticeError
from mips_core.expressions import Expression, Lookup, Table, Variable
from mips_core.integer_algebra import Matrix
from mips_core.machines.hankel import Hankel, canonical_forms, stable_hankel
from mips_core.machines.integer_system import IntegerSystem, StateVariable, input_names
from mips_core.networks.mlp import MlpNetwork
from mips_core.progress import Monitor
from mips_core.states.phrasing import phrase
from mips_core.states.readable import most_readable
from mips_core.states.recurrence import AffineRecurrence
from mips_core.states.responses import Responses, read_responses
from mips_core.states.virtual_inputs import VirtualInput, shift_tables, table_of, virtual_inputs

TOLERANCE = 0.2
"""Largest distance of a response from an integer at which it is still read as that integer."""

MAX_LAGS = 80
"""Responses are computed over at most this many steps; enough for 39 state variables."""


@dataclass(frozen=True)
class Realisation:
    """The integer equations of an affine network.

    Parameters
    ----------
    system : the equations; tables over symbols stand in them as :class:`Lookup`
    recurrence : the same as matrices, over the virtual inputs
    virtual : the functions of the inputs that the recurrence takes
    tables : the tables among them, for regression to explain
    order : number of remembered integers, the least possible
    deviation : largest distance of a response that was used from its integer
    lags : number of steps over which responses were used; all of them agree with the system exactly after rounding
    evidence : plain values for the report
    """

    system: IntegerSystem
    recurrence: AffineRecurrence
    virtual: tuple[VirtualInput, ...]
    tables: tuple[Table, ...]
    order: int
    deviation: float
    lags: int
    evidence: Mapping[str, Any]


def realise(network: MlpNetwork, *, monitor: Monitor | None = None) -> Realisation:
    """Return the smallest integer system that has the network's rounded responses.

    Cost: milliseconds to a second, mostly the search for readable coordinates; it is cut short when the monitor's
    time is up, with the best form so far.

    Raises
    ------
    NoLatticeError
        when the network is not affine, its responses are not near integers, or no small recurrence explains them;
        the message has the numbers.
    """
    monitor = monitor or Monitor()
    lags = min(2 * network.state_size + 4, MAX_LAGS)
    responses = read_responses(network, lags)
    deviations = responses.deviations
    clear = int(np.argmax(deviations > TOLERANCE)) if (deviations > TOLERANCE).any() else len(deviations)
    used, inputs, parameters, free, hankel = _explained(responses, clear, network.card.length)
    order = hankel.order
    forms = canonical_forms(hankel, parameters[0], free[0])
    recurrence = most_readable(forms, monitor)
    recurrence, inputs = shift_tables(recurrence, inputs, monitor)
    recurrence = _exact(recurrence, responses, inputs, used)
    system, tables = as_system(recurrence, inputs, network.input_width)
    deviation = float(deviations[:used].max())
    evidence = {
        "order": order,
        "lags": used,
        "deviation": deviation,
        "deviations": [float(f"{value:.3g}") for value in deviations],
        "tables": len(tables),
    }
    return Realisation(system, recurrence, inputs, tables, order, deviation, used, evidence)


def _explained(
    responses: Responses, clear: int, length: int | None
) -> tuple[int, tuple[VirtualInput, ...], list[Matrix], Matrix, Hankel]:
    """Find over how many lags the rounded responses follow one recurrence: the trained length, else the longest."""
    trained = [min(clear, length)] if length is not None and length < clear else []
    for used in [*trained, *range(clear, 1, -1)]:
        impulse = np.rint(responses.impulse[:used]).astype(np.int64)
        if np.abs(responses.impulse[:used]).max(initial=0.0) > 2**53 or np.abs(responses.free[:used]).max() > 2**53:
            continue  # beyond what float64 tells apart from an integer
        inputs, parameters, reference = virtual_inputs(impulse, responses.blocks)
        free = _free_response(np.rint(responses.free[:used]).astype(np.int64).tolist(), reference)
        steps = [[b - a for a, b in zip(x, y, strict=True)] for x, y in pairwise(free)]
        entries = [
            [[*row, step] for row, step in zip(matrix, change, strict=True)]
            for matrix, change in zip(parameters[1:], steps, strict=True)
        ]
        hankel = stable_hankel(entries)
        if hankel is not None:
            return used, inputs, parameters, free, hankel
    worst = float(responses.deviations[min(clear, len(responses.deviations) - 1)])
    raise NoLatticeError(
        f"The first {clear} responses of the network are within {TOLERANCE} of integers and lag {clear} is "
        f"{worst:.2g} away; no integer recurrence explains them. Train it further, or extract a finite machine."
    )


def _free_response(free: Matrix, reference: Matrix) -> Matrix:
    """Take out of the free response what the virtual inputs contribute at the reference symbol."""
    total = [0] * len(free[0])
    found = []
    for row, part in zip(free, reference, strict=True):
        total = [a + b for a, b in zip(total, part, strict=True)]
        found.append([a - b for a, b in zip(row, total, strict=True)])
    return found


def as_system(
    recurrence: AffineRecurrence, inputs: tuple[VirtualInput, ...], width: int
) -> tuple[IntegerSystem, tuple[Table, ...]]:
    """Write a recurrence over virtual inputs as equations; return the tables that stand in them as well."""
    names = input_names(width)
    tables: list[Table] = []
    columns: list[Expression] = []
    words: list[str] = []
    shared: list[tuple[str, Expression]] = []
    for position, virtual in enumerate(inputs):
        source = Variable(names[virtual.position])
        if virtual.values is None:
            columns.append(source)
            words.append(source.name)
            continue
        table = table_of(virtual, f"table{len(tables) + 1}")
        tables.append(table)
        lookup = Lookup(table, (source,))
        word = "term" if len(tables) == 1 else f"term{len(tables)}"
        uses = int((recurrence.rows[:, recurrence.order + position] != 0).sum())
        if uses > 1:
            shared.append((word, lookup))
        columns.append(Variable(word) if uses > 1 else lookup)
        words.append(word)
    phrases = phrase(recurrence, columns, words, reserved=names)
    state = tuple(
        StateVariable(name, int(start), update)
        for name, start, update in zip(phrases.names, recurrence.start, phrases.updates, strict=True)
    )
    return IntegerSystem(names, state, phrases.outputs, (*shared, *phrases.locals)), tuple(tables)


def _exact(
    recurrence: AffineRecurrence, responses: Responses, inputs: tuple[VirtualInput, ...], used: int
) -> AffineRecurrence:
    """Return the recurrence after checking, in exact integers, that it has the rounded responses at every lag used."""
    impulse, free = expected_responses(recurrence, inputs, responses, used)
    if not (
        np.array_equal(impulse, np.rint(responses.impulse[:used]).astype(np.int64))
        and np.array_equal(free, np.rint(responses.free[:used]).astype(np.int64))
    ):
        raise ArithmeticError("the recurrence does not have the responses that it was built from")
    return recurrence


def expected_responses(
    recurrence: AffineRecurrence, inputs: tuple[VirtualInput, ...], responses: Responses, lags: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the exact responses (lags, o, W) and (lags, o) of a recurrence, in the columns of ``responses``.

    Python integers in object arrays, so nothing overflows.
    """
    own = np.array(recurrence.impulse(lags), dtype=object).reshape(lags, recurrence.outputs, len(inputs))
    free = np.array(recurrence.free(lags), dtype=object)
    blocks = responses.blocks
    width = responses.impulse.shape[2]
    impulse = np.zeros((lags, recurrence.outputs, width), dtype=object)
    offsets = np.arange(width) if blocks is None else np.cumsum([0, *(len(r) for r in blocks)])[:-1]
    for column, virtual in enumerate(inputs):
        start = int(offsets[virtual.position])
        if blocks is None:
            impulse[:, :, start] += own[:, :, column]
            continue
        symbols = blocks[virtual.position]
        values = symbols.values if virtual.values is None else virtual.values
        change = (values - values[0]).astype(object)
        impulse[:, :, start : start + len(symbols)] += own[:, :, column, None] * change
        free = free + np.cumsum(own[:, :, column], axis=0) * int(values[0])
    return impulse, free
