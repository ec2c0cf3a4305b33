"""What the program page computes about a run, kept between reruns."""

import numpy as np
import streamlit as st

from mips_core.distillation.alternatives import (
    Alternative,
    Judge,
    quick_alternatives,
    searched_alternatives,
)
from mips_core.machines.mealy import MealyMachine
from mips_core.programs.mutations import Mutation, suggestions
from mips_core.programs.program import Program
from mips_core.runs import Run
from mips_core.stepping import IntArray
from mips_core.verification.edit import EditCheck, check_edit
from mips_core.verification.provenance import (
    Provenance,
    Reading,
    finite_provenance,
    readings,
    sampled_provenance,
)
from mips_core.views.claims import counterexample, counterexample_text
from mips_core.views.program_names import without_claims
from mips_core.views.sequences import parse_sequence
from pages.parts import data
from pages.parts.run_key import BY_FOLDER

JUDGED = 500
"""Held-out sequences on which other programs are compared."""
FOLLOWED = 200
"""Sequences along which equations are followed beside the network."""


@st.cache_resource(max_entries=64, show_spinner="Following program and machine together", hash_funcs=BY_FOLDER)
def provenance(run: Run) -> Provenance:
    """Return where the lines of the run's program come from."""
    program = _program(run)
    bounds = [(r.low, r.high - 1) for r in data.inputs_of(run)]
    if isinstance(run.machine, MealyMachine):
        return finite_provenance(program, run.machine, bounds)
    return sampled_provenance(program, run.network, _sequences(run, FOLLOWED), bounds)


@st.cache_resource(max_entries=64, show_spinner="Reading the variables off the hidden states", hash_funcs=BY_FOLDER)
def read_off(run: Run) -> tuple[Reading, ...]:
    """Return how the variables of equations are read off the network's hidden state."""
    return readings(_program(run), run.network, _sequences(run, FOLLOWED))


@st.cache_resource(max_entries=64, show_spinner="Comparing other programs", hash_funcs=BY_FOLDER)
def alternatives(run: Run) -> tuple[Alternative, ...]:
    """Return the other programs that need no search, smallest first."""
    return quick_alternatives(_judge(run), _program(run))


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs=BY_FOLDER)
def more_alternatives(run: Run) -> tuple[Alternative, ...]:
    """Return those, and what a search of two seconds finds."""
    return searched_alternatives(_judge(run), alternatives(run))


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs=BY_FOLDER)
def _judge(run: Run) -> Judge:
    return Judge(run.network, run.machine, _sequences(run, JUDGED), data.inputs_of(run))


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs=BY_FOLDER)
def original_text(run: Run) -> str:
    """Return the program's text without its comment and docstring: what is claimed of it is not true of a change."""
    return without_claims(_program(run))


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs=BY_FOLDER)
def changes(run: Run) -> tuple[Mutation, ...]:
    """Return a few small changes to try."""
    return suggestions(original_text(run))


@st.cache_resource(max_entries=256, show_spinner=False, hash_funcs=BY_FOLDER)
def checked(run: Run, text: str) -> EditCheck:
    """Check an edited program against the run's network."""
    task = data.task_of(run)
    found = counterexample(run.report)
    known = []
    if found is not None:
        typed = counterexample_text(found)
        known = [parse_sequence(typed, data.inputs_of(run), 10_000, words=data.words_of(run))]
    return check_edit(
        run.network, text, inputs=data.inputs_of(run), length=int(run.report["length"]), original=run.program,
        machine=run.machine, draw=None if task is None else task.draw, known=known,
    )  # fmt: skip


def check_call(run: Run) -> str:
    """Return Python code that changes the program of a run as the first suggestion does, and checks it.

    It comes after :func:`pages.parts.data.program_call`, which imports ``open_run``.
    """
    found = changes(run)
    old, new = (found[0].before, found[0].after) if found else ("return outputs", "return []")
    return f"""from mips_core.tasks import Integers
from mips_core.verification.edit import check_edit

run = open_run("{run.id}")
edited = run.program.source.replace({old!r}, {new!r})
inputs = tuple(Integers(low, high) for low, high in run.report["inputs"])
check = check_edit(run.network, edited, inputs=inputs, length=run.report["length"], machine=run.machine)
print(check.verdict.verdict, check.verdict.counterexample)"""


def _program(run: Run) -> Program:
    assert run.program is not None
    return run.program


def _sequences(run: Run, count: int) -> IntArray:
    return np.asarray(data.sample(run, count, int(run.report["length"]), seed=77))
