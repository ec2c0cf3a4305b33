"""The words on the arrows of a machine: ``input/output``, parallel arrows merged."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from mips_core.machines.mealy import MealyMachine
from mips_core.stepping import IntArray
from mips_core.tasks.vocabulary import Words, has_words
from mips_core.views.sequences import step_text

MOST_LINES = 4
LONGEST_WORD = 14
"""Characters of a word on an arrow; the tables have the rest."""

WIDEST = 32
"""Characters of several words side by side on an arrow."""


def arrow_labels(machine: MealyMachine, leaving: Iterable[int] | None = None) -> dict[tuple[int, int], tuple[str, ...]]:
    """Return the lines of text on each arrow (from, to), in order of states.

    Transitions that no recorded data shows are left out beside observed ones; an arrow without any
    observed one has their lines with question marks.

    Parameters
    ----------
    leaving : the states whose arrows are wanted; None for all

    >>> echo = MealyMachine(np.array([[0, 0]]), np.array([[[4], [5]]]), np.array([[0], [1]]))
    >>> arrow_labels(echo)
    {(0, 0): ('0/4', '1/5')}
    """
    labels = {}
    for s in range(machine.states) if leaving is None else sorted(leaving):
        for t in np.unique(machine.next_state[s]).tolist():
            taken = np.flatnonzero(machine.next_state[s] == t)
            words = machine.input_words, machine.output_words
            seen = taken if machine.observed is None else taken[machine.observed[s, taken]]
            shown = seen if len(seen) else taken
            lines = label_lines(machine.symbols[shown], machine.output[s, shown], words=words)
            labels[s, t] = lines if len(seen) else tuple(f"{line} ?" for line in lines)
    return labels


def label_lines(
    symbols: IntArray, outputs: IntArray, most: int = MOST_LINES, *, words: tuple[Words, Words] = ((), ())
) -> tuple[str, ...]:
    """Group the symbols (X, D_in) of one arrow by output (X, D_out): a line for each, at most ``most`` lines.

    ``words`` are the vocabularies of inputs and outputs; long words are cut.
    """
    groups: dict[str, list[IntArray]] = {}
    for symbol, output in zip(symbols, outputs, strict=True):
        groups.setdefault(shortened(step_text(output, words[1])), []).append(symbol)
    lines = [f"{symbols_text(np.array(group), words=words[0])}/{output}" for output, group in groups.items()]
    if len(lines) > most:
        left = sum(len(group) for group in list(groups.values())[most - 1 :])
        lines = [*lines[: most - 1], f"+ {left} more"]
    return tuple(lines)


def shortened(text: str) -> str:
    """Cut a word that would make a label too wide.

    >>> shortened("ACK+PSH(FRESH,CURRENT,1)")
    'ACK+PSH(FRESH…'
    """
    return text if len(text) <= LONGEST_WORD else f"{text[: LONGEST_WORD - 1]}…"


def symbols_text(symbols: IntArray, limit: int = 5, words: Words = ()) -> str:
    """Write several input symbols (X, D_in) in short: runs of single integers as ``0–7``.

    >>> symbols_text(np.array([[0], [1], [2], [5]]))
    '0–2, 5'
    """
    texts: list[str] = []
    if symbols.shape[1] > 1 or has_words(words):
        texts = [shortened(step_text(symbol, words)) for symbol in symbols]
        limit = min(limit, max(1, WIDEST // max(map(len, texts))))
    else:
        values = np.sort(symbols[:, 0])
        for run in np.split(values, np.flatnonzero(np.diff(values) != 1) + 1):
            texts += [f"{run[0]}–{run[-1]}"] if len(run) > 2 else [str(v) for v in run]
    if len(texts) > limit:
        texts = [*texts[: limit - 1], "…"] if limit > 1 else [f"{texts[0]} + {len(texts) - 1}"]
    return ", ".join(texts)
