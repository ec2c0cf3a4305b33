"""A lock-step run told in words and tables: whether all agree, who agrees with whom, all its numbers."""

from __future__ import annotations

import re

import numpy as np

from mips_core.views.lockstep import LockStep
from mips_core.views.sequences import count_text

_NUMBERS = {2: "Both", 3: "All three", 4: "All four"}


def listing(names: tuple[str, ...] | list[str]) -> str:
    """Join names as in a sentence.

    >>> listing(["network", "machine", "program"])
    'network, machine and program'
    """
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def code(text: str) -> str:
    """Write a word so that Markdown shows it as it is: words may hold characters that Markdown reads.

    >>> code("-3"), code("a*b*")
    ('-3', '`a*b*`')
    """
    if re.fullmatch(r"[A-Za-z0-9; -]*", text):
        return text
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def verdict_sentence(lock: LockStep) -> tuple[str, bool]:
    """Return whether all agree on the whole sequence, as a sentence and as a truth value."""
    names = list(lock.outputs)
    if len(names) < 2:
        return f"Only the {names[0]} can run on this sequence, so there is nothing to compare.", False
    apart = [t for t in range(lock.length) if lock.odd_ones(t)]
    if not apart:
        steps = count_text(lock.length, "step")
        return f"{_NUMBERS[len(names)]} agree on all {steps}: {listing(names)}.", True
    first = apart[0]
    odd = lock.odd_ones(first)
    rest = [name for name in names if name not in odd]
    verb = "differs" if len(odd) == 1 else "differ"
    return (
        f"{listing(odd).capitalize()} {verb} from {listing(rest)} first at step {first + 1}; "
        f"{count_text(len(apart), 'step')} of {lock.length} differ.",
        False,
    )


def agreement_rows(lock: LockStep) -> list[dict[str, str]]:
    """Return the rows of a table: each pair, on how many steps it agrees, where it first differs."""
    return [
        {
            "compared": f"{a.a} and {a.b}",
            "agree on": f"{a.equal} of {a.steps}",
            "first difference": "none" if a.first is None else f"step {a.first}",
        }
        for a in lock.agreements()
    ]


def everything(lock: LockStep) -> dict[str, list[str]]:
    """Return the columns of a table with all numbers of the sequence: the third level of depth."""
    steps = range(lock.length)
    columns = {"step": [str(t + 1) for t in steps], "input": [lock.input_text(t) for t in steps]}
    hidden = [np.array2string(h, precision=4, separator=", ", threshold=12) for h in lock.hidden[1:]]
    columns["hidden state"] = [" ".join(h.split()) for h in hidden]
    columns["before rounding"] = [", ".join(f"{v:.6g}" for v in row) for row in lock.scores]
    for name in lock.outputs:
        columns[name] = [lock.output_text(name, t) for t in steps]
    for i, name in enumerate(lock.variables):
        columns[f"variable {name}"] = [str(int(v)) for v in lock.values[1:, i]]
    return columns
