"""Machines that remember only the last few inputs.

A machine is definite when any k inputs fix its state, wherever it was.  Its output is
then a function of the current input and the k before; the program keeps those in a shift register and applies
one formula.  Before the first input the register holds a padding symbol, usually 0; which paddings agree with
the machine is found by trying them.
"""

from __future__ import annotations

import numpy as np

from mips_core.expressions import Expression, Variable
from mips_core.machines.integer_system import StateVariable
from mips_core.machines.mealy import MealyMachine
from mips_core.progress import Monitor
from mips_core.regression.fit import Fit, system_weight
from mips_core.regression.labels import input_names
from mips_core.regression.method import combined
from mips_core.regression.sharing import share_terms
from mips_core.regression.tables import explain_if_function
from mips_core.stepping import IntArray

MOST_INPUTS = 5
_MOST_ROWS = 50_000
_PLAIN = 3  # past inputs need no explanation, unlike labels: what that is worth, in nodes


def memory_length(machine: MealyMachine, most: int = MOST_INPUTS) -> int | None:
    """Return the smallest k such that any k inputs fix the state, or None above ``most``.

    >>> two = np.array([[0, 1], [0, 1]])
    >>> memory_length(MealyMachine(two, two[:, :, None], np.array([[0], [1]])))
    1
    """
    # Pairs of states that some word of length k keeps apart: none left means definite.
    s, x = machine.next_state.shape
    if s == 1:
        return 0
    if s > 2_000:
        return None
    i, j = np.triu_indices(s, 1)
    pairs = np.unique(i * s + j)
    for k in range(1, most + 1):
        after = machine.next_state
        images = []
        step = max(1, 4_000_000 // max(1, len(pairs)))
        for first in range(0, x, step):
            part = after[:, first : first + step]
            a, b = part[pairs // s], part[pairs % s]
            codes = np.minimum(a, b) * s + np.maximum(a, b)
            images.append(np.unique(codes[a != b]))
        pairs = np.unique(np.concatenate(images))
        if not len(pairs):
            return k
    return None


def register_table(machine: MealyMachine, length: int, padding: IntArray) -> tuple[IntArray, IntArray] | None:
    """Return inputs (R, length + 1, D_in), current first, and outputs (R, D_out), or None when ambiguous.

    Every register content that occurs is listed with every input symbol; ambiguous means that two ways to the
    same content answer differently, so that this padding does not fit.
    """
    x = len(machine.symbols)
    # Symbols are numbers 0 .. x - 1, the padding is x unless it is one of them.
    pad = machine.symbol_index.get(tuple(padding.tolist()), x)
    registers = np.full((1, length), pad, dtype=np.int64)
    states = np.array([machine.start_state])
    rows, outs = [], []
    seen: dict[tuple[int, ...], int] = {tuple(registers[0].tolist()): machine.start_state}
    done = set(seen)
    total = 0
    while len(states):
        current = np.tile(np.arange(x), len(states))[:, None]
        word = np.concatenate([current, np.repeat(registers, x, axis=0)], axis=1)
        total += len(word)
        if total > _MOST_ROWS:
            return None
        rows.append(word)
        outs.append(machine.output[states].reshape(len(word), -1))
        after = machine.next_state[states].ravel()
        fresh: dict[tuple[int, ...], int] = {}
        for register, state in zip(map(tuple, word[:, :-1].tolist()), after.tolist(), strict=True):
            known = seen.setdefault(register, state)
            if known != state:
                return None
            if register not in done:
                done.add(register)
                fresh[register] = state
        new = list(fresh)
        registers = np.array(new, dtype=np.int64).reshape(len(new), length)
        states = np.array([seen[r] for r in new], dtype=np.int64)
    symbols = np.concatenate([machine.symbols, padding[None]])
    return symbols[np.concatenate(rows)], np.concatenate(outs)


def explain_window(machine: MealyMachine, *, monitor: Monitor, candidates: int, max_nodes: int) -> Fit | None:
    """Return a system with a shift register of past inputs for a definite machine, or None.

    Parameters
    ----------
    machine : all states reachable
    """
    length = memory_length(machine)
    if length is None or len(machine.symbols) * machine.states > _MOST_ROWS:
        return None
    names = input_names(machine)
    best: Fit | None = None
    for padding in _paddings(machine):
        table = register_table(machine, length, padding)
        if table is None:
            continue
        words, outputs = table
        columns = {_name(names, i, k): words[:, k, i] for k in range(length + 1) for i in range(len(names))}
        found = [
            explain_if_function(
                columns, y, monitor=monitor, budget=monitor.remaining, candidates=candidates, max_nodes=max_nodes
            )
            for y in outputs.T
        ]
        formulas = [f for f in found if f is not None]
        if len(formulas) < len(found):
            continue
        state = _register([f.expression for f in formulas], names, length, padding)
        system = share_terms(names, state, [f.expression for f in formulas])
        fit = Fit(system, combined([f.method for f in formulas]), system_weight(system) - _PLAIN)
        if best is None or fit.weight < best.weight:
            best = fit
        if (padding == 0).all():
            break  # zeros before the start are what a reader expects
    return best


def _paddings(machine: MealyMachine) -> list[IntArray]:
    """List padding symbols, most natural first: zeros, the symbols, one below and one above the range."""
    width = machine.input_width
    values = [np.zeros(width, dtype=np.int64), *machine.symbols[:64]]
    values += [np.full(width, v, dtype=np.int64) for v in (machine.symbols.min() - 1, machine.symbols.max() + 1)]
    unique = {tuple(v.tolist()): v for v in values}
    return list(unique.values())


def _name(names: tuple[str, ...], i: int, k: int) -> str:
    """Return the name of input i, k steps ago."""
    if k == 0:
        return names[i]
    word = "previous" if k == 1 else f"previous{k}"
    return word if len(names) == 1 else f"{word}_{names[i]}"


def _register(outputs: list[Expression], names: tuple[str, ...], length: int, padding: IntArray) -> list[StateVariable]:
    """Return the shift register, as long as the formulas need it."""
    used = frozenset().union(*(e.variables for e in outputs))
    state = []
    for i in range(len(names)):
        depth = max((k for k in range(1, length + 1) if _name(names, i, k) in used), default=0)
        state += [
            StateVariable(_name(names, i, k), int(padding[i]), Variable(_name(names, i, k - 1)))
            for k in range(1, depth + 1)
        ]
    return state
