"""The steps of the guided tour: each shows what there is to see, and asks about it."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import streamlit as st

from mips_core.errors import BadInputError, ProgramRefusedError, ProgramStoppedError
from mips_core.machines.mealy import MealyMachine
from mips_core.programs.mutations import Mutation, mutations
from mips_core.programs.program import Program
from mips_core.runs import Run
from mips_core.states.clusters import TOLERANCES
from mips_core.verification.edit import EditCheck, check_edit
from mips_core.views.claims import SOLVED, verdict
from mips_core.views.code_diff import DIFF_CSS, diff_html, diff_rows
from mips_core.views.colouring import CLUSTER, Colouring
from mips_core.views.hidden_state_figure import hidden_state_figure
from mips_core.views.hidden_states import principal_axes
from mips_core.views.palette import state_name
from mips_core.views.proof_words import headline
from mips_core.views.questions import (
    Reply,
    reply_break,
    reply_next_state,
    reply_output,
    reply_tolerance,
    reply_variable,
)
from mips_core.views.samples import inputs_of, sample, stepped, task_of
from mips_core.views.sequences import count_text, parse_sequence, range_text, sequence_text, step_text
from mips_core.views.tolerance_figure import tolerance_text
from pages.parts import data, states_data
from pages.parts.address import keep_unusual, prepare
from pages.parts.picker import show_claim
from pages.parts.plain import plain
from pages.parts.player import player
from pages.parts.run_key import BY_FOLDER
from pages.parts.stored_proofs import stored_proofs
from pages.parts.tour_questions import answered, ask, turn
from pages.parts.tour_training import show_training
from pages.parts.words import story as words

__all__ = ["STEPS", "answered", "choose_tour"]

_SHORT = 5
_FEW_STATES = 3
_MOST_STATES = 8


def choose_tour(runs: Iterable[Run]) -> Run | None:
    """Return the run that the tour goes through: a task with a small machine and a formula, best with a stored film."""

    def suits(run: Run) -> bool:
        machine, report = run.report["machine"] or {}, run.report
        small = machine.get("kind") == "mealy" and 2 <= machine["states"] <= _MOST_STATES
        return small and bool(report.get("task")) and len(report["inputs"]) == 1 and verdict(report) == SOLVED

    def order(run: Run) -> tuple[bool, int, str]:
        return not run.snapshot_file.exists(), abs(run.report["machine"]["states"] - _FEW_STATES), run.name

    return min(filter(suits, runs), key=order, default=None)


def task_step(run: Run) -> None:
    """Show examples of the task, and ask for the last answer of another one."""
    task = task_of(run)
    assert task is not None
    st.markdown(words.TASK)
    st.markdown(f"#### {run.name.replace('_', ' ')}: {task.description}")
    rows = [stepped(run, x) for x in sample(run, 5, int(run.report["length"]), seed=3)]
    st.dataframe(
        [{"reads": sequence_text(row.inputs), "answers": sequence_text(row.outputs["truth"])} for row in rows],
        hide_index=True,
    )
    x = sample(run, 1, _SHORT, seed=50 + turn(1))[0]
    truth = stepped(run, x).outputs["truth"]
    answers = sorted({int(v) for row in rows for v in row.outputs["truth"].ravel()} | {int(truth[-1, 0])})
    ask(
        run, 1, f"The input is **{sequence_text(x)}**. Which answer belongs to its last step?",
        lambda given: reply_output(x, truth, int(given)), options=answers,
    )  # fmt: skip


def training_step(run: Run) -> None:
    """Show the moments of the training, and ask when the network knew the task."""
    st.markdown(words.TRAINING)
    show_training(run)


def clusters_step(run: Run) -> None:
    """Show the hidden states in clusters of a tolerance, and ask for one that mixes nothing."""
    st.markdown(words.CLUSTERS)
    found, machine = states_data.analysis(run), run.machine
    assert isinstance(machine, MealyMachine)
    offered = [t for t in TOLERANCES if t >= 1e-3]
    usual = offered[len(offered) // 4]
    prepare("tour_tolerance", usual, offered, float)
    tolerance = st.select_slider(
        "How close counts as the same, as a share of the cloud's extent", offered, key="tour_tolerance",
        format_func=tolerance_text,
    )  # fmt: skip
    keep_unusual("tour_tolerance", tolerance, usual)
    labels = found.links.labels(tolerance)
    groups = {int(c): f"cluster {c + 1}" for c in np.unique(labels)}
    figure = hidden_state_figure(
        found.cloud, principal_axes(found.cloud.states, 2), Colouring(CLUSTER, labels, groups), drawn=found.drawn
    )
    clusters = count_text(len(groups), "cluster")
    st.plotly_chart(figure, key="tour_cloud", alt=f"Hidden states in {clusters}, along their two principal axes.")
    st.caption(f"At this tolerance there are **{clusters}**.")
    ask(
        run, 3, "Find a tolerance at which no cluster mixes hidden states that behave differently, with few clusters.",
        lambda _: reply_tolerance(found.links, found.steps, tolerance, machine.states), another=False,
    )  # fmt: skip
    st.page_link(
        "pages/hidden_states.py", label="All hidden states", icon=":material/scatter_plot:", query_params=_link(run)
    )


def machine_step(run: Run) -> None:
    """Show the machine at work, and ask where an arrow leads."""
    st.markdown(words.MACHINE)
    machine = run.machine
    assert isinstance(machine, MealyMachine)
    player(run, data.example(run), panels=("tape", "machine"), key="tour_machine")
    rng = np.random.default_rng(70 + turn(4))
    state, symbol = int(rng.integers(machine.states)), int(rng.integers(len(machine.symbols)))
    ask(
        run, 4, f"The machine is in **{state_name(state)}** and reads **{step_text(machine.symbols[symbol])}**. "
        "Which state comes next?",
        lambda given: reply_next_state(machine, state, symbol, int(given)), options=range(machine.states),
        show=lambda s: state_name(int(s)),
    )  # fmt: skip
    st.page_link(
        "pages/state_machine.py", label="All of the machine", icon=":material/account_tree:", query_params=_link(run)
    )


def code_step(run: Run) -> None:
    """Show the program at work, and ask for the value of a variable."""
    st.markdown(words.CODE)
    program = run.program
    assert program is not None
    player(run, data.example(run), panels=("tape", "program"), key="tour_program")
    x = sample(run, 1, _SHORT, seed=90 + turn(5))[0]
    variable = program.system.state[turn(5) % len(program.system.state)].name
    ask(
        run, 5, f"The program has read **{sequence_text(x)}**. Which value does `{variable}` hold now?",
        lambda given: reply_variable(program, x, variable, int(given)), number=0,
    )  # fmt: skip
    st.page_link("pages/program_view.py", label="All of the program", icon=":material/code:", query_params=_link(run))


def proof_step(run: Run) -> None:
    """Show a program with one place changed, ask for an input that shows it, and say what is proved of the original."""
    st.markdown(words.PROOF)
    program = run.program
    assert program is not None
    edited, check = _edit(run, turn(6))
    st.html(f"<style>{DIFF_CSS}</style>")
    st.html(diff_html(diff_rows(_body(program.source), _body(edited.source), context=20)))

    def judge(given: str) -> Reply:
        try:
            return reply_break(program, edited.source, parse_sequence(given or "", inputs_of(run)))
        except (BadInputError, ProgramRefusedError, ProgramStoppedError) as error:
            return Reply(False, str(error))

    ask(
        run, 6, "Find an input on which the changed program answers something else.", judge,
        text=f"Input: {range_text(inputs_of(run))} at each step",
    )  # fmt: skip
    found = check.verdict.counterexample
    with st.expander("Show me the shortest one", icon=":material/lightbulb:"):
        st.markdown("Every shorter input was tried." if check.shortest == "all" else "The shortest that was found.")
        st.code("" if found is None else sequence_text(np.array(found.inputs).reshape(found.length, -1)), language=None)
    st.markdown(words.CLAIMS)
    show_claim(run)
    if _original(run).equals_machine:
        st.markdown(
            ":blue[:material/verified:] **Proved for all lengths:** the program equals the machine. "
            + plain(headline(stored_proofs(run)).replace("**", ""))
        )
        st.page_link(
            "pages/proof_view.py", label="What is proved of its network", icon=":material/verified:",
            query_params=_link(run),
        )  # fmt: skip
    st.page_link(
        "pages/compare_view.py", label="Who agrees with whom", icon=":material/compare_arrows:", query_params=_link(run)
    )


STEPS = (task_step, training_step, clusters_step, machine_step, code_step, proof_step)


def _link(run: Run) -> dict[str, str]:
    return {"task": run.name}


def _body(source: str) -> str:
    """Return a program without its docstring: from the first line that does something."""
    lines = source.splitlines(keepends=True)
    return "".join(lines[_first_line(source) :])


def _first_line(source: str) -> int:
    return next(i for i, line in enumerate(source.splitlines()) if line.lstrip().startswith("outputs"))


@st.cache_resource(max_entries=16, show_spinner="Changing the program at one place", hash_funcs=BY_FOLDER)
def _edit(run: Run, number: int) -> tuple[Mutation, EditCheck]:
    """Return the change with this number that makes a difference, and its check."""
    program = run.program
    assert program is not None
    every = [each for each in mutations(program.source) if each.line > _first_line(program.source) + 1]
    for each in (*every[number % len(every) :], *every):
        check = _check(run, program, each.source)
        if check.verdict.counterexample is not None:
            return each, check
    raise BadInputError(f"No small change of the program of {run.name} makes a difference.")


@st.cache_resource(max_entries=4, show_spinner="Checking the program", hash_funcs=BY_FOLDER)
def _original(run: Run) -> EditCheck:
    program = run.program
    assert program is not None
    return _check(run, program, program.source)


def _check(run: Run, program: Program, source: str) -> EditCheck:
    return check_edit(
        run.network, source, inputs=inputs_of(run), length=int(run.report["length"]), original=program,
        machine=run.machine,
    )  # fmt: skip
