"""Questions of the guided tour, each with an answer that the page checks by running network, machine or program.

Nothing here holds a table of answers: what is right is computed from the run on which the tour goes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mips_core.machines.mealy import MealyMachine
from mips_core.networks.snapshots import Snapshots
from mips_core.programs.program import Program
from mips_core.programs.sandbox import run_program
from mips_core.states.clusters import PointSteps, SingleLinkage, conflicts
from mips_core.stepping import IntArray, outputs_of, trace
from mips_core.views.palette import state_name
from mips_core.views.sequences import count_text, sequence_text, share_text, step_text


@dataclass(frozen=True)
class Reply:
    """What the page says to an answer: whether it is right, and a sentence that explains why."""

    right: bool
    sentence: str


def reply_output(x: IntArray, truth: IntArray, given: int) -> Reply:
    """Judge the answer that a reader expects after the last step of ``x`` (T, 1); ``truth`` (T, 1) is right."""
    outputs = truth[:, 0].tolist()
    wanted = f"the answers are {' '.join(map(str, outputs))}"
    if given == outputs[-1]:
        return Reply(True, f"Right: along {sequence_text(x)} {wanted}.")
    return Reply(False, f"Not this time: along {sequence_text(x)} {wanted}. The last one is {outputs[-1]}.")


def first_perfect_moment(film: Snapshots, length: int) -> int | None:
    """Return the first moment (from 0) from which on every held-out sequence of ``length`` steps is right, or None."""
    place = int(np.flatnonzero(film.lengths == length)[0])
    right = film.accuracy[:, place] == 1.0
    wrong = np.flatnonzero(~right)
    first = 0 if not len(wrong) else int(wrong[-1]) + 1
    return first if first < len(right) else None


def reply_moment(film: Snapshots, length: int, given: int) -> Reply:
    """Judge at which moment of the training, from 0, a reader says that the network knew the task for good."""
    place = int(np.flatnonzero(film.lengths == length)[0])
    first = first_perfect_moment(film, length)
    if not 0 <= given < film.count:
        return Reply(False, f"The moments go from 0 to {film.count - 1}.")
    share = film.accuracy[given, place]
    shown = "all" if share == 1.0 else share_text(share)
    here = f"At moment {given} it is right on {shown} of the held-out sequences"
    if first is None:
        return Reply(given == film.count - 1, f"{here}. It never is on all of them; the last moment is the best.")
    if given == first:
        return Reply(True, f"Right. {here}, and stays so. Before that it was not.")
    if given < first:
        return Reply(False, f"{here}{', but not for good' if share == 1.0 else ''}. Look later.")
    return Reply(False, f"{here}, but it was so earlier already. Look earlier.")


def reply_tolerance(links: SingleLinkage, steps: PointSteps, tolerance: float, states: int) -> Reply:
    """Judge a tolerance: it is right when no cluster mixes hidden states that behave differently.

    Parameters
    ----------
    tolerance : share of the cloud's extent
    states : of the minimal machine
    """
    labels = links.labels(tolerance)
    found, count = conflicts(labels, steps), links.count(tolerance)
    mixed = found.moves + found.answers
    if mixed:
        return Reply(
            False,
            f"{count_text(count, 'cluster')}, but {count_text(mixed, 'time')} one input leads from the same cluster to "
            "different ones, or gives different answers. Hidden states that differ were thrown together: choose less.",
        )
    if count > 4 * states:
        return Reply(
            False,
            f"{count_text(count, 'cluster')}, and each behaves in one way. But so many are hard to read: choose more, "
            "as long as none of them mixes what differs.",
        )
    more = count - states
    rest = (
        "as many as the machine has states"
        if more == 0
        else f"{more} more than the machine has states: the network keeps some memories in several places, and the "
        "next step merges those that behave alike"
    )
    return Reply(True, f"Right: {count_text(count, 'cluster')}, and each behaves in one way. That is {rest}.")


def reply_next_state(machine: MealyMachine, state: int, symbol: int, given: int) -> Reply:
    """Judge where a reader says that the machine goes from ``state`` on the input with number ``symbol``."""
    target = int(machine.next_state[state, symbol])
    arrow = (
        f"in {state_name(state)} the input {step_text(machine.symbols[symbol], machine.input_words)} leads to "
        f"{state_name(target)}"
    )
    return Reply(given == target, f"{'Right' if given == target else 'No'}: {arrow}.")


def reply_variable(program: Program, x: IntArray, name: str, given: int) -> Reply:
    """Judge which value a reader says that a variable of the program holds after ``x`` (T, D_in)."""
    place = [variable.name for variable in program.system.state].index(name)
    values = trace(program, x[None]).states[0][:, place].tolist()
    way = " → ".join(map(str, values))
    return Reply(given == values[-1], f"{'Right' if given == values[-1] else 'No'}: `{name}` goes {way}.")


def reply_break(program: Program, edited: str, x: IntArray) -> Reply:
    """Judge whether ``x`` (T, D_in) tells an edited program from the original; it runs in the sandbox.

    Raises
    ------
    ProgramRefusedError
        when the edited program leaves the allowed subset.
    ProgramStoppedError
        when it took too long.
    """
    if not len(x):
        return Reply(False, "The empty input has no answer yet. Type at least one step.")
    wanted = outputs_of(program, x[None])[0]
    ran = run_program(
        edited, [[tuple(step) for step in x.tolist()]], input_width=x.shape[1], output_width=wanted.shape[1],
        input_words=program.input_words, output_words=program.output_words,
    )  # fmt: skip
    found = ran.results[0]
    if isinstance(found, str):
        return Reply(True, f"Right: the edited program fails on it ({found}).")
    for step, (a, b) in enumerate(zip(wanted.tolist(), map(list, found), strict=True), start=1):
        if a != b:
            return Reply(
                True,
                f"Right: at step {step} the program answers {_text(a)}, and the edited one {_text(b)}. "
                f"That makes {sequence_text(x[:step], program.input_words)} a counterexample.",
            )
    return Reply(False, f"Both give the same answers on all {count_text(len(x), 'step')}. Try another input.")


def _text(row: Sequence[object]) -> str:
    return ";".join(map(str, row))
