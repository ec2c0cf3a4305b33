"""The machine's part of what the player shows: a picture, a short chain of states, or remembered numbers."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from mips_core.machines.integer_system import IntegerSystem
from mips_core.machines.mealy import MealyMachine
from mips_core.stepping import IntArray, trace
from mips_core.views.lockstep import MACHINE, LockStep
from mips_core.views.machine_svg import MOST_STATES, Picture, machine_svg
from mips_core.views.program_trace import short_value
from mips_core.views.sequences import count_text, step_text

_EXACT = 2**53


def whole_picture(machine: MealyMachine) -> Picture | None:
    """Draw a machine for the player, to be kept for all sequences; None when it has too many states."""
    if machine.states > MOST_STATES:
        return None
    return machine_svg(machine, clickable=True, every_label=True)


def machine_part(machine: MealyMachine | IntegerSystem | None, lock: LockStep, whole: Picture | None) -> dict[str, Any]:
    """Return the machine as plain data for the player.

    ``kind`` is "picture" (``svg``, ``states``), "chain" (``states`` alone: too many were visited to draw them),
    "numbers" (``variables`` with their values after each step) or "none"; ``missing`` says why the machine
    cannot follow the sequence, or "".

    Parameters
    ----------
    whole : the drawing of the whole machine from :func:`whole_picture`
    """
    missing = lock.missing.get(MACHINE, "")
    if machine is None:
        return {"kind": "none", "missing": missing}
    if isinstance(machine, IntegerSystem):
        return {"kind": "numbers", "missing": missing, **_numbers(machine, lock)}
    visited = lock.machine_states if lock.machine_states is not None else np.array([machine.start_state])
    states = visited.tolist()
    part = {"missing": missing, "states": states, "count": machine.states}
    picture = whole or _visited_picture(machine, states)
    if picture is None:
        found = sorted(set(states))
        return part | {
            "kind": "chain",
            "note": f"This sequence visits {len(found)} of {count_text(machine.states, 'state')}, too many to draw. "
            "The chain shows the last ones.",
        }
    note = picture.note
    if whole is None:
        drawn = len(set(states))
        note = (
            f"Drawn are the {count_text(drawn, 'state')} that this sequence visits, of {machine.states:,}, "
            "and the arrows that it takes."
        )
    return part | {"kind": "picture", "svg": picture.svg, "alt": picture.alt, "note": note, "wide": picture.wide}


def _visited_picture(machine: MealyMachine, states: list[int]) -> Picture | None:
    """Draw what one sequence visits, or return None when even that is too much."""
    if len(set(states)) > MOST_STATES:
        return None
    taken = list(dict.fromkeys(pairwise(states)))
    return machine_svg(machine, clickable=True, only=taken, every_label=True)


def _numbers(system: IntegerSystem, lock: LockStep) -> dict[str, Any]:
    """Return the remembered integers after each step, and the inputs that are kept whole."""
    kept = [system.inputs.index(name) for name in system.histories]
    part: dict[str, Any] = {"variables": [], "seen": [step_text(row) for row in lock.inputs[:, kept]] if kept else []}
    if MACHINE in lock.missing or not system.order:
        return part
    values: IntArray = trace(system, lock.inputs[None]).states[0][:, : system.order]
    for i, variable in enumerate(system.state):
        part["variables"].append({"name": variable.name, "values": [_number(v) for v in values[:, i].tolist()]})
    return part


def _number(value: int) -> int | str:
    return value if abs(value) < _EXACT else str(short_value(value))
