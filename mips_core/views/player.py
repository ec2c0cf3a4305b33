"""Everything that the lock-step player shows for one sequence, as plain data for one message to the browser.

The player itself (``assets/player``) is a script that plays, steps and jumps without asking the
server; so this is computed once for each sequence.  Nothing in it is NaN or a NumPy number: the
first breaks the browser's reader, the second Streamlit's writer.
"""

from __future__ import annotations

import math
from typing import Any

from mips_core.machines.integer_system import IntegerSystem
from mips_core.machines.mealy import MealyMachine
from mips_core.programs.program import Program
from mips_core.views.labels import shortened
from mips_core.views.lockstep import NETWORK, PROGRAM, ROWS, LockStep
from mips_core.views.machine_svg import Picture
from mips_core.views.player_cloud import Places
from mips_core.views.player_machine import machine_part
from mips_core.views.player_program import program_part
from mips_core.views.program_trace import trace_program
from mips_core.views.step_words import verdict_sentence

Json = dict[str, Any]

_NUMBERS = {2: "both", 3: "all three", 4: "all four"}


def player_payload(
    lock: LockStep,
    machine: MealyMachine | IntegerSystem | None,
    program: Program | None,
    *,
    places: Places | str,
    picture: Picture | None = None,
) -> Json:
    """Return what the player shows, JSON-safe.

    Parameters
    ----------
    lock : what network, machine, program and truth did
    machine, program : parts of the run, None where none was found
    places : the cloud of hidden states, or the sentence that says why there is none
    picture : the drawing of the whole machine, see :func:`mips_core.views.player_machine.whole_picture`
    """
    names = [name for name in ROWS if name in lock.outputs]
    steps = range(lock.length)
    return {
        "length": lock.length,
        "inputs": [lock.input_text(t) for t in steps],
        "rows": [[name, [lock.output_text(name, t) for t in steps]] for name in names],
        "apart": [[names.index(name) for name in lock.odd_ones(t)] for t in steps],
        "missing": {name: lock.missing[name] for name in ROWS if name in lock.missing},
        "scores": _scores(lock),
        "end": end_sentence(lock),
        "states": {"missing": places} if isinstance(places, str) else _states(lock, places),
        "machine": machine_part(machine, lock, picture),
        "program": _program(lock, program),
    }


def end_sentence(lock: LockStep) -> str:
    """Say at the end of the sequence whether all agree, or where they part."""
    if not lock.length:
        return "The sequence is empty: nothing has been read yet."
    sentence, agree = verdict_sentence(lock)
    if agree:
        return f"End of the sequence: {_NUMBERS[len(lock.outputs)]} agree."
    return f"End of the sequence: {sentence[0].lower()}{sentence[1:]}"


def _states(lock: LockStep, places: Places) -> Json:
    if not all(map(math.isfinite, lock.hidden.ravel().tolist())):
        return {"missing": "The hidden state outgrew all numbers on this sequence; take a shorter one."}
    return {"missing": "", **places.part, "path": places.path(lock.hidden)}


def _program(lock: LockStep, program: Program | None) -> Json:
    if program is None:
        return {"missing": lock.missing[PROGRAM]}
    part = program_part(trace_program(program, lock.inputs))
    return {"missing": "" if part["error"] else lock.missing.get(PROGRAM, ""), **part}


def _scores(lock: LockStep) -> list[str]:
    """Return, for each step, what the network computed before rounding, or nothing where it chose among words."""
    if not lock.rounds or NETWORK not in lock.outputs:
        return []
    return [shortened(", ".join(map(_score, row))) for row in lock.scores.tolist()]


def _score(value: float) -> str:
    return f"{value:z.3f}" if abs(value) < 1e4 else f"{value:.6g}"
