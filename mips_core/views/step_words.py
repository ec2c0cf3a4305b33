"""One step of a lock-step run, told in words; and who agrees with whom."""

from __future__ import annotations

import re

import numpy as np

from mips_core.machines.integer_system import IntegerSystem
from mips_core.machines.mealy import MealyMachine
from mips_core.views.lockstep import MACHINE, NETWORK, PROGRAM, TRUTH, LockStep
from mips_core.views.palette import state_name
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


def step_sentences(lock: LockStep, step: int, machine: MealyMachine | IntegerSystem | None) -> list[str]:
    """Return what each of the four does at ``step`` (from 1; 0 is before the first input), as Markdown."""
    if step == 0:
        return _before(lock, machine)
    t = step - 1
    lines = [f"**Input:** {code(lock.input_text(t))}"]
    written = code(lock.output_text(NETWORK, t))
    scores = lock.scores[t]
    if lock.rounds:
        lines.append(f"**Network:** computes {', '.join(f'{v:.4g}' for v in scores)}, rounded to **{written}**")
    else:
        lines.append(f"**Network:** its largest score stands for **{written}**")
    if MACHINE in lock.outputs:
        answer = code(lock.output_text(MACHINE, t))
        if lock.machine_states is not None:
            a, b = (state_name(int(s)) for s in lock.machine_states[t : t + 2])
            move = f"stays in {a}" if a == b else f"goes from {a} to {b}"
            lines.append(f"**Machine:** {move} and writes **{answer}**")
        else:
            lines.append(f"**Machine:** its equations give **{answer}**")
    if PROGRAM in lock.outputs:
        changes = [
            f"`{name}` {int(old)} → {int(new)}" if old != new else f"`{name}` stays {int(old)}"
            for name, old, new in zip(lock.variables, lock.values[t], lock.values[t + 1], strict=True)
        ]
        lines.append(f"**Program:** {', '.join([*changes, 'returns'])} **{code(lock.output_text(PROGRAM, t))}**")
    if TRUTH in lock.outputs:
        lines.append(f"**Truth:** **{code(lock.output_text(TRUTH, t))}**")
    return lines


def _before(lock: LockStep, machine: MealyMachine | IntegerSystem | None) -> list[str]:
    lines = [f"**Network:** its hidden state holds {count_text(lock.hidden.shape[1], 'number')}"]
    if isinstance(machine, MealyMachine):
        lines.append(f"**Machine:** waits in its start state {state_name(machine.start_state)}")
    if PROGRAM in lock.outputs and lock.variables:
        values = ", ".join(f"`{n}` = {int(v)}" for n, v in zip(lock.variables, lock.values[0], strict=True))
        lines.append(f"**Program:** {values}")
    elif PROGRAM in lock.outputs:
        lines.append("**Program:** remembers nothing")
    return [*lines, "Press *Next*, or choose a step on the tape."]


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
