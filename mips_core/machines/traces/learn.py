"""From recorded sequences and a network to one machine."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mips_core.errors import TooManyStatesError
from mips_core.machines.minimise import walk_order
from mips_core.machines.traces.answers import ASKED, Answers
from mips_core.machines.traces.prefix_tree import build_tree
from mips_core.machines.traces.red_blue import Merging
from mips_core.machines.traces.refitting import Refitting
from mips_core.machines.traces.restarts import smallest
from mips_core.machines.traces.tables import Recordings, Tables
from mips_core.networks.protocol import FloatArray
from mips_core.networks.recurrent import Recurrent
from mips_core.progress import Monitor
from mips_core.stepping import IntArray

TOLERANCES = (0.002, 0.0, 0.0005)
"""Shares of wrong recordings that merging puts up with at least, tried in turn.

One merge on little evidence can be wrong, and its evidence then forbids right ones.  Putting up with a few
contradictions gives too few states rather than too many; what is wrong with them is corrected afterwards.
"""


SILENT = 500
"""Transitions recorded less often than this may leave open where they lead."""


@dataclass(frozen=True, eq=False)
class Learned:
    """A machine with what was recorded of it.

    Parameters
    ----------
    tables : the machine
    observed : bool, shape (S, X); False where nothing was recorded; there :func:`answered` puts the network's answer
    noise : share of the recorded outputs that others after the same inputs contradict, in [0, 1)
    wrong : recorded outputs that the machine gives otherwise
    """

    tables: Tables
    observed: NDArray[np.bool_]
    noise: float
    wrong: int


def learn_from_traces(
    recordings: Recordings,
    network: Recurrent,
    symbols: IntArray,
    *,
    max_states: int,
    seed: int,
    monitor: Monitor,
) -> Learned | None:
    """Return the machine with the fewest wrong outputs, and of these the smallest; None when none was found in time.

    Recordings that do not contradict themselves are given exactly (:mod:`restarts`); else a few are put up with.

    Parameters
    ----------
    recordings : what was recorded, outputs numbered as the network's scores
    network : it has learned the recordings
    symbols : int64, shape (X, D_in); the input symbols that the recordings number
    max_states : more states are not looked for
    """
    lengths = recordings.mask.sum(axis=1)
    tree = build_tree(recordings.x, recordings.y, lengths, len(symbols), recordings.outputs)
    compared, minority = tree.repeated
    noise = minority / max(1, compared)
    answers = Answers(network, symbols, seed=seed)
    if not tree.misses.any():  # nothing contradicts anything, so nothing is forgiven
        found = smallest(tree, recordings, answers, network, symbols, max_states=max_states, seed=seed, monitor=monitor)
        if found is not None:
            return Learned(found, recordings.settled(found)[1].sum(axis=2) > 0, 0.0, 0)
    best: tuple[tuple[int, int], Tables] | None = None
    for tolerance in sorted({max(noise, tolerance) for tolerance in TOLERANCES}, reverse=True):
        if best is not None and monitor.expired:
            break
        monitor.report("extract", f"Merging {len(tree.edge):,} recorded beginnings into states")
        try:
            first = Merging(tree, answers, noise=tolerance, max_states=max_states).run(monitor.check)
        except TooManyStatesError:
            continue
        refitting = Refitting(recordings, first, noise=noise, seed=seed)
        monitor.report("extract", f"{first.states} states, {refitting.wrong:,} recorded outputs given otherwise")
        refitting.run(monitor, max_states)
        _ask_about_silent(refitting, recordings, answers, monitor)
        tables = refitting.tables
        excess = max(0, refitting.wrong - int(noise * recordings.mask.sum())) if noise else refitting.wrong
        key = excess, tables.states
        if best is None or key < best[0]:
            best = key, tables
        if excess == 0 and noise == 0.0 and tables.states <= 4:
            break
    if best is None:
        return None
    tables, counts = recordings.settled(best[1])
    wrong = int(counts.sum() - counts.max(axis=2).sum())
    return Learned(tables, counts.sum(axis=2) > 0, noise, wrong)


def answered(learned: Learned, recordings: Recordings, network: Recurrent, symbols: IntArray, *, seed: int) -> Learned:
    """Return the machine with the network's answers where nothing was recorded, its states numbered by a walk.

    The network is asked after recorded words; a transition leads to the state whose answers are most like those
    that it gives there.
    """
    tables, observed = learned.tables, learned.observed
    next_state, output = tables.next_state.copy(), tables.output.copy()
    if not observed.all():
        answers = Answers(network, symbols, seed=seed)
        hidden = _hidden_states(tables, recordings, answers)
        signatures = np.array([answers.signature(each) for each in hidden])
        for s, a in np.argwhere(~observed):
            led = answers.after(hidden[s], int(a))
            output[s, a] = answers.output(led)
            next_state[s, a] = int((signatures != answers.signature(led)).sum(axis=1).argmin())
    order = walk_order(next_state, 0)
    rank = np.zeros(tables.states, dtype=np.int64)
    rank[order] = np.arange(len(order))
    return replace(learned, tables=Tables(rank[next_state[order]], output[order]), observed=observed[order])


def _ask_about_silent(refitting: Refitting, recordings: Recordings, answers: Answers, monitor: Monitor) -> None:
    """Let the network choose where the recordings allow a transition to lead to several states."""
    tables = refitting.tables
    visits = recordings.counts(recordings.states(tables), tables).sum(axis=2).reshape(-1)
    hidden = _hidden_states(tables, recordings, answers)
    signatures = np.array([answers.signature(each) for each in hidden])
    symbols = tables.next_state.shape[1]
    for edge in np.flatnonzero((visits > 0) & (visits < SILENT)):
        if monitor.expired:
            return
        possible = refitting.alternatives(int(edge))
        if len(possible) < 2:
            continue
        led = answers.after(hidden[edge // symbols], int(edge % symbols))
        differing = (signatures[possible] != answers.signature(led)).sum(axis=1)
        present = int(refitting.tables.next_state.reshape(-1)[edge])
        best = int(possible[differing.argmin()])
        if best != present and differing.min() < differing[possible == present][0]:
            refitting.lead(int(edge), best)


def _hidden_states(tables: Tables, recordings: Recordings, answers: Answers) -> list[FloatArray]:
    """Return hidden states of the network after recorded words that lead to each state, the shortest words."""
    states = recordings.states(tables)
    found = []
    for state in range(tables.states):
        steps, rows = np.nonzero(((states == state) & recordings.mask).T)
        if len(rows) == 0:
            found.append(answers.start)
            continue
        words = [recordings.x[row, :step] for step, row in zip(steps[:ASKED], rows[:ASKED], strict=True)]
        found.append(np.concatenate([answers.reached(word) for word in words]))
    return found
