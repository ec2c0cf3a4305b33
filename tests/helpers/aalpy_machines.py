"""Machines of ours as machines of AALpy, the peer that learning, comparison and files are tested against."""

from __future__ import annotations

from aalpy import MealyMachine as TheirMachine

from mips_core.machines.mealy import MealyMachine


def to_aalpy(machine: MealyMachine) -> TheirMachine:
    """Return the same machine with words for symbols and outputs, as in data files."""
    names = [machine.input_text(i) for i in range(len(machine.symbols))]
    order = [machine.start_state, *(s for s in range(machine.states) if s != machine.start_state)]
    setup = {
        f"s{s}": {name: (machine.output_text(s, i), f"s{machine.next_state[s, i]}") for i, name in enumerate(names)}
        for s in order  # the first state is AALpy's start
    }
    return TheirMachine.from_state_setup(setup)
