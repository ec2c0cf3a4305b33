"""Rows of tables: transitions of a machine, values along a sequence."""

from __future__ import annotations

from mips_core.machines.mealy import MealyMachine
from mips_core.machines.moore import MooreMachine
from mips_core.views.palette import state_name

WIDEST = 12
"""Input symbols that get a column each; with more, the table has a row for each transition."""

Columns = dict[str, list[str]]


def transition_columns(machine: MealyMachine, current: int | None = None) -> Columns:
    """Return the transition table as named columns; a cell says ``next / output``, with ``?`` where no recorded
    data shows it.

    With more than :data:`WIDEST` input symbols the table has a row for each state and input instead.

    >>> import numpy as np
    >>> parity = MealyMachine(np.array([[0, 1], [1, 0]]), np.array([[[0], [1]], [[1], [0]]]), np.array([[0], [1]]))
    >>> transition_columns(parity)
    {'state': ['S0', 'S1'], 'input 0': ['S0 / 0', 'S1 / 1'], 'input 1': ['S1 / 1', 'S0 / 0']}
    """
    symbols = [machine.input_text(i) for i in range(len(machine.symbols))]
    if len(symbols) <= WIDEST:
        columns: Columns = {"state": [state_name(s) for s in range(machine.states)]}
        for i, symbol in enumerate(symbols):
            columns[f"input {symbol}"] = [
                f"{state_name(int(t))} / {machine.output_text(s, i)}{'' if _seen(machine, s, i) else ' ?'}"
                for s, t in enumerate(machine.next_state[:, i])
            ]
    else:
        columns = transition_rows(machine)
    if current is not None:
        here = state_name(current)
        columns = {"now": ["here" if name == here else "" for name in columns["state"]], **columns}
    return columns


def transition_rows(machine: MealyMachine) -> Columns:
    """Return the transition table as named columns, one row for each state and input."""
    pairs = [(s, i) for s in range(machine.states) for i in range(len(machine.symbols))]
    columns: Columns = {
        "state": [state_name(s) for s, _ in pairs],
        "input": [machine.input_text(i) for _, i in pairs],
        "next state": [state_name(int(machine.next_state[s, i])) for s, i in pairs],
        "output": [machine.output_text(s, i) for s, i in pairs],
    }
    if machine.observed is not None:
        columns["observed"] = ["yes" if _seen(machine, s, i) else "no" for s, i in pairs]
    return columns


def moore_columns(moore: MooreMachine) -> Columns:
    """Return a Moore machine as named columns, one row for each of its states.

    >>> import numpy as np
    >>> from mips_core.machines.moore import to_moore
    >>> parity = MealyMachine(np.array([[0, 1], [1, 0]]), np.array([[[0], [1]], [[1], [0]]]), np.array([[0], [1]]))
    >>> moore_columns(to_moore(parity))
    {'state': ['0', '1'], 'made from': ['S0', 'S1'], 'shows': ['0', '1'], 'input 0': ['0', '1'], 'input 1': ['1', '0']}
    """
    columns: Columns = {
        "state": [str(s) for s in range(moore.states)],
        "made from": [state_name(int(s)) for s in moore.origin],
        "shows": [moore.output_text(s) for s in range(moore.states)],
    }
    for i in range(len(moore.mealy.symbols)):
        columns[f"input {moore.mealy.input_text(i)}"] = [str(int(t)) for t in moore.next_state[:, i]]
    return columns


def _seen(machine: MealyMachine, state: int, symbol: int) -> bool:
    return machine.observed is None or bool(machine.observed[state, symbol])


def shortest_prefix(machine: MealyMachine, state: int) -> str | None:
    """Return the shortest input that leads to ``state``, as text; None when nothing does.

    >>> import numpy as np
    >>> parity = MealyMachine(np.array([[0, 1], [1, 0]]), np.array([[[0], [1]], [[1], [0]]]), np.array([[0], [1]]))
    >>> shortest_prefix(parity, 1)
    '1'
    """
    before: dict[int, tuple[int, int]] = {}
    level, seen = [machine.start_state], {machine.start_state}
    while level and state not in seen:
        following = []
        for s in level:
            for i, t in enumerate(machine.next_state[s].tolist()):
                if t not in seen:
                    seen.add(t)
                    before[t] = (s, i)
                    following.append(t)
        level = following
    if state not in seen:
        return None
    word: list[str] = []
    while state != machine.start_state:
        state, symbol = before[state]
        word.append(machine.input_text(symbol))
    return " ".join(reversed(word))
