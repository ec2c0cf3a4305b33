"""What the page on the state machine asks the core, kept between reruns."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import streamlit as st

from mips_core.machines.mealy import MealyMachine
from mips_core.machines.moore import MooreMachine, to_moore
from mips_core.machines.raw_machine import RawMachine, extent_of, raw_machine, usual_raw_machine
from mips_core.machines.rounds import refinement_rounds
from mips_core.runs import Run
from mips_core.stepping import IntArray, trace
from mips_core.views.batch import Batch, BatchRow, read_batch, run_batch
from mips_core.views.lockstep import MACHINE, NETWORK, PROGRAM, LockStep
from mips_core.views.machine_svg import MOST_STATES
from mips_core.views.state_facts import Visits, count_visits
from pages.parts import data
from pages.parts.run_key import BY_FOLDER

_SEQUENCES = 200


def mealy(run: Run) -> MealyMachine:
    """Return the finite machine of a run that has one."""
    assert isinstance(run.machine, MealyMachine)
    return run.machine


@st.cache_resource(max_entries=64, show_spinner="Walking through the hidden states", hash_funcs=BY_FOLDER)
def raw(run: Run, tolerance: float | None) -> RawMachine:
    """Return the raw machine at a tolerance; None takes the usual one of this network."""
    machine = mealy(run)
    hidden = trace(run.network, data.sample(run, _SEQUENCES, int(run.report["length"]), seed=0)).states
    extent = extent_of(np.asarray(hidden, dtype=np.float64).reshape(-1, run.network.state_size))
    found = (
        usual_raw_machine(run.network, machine.symbols, extent=extent, known=machine)
        if tolerance is None
        else raw_machine(run.network, machine.symbols, tolerance, extent=extent)
    )
    return found.with_words(machine.input_words, machine.output_words)


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs=BY_FOLDER)
def merged_into(run: Run, tolerance: float | None) -> IntArray:
    """Return the state of the run's machine that each raw state's shortest prefix leads to, int64 (S,)."""
    machine = mealy(run)
    states = []
    for prefix in raw(run, tolerance).prefixes:
        state = machine.start_state
        for i in prefix.tolist():
            state = int(machine.next_state[state, i])
        states.append(state)
    return np.array(states, dtype=np.int64)


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs=BY_FOLDER)
def rounds(run: Run, tolerance: float | None) -> tuple[IntArray, ...]:
    """Return the rounds of partition refinement on the raw machine, which must have closed."""
    machine = raw(run, tolerance).machine
    assert machine is not None
    return refinement_rounds(machine)


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs=BY_FOLDER)
def moore(run: Run) -> MooreMachine | None:
    """Return the equivalent Moore machine, or None when it has too many states to be drawn."""
    return to_moore(mealy(run), most=MOST_STATES)


@st.cache_resource(max_entries=64, show_spinner="Counting visits", hash_funcs=BY_FOLDER)
def visits(run: Run) -> Visits:
    """Return how often sampled sequences are in each state."""
    return count_visits(mealy(run), run.program, data.sample(run, _SEQUENCES, int(run.report["length"]), seed=0))


@st.cache_resource(max_entries=32, show_spinner="Running all sequences", hash_funcs=BY_FOLDER)
def batch(run: Run, text: str) -> tuple[Batch, tuple[BatchRow, ...]]:
    """Return what was read from a text with a sequence per line, and what became of each."""
    found = read_batch(text, data.inputs_of(run), data.words_of(run))
    parts = {NETWORK: run.network, MACHINE: run.machine, PROGRAM: run.program}
    things = {name: part for name, part in parts.items() if part is not None}
    task = data.task_of(run)
    rows = run_batch(found.lines, things, task.apply if task is not None else None, run.network.card.output_words)
    return found, rows


def state_after(machine: MealyMachine, x: IntArray) -> int:
    """Return the state that inputs (T, D_in) lead to."""
    return int(trace(machine, x[None]).states[0, -1])


def state_at(lock: LockStep, step: int) -> int:
    """Return the machine's state after ``step`` inputs of a sequence; its number 0 where it cannot follow."""
    return int(lock.machine_states[step]) if lock.machine_states is not None else 0


def recent(states: Sequence[int], count: int) -> tuple[tuple[int, int], ...]:
    """Return the last ``count`` arrows along states that were visited one after the other."""
    return tuple(pairwise(states))[-count:]
