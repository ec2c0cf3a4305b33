"""The words on the arrows of a machine: ``input/output``, parallel arrows merged."""

from __future__ import annotations

import numpy as np

from mips_core.machines.mealy import MealyMachine
from mips_core.stepping import IntArray
from mips_core.views.sequences import step_text

MOST_LINES = 4


def arrow_labels(machine: MealyMachine) -> dict[tuple[int, int], tuple[str, ...]]:
    """Return the lines of text on each arrow (from, to), in order of states.

    >>> echo = MealyMachine(np.array([[0, 0]]), np.array([[[4], [5]]]), np.array([[0], [1]]))
    >>> arrow_labels(echo)
    {(0, 0): ('0/4', '1/5')}
    """
    labels = {}
    for s in range(machine.states):
        for t in np.unique(machine.next_state[s]).tolist():
            taken = np.flatnonzero(machine.next_state[s] == t)
            labels[s, t] = label_lines(machine.symbols[taken], machine.output[s, taken])
    return labels


def label_lines(symbols: IntArray, outputs: IntArray, most: int = MOST_LINES) -> tuple[str, ...]:
    """Group the symbols (X, D_in) of one arrow by output (X, D_out): a line for each, at most ``most`` lines."""
    groups: dict[str, list[IntArray]] = {}
    for symbol, output in zip(symbols, outputs, strict=True):
        groups.setdefault(step_text(output), []).append(symbol)
    lines = [f"{symbols_text(np.array(group))}/{output}" for output, group in groups.items()]
    if len(lines) > most:
        left = sum(len(group) for group in list(groups.values())[most - 1 :])
        lines = [*lines[: most - 1], f"+ {left} more"]
    return tuple(lines)


def symbols_text(symbols: IntArray, limit: int = 5) -> str:
    """Write several input symbols (X, D_in) in short: runs of single integers as ``0–7``.

    >>> symbols_text(np.array([[0], [1], [2], [5]]))
    '0–2, 5'
    """
    texts: list[str] = []
    if symbols.shape[1] > 1:
        texts = [step_text(symbol) for symbol in symbols]
    else:
        values = np.sort(symbols[:, 0])
        for run in np.split(values, np.flatnonzero(np.diff(values) != 1) + 1):
            texts += [f"{run[0]}–{run[-1]}"] if len(run) > 2 else [str(v) for v in run]
    if len(texts) > limit:
        texts = [*texts[: limit - 1], "…"]
    return ", ".join(texts)
