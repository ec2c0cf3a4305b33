"""A machine by majority vote, for networks that are right most of the time (error-correcting extraction).

Query learning believes every single answer, so one wrong answer makes a wrong state.  Here a
state is a signature (answers after a few short suffixes) that *many* positions of words at the
trained length share; where it goes on each symbol is voted on by several of its hidden states.
Rare signatures are taken for errors of the network.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mips_core.machines.compare import same_tables
from mips_core.machines.labels import agreement
from mips_core.machines.learning.hypothesis import Hypothesis, QueryLearning
from mips_core.machines.learning.oracle import Hidden, Oracle, OutOfBudget
from mips_core.machines.learning.table import intern_rows
from mips_core.machines.mealy import MealyMachine
from mips_core.machines.minimise import minimise
from mips_core.progress import Monitor
from mips_core.stepping import IntArray, Stepper

_POSITIONS = 2_000
_QUESTIONS = 150_000
_SUPPORTS = (0.002, 0.01, 0.03)


def candidate_machines(
    network: Stepper,
    symbols: IntArray,
    *,
    length: int,
    rng: np.random.Generator,
    monitor: Monitor | None = None,
    learning: QueryLearning | None = None,
    max_steps: int = 6_000_000,
) -> tuple[Hypothesis, ...]:
    """Return the distinct machines that an imperfect network may mean, smallest first.

    They are the hypotheses of ``learning`` (run it first; see :func:`learn_machine`) and the
    machines voted for with suffixes of single symbols, of pairs, and those of ``learning``, at
    several shares below which a signature counts as an error.  The caller picks the smallest
    that reproduces the data.  Ends early, with what it has, when the monitor's time is up.

    Parameters
    ----------
    network, symbols, length, rng, monitor, max_steps : as for :func:`learn_machine`
    learning : a finished query learning on the same network and symbols, or None
    """
    monitor = monitor if monitor is not None else Monitor()
    alphabet = np.unique(symbols, axis=0)
    oracle = Oracle(network, alphabet, monitor, max_steps)
    found = list(learning.hypotheses) if learning is not None else []
    x_1x = alphabet[rng.integers(len(alphabet), size=(500, length))]
    x_5x = alphabet[rng.integers(len(alphabet), size=(100, 5 * length))]
    try:
        hidden = _sample(oracle, length, rng)
        for suffixes in _suffix_sets(alphabet, learning):
            codes = _signatures(oracle, hidden, suffixes)
            for support in _SUPPORTS:
                machine = _vote(oracle, hidden, codes, suffixes, support, rng)
                if machine is None or any(same_tables(machine, h.machine) for h in found):
                    continue
                agreements = {"1x": agreement(network, machine, x_1x), "5x": agreement(network, machine, x_5x)}
                found.append(Hypothesis(machine, tuple(alphabet[suffix] for suffix in suffixes), agreements))
    except OutOfBudget:
        monitor.check()  # out of time or steps: what was found so far is the answer
    distinct: list[Hypothesis] = []
    for hypothesis in sorted(found, key=lambda h: (h.states, -h.agrees_1x.share)):
        if not any(same_tables(hypothesis.machine, other.machine) for other in distinct):
            distinct.append(hypothesis)
    return tuple(distinct)


def _suffix_sets(alphabet: IntArray, learning: QueryLearning | None) -> list[tuple[IntArray, ...]]:
    """Return sets of suffixes (symbol positions): single symbols, up to pairs, and those that learning needed."""
    count = len(alphabet)
    sets: list[tuple[IntArray, ...]] = []
    singles = tuple(np.array([i]) for i in range(count))
    if count <= 64:
        sets.append(singles)
    if count <= 4:
        sets.append((*singles, *(np.array([i, j]) for i in range(count) for j in range(count))))
    if learning is not None and learning.hypotheses:
        position = {tuple(row): i for i, row in enumerate(alphabet.tolist())}
        best = max(learning.hypotheses, key=lambda h: (h.agrees_1x.agree, -h.states))
        for hypothesis in (learning.hypotheses[0], best):
            words = [np.array([position[tuple(step)] for step in word.tolist()]) for word in hypothesis.suffixes]
            if words:
                sets.append(tuple(words))
    return sets


def _sample(oracle: Oracle, length: int, rng: np.random.Generator) -> Hidden:
    """Return hidden states at random positions of random words at 1x, shape (P, ...); the start comes first."""
    count = int(np.clip(20_000 // length, 40, 400))
    words = rng.integers(len(oracle.symbols), size=(count, length))
    state = oracle.network.start(count)
    history = []
    for t in range(length):
        history.append(state)
        state, _ = oracle.step(state, words[:, t])
    states = np.concatenate(history)
    chosen = rng.permutation(len(states))[:_POSITIONS]
    return np.concatenate((oracle.start(), states[chosen]))


def _signatures(oracle: Oracle, hidden: Hidden, suffixes: Sequence[IntArray]) -> IntArray:
    """Return the answers (M, E) after each suffix; equal numbers in a column are equal answers."""
    columns = []
    for outputs in oracle.after_all(hidden, suffixes):
        # answers themselves when there is one output, so that columns of different calls compare
        columns.append(outputs[:, 0] if outputs.shape[1] == 1 else _hashed(outputs))
    return np.stack(columns, axis=1)


def _hashed(outputs: IntArray) -> IntArray:
    """Return one number per row of several outputs; equal rows give equal numbers in every call."""
    factors = np.random.default_rng(0).integers(-(2**62), 2**62, size=outputs.shape[1], dtype=np.int64) | 1
    hashed: IntArray = (outputs * factors).sum(axis=1)
    return hashed


def _vote(
    oracle: Oracle,
    hidden: Hidden,
    codes: IntArray,
    suffixes: Sequence[IntArray],
    support: float,
    rng: np.random.Generator,
) -> MealyMachine | None:
    """Return the minimal machine whose states are the signatures with enough support, or None when it is too large."""
    found, first, inverse, counts = np.unique(codes, axis=0, return_index=True, return_inverse=True, return_counts=True)
    inverse = inverse.ravel()
    keep = np.flatnonzero((counts >= support * len(codes)) | (first == 0))  # the start always counts
    states, alphabet = len(keep), len(oracle.symbols)
    cost = states * alphabet * (1 + sum(len(suffix) for suffix in suffixes))
    if cost > 10 * _QUESTIONS or states * states * alphabet > 30_000_000:
        return None
    voters = int(np.clip(_QUESTIONS // cost, 1, 12))
    owner, members = [], []
    for number, signature in enumerate(keep):
        rows = np.flatnonzero(inverse == signature)
        chosen = rng.permutation(rows)[:voters]
        members.append(chosen)
        owner.append(np.full(len(chosen), number))
    following, outputs = oracle.every(hidden[np.concatenate(members)])
    flat = following.reshape(-1, *hidden.shape[1:])
    cell = (np.concatenate(owner)[:, None] * alphabet + np.arange(alphabet)).ravel()
    table = found[keep]
    answers = _signatures(oracle, flat, suffixes)
    next_state = _majority(cell, _nearest(answers, table), states * alphabet)
    answered = outputs.reshape(-1, outputs.shape[2])
    known: dict[tuple[int, ...], int] = {}
    numbers = intern_rows(np.zeros(len(answered), dtype=np.int64), answered, known)
    values = np.array(list(known), dtype=np.int64)[:, 1:]
    output = values[_majority(cell, numbers, states * alphabet)]
    start = int(np.flatnonzero(keep == inverse[0])[0])
    return minimise(
        MealyMachine(next_state.reshape(states, alphabet), output.reshape(states, alphabet, -1), oracle.symbols, start)
    )


def _nearest(answers: IntArray, table: IntArray) -> IntArray:
    """Return for each signature (M, E) the row of ``table`` (S, E) with most equal answers, the first of those."""
    distinct, inverse = np.unique(answers, axis=0, return_inverse=True)
    best = np.array([int(np.argmax((table == row).sum(axis=1))) for row in distinct])
    return best[inverse.ravel()]


def _majority(cell: IntArray, value: IntArray, cells: int) -> IntArray:
    """Return the most frequent value of every cell, int64 (cells,); ties go to the smallest value."""
    pairs, counts = np.unique(np.stack((cell, value), axis=1), axis=0, return_counts=True)
    order = np.lexsort((pairs[:, 1], -counts, pairs[:, 0]))
    pairs = pairs[order]
    winner = np.searchsorted(pairs[:, 0], np.arange(cells))
    result: IntArray = pairs[winner, 1]
    return result
