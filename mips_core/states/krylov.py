"""Integer coordinates for the hidden states of a network whose transition is affine.

With h' = A h + B e + b every hidden state is the start plus a sum of the vectors A^k B and A^k b, one for each past
input: the Krylov vectors.  Where a trained network counts or remembers integers these vectors generate a lattice.  A
basis of it is collected one vector at a time, as seen by the readout now and later, so that directions which the
network never reads play no part; the update of the coordinates is then an exact integer recurrence.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mips_core.errors import NoLatticeError
from mips_core.expressions import Variable
from mips_core.integer_algebra import as_integers, solve
from mips_core.networks.mlp import MlpNetwork
from mips_core.networks.protocol import FloatArray
from mips_core.progress import Monitor
from mips_core.states.coordinates import IntegerCoordinates
from mips_core.states.phrasing import phrase
from mips_core.states.reachable import NEGLIGIBLE, VectorLattice, observability
from mips_core.states.readable import most_readable
from mips_core.states.recurrence import AffineRecurrence
from mips_core.states.responses import input_columns
from mips_core.states.virtual_inputs import VirtualInput, shift_tables, virtual_inputs
from mips_core.stepping import IntArray, trace
from mips_core.tasks.integers import Integers

CLEAR = 0.1
"""Largest distance of a constant step from a lattice vector at which it is read as that vector."""

FADES = 0.2
"""A constant step that one more step makes shorter than this, relative to itself, is forgotten rather than counted."""


def integer_coordinates(
    network: MlpNetwork,
    states: FloatArray | None = None,
    *,
    inputs: Sequence[Integers] | None = None,
    negligible: float = NEGLIGIBLE,
    monitor: Monitor | None = None,
) -> IntegerCoordinates:
    """Find integer coordinates of the reachable hidden states, and their exact update.

    Parameters
    ----------
    states : float64, shape (M, d); hidden states to refit the basis on when ``inputs`` are not known
    inputs : the integers that may occur, one range per input: sequences of them are sampled (with a fixed seed) to
        refit the basis and to measure how far the network's coordinates are from the integers
    negligible : part of a vector outside the lattice, relative to its longest basis vector, that is taken for noise

    Raises
    ------
    NoLatticeError
        when the transition is not affine, the Krylov vectors generate no lattice of few dimensions, or the sampled
        hidden states do not follow it.
    """
    if not network.is_transition_affine:
        raise NoLatticeError(
            f"The hidden MLP has {len(network.hidden)} layers with {network.activation} between; integer coordinates "
            "by reachability need an affine transition. Use the integer autoencoder instead."
        )
    monitor = monitor or Monitor()
    transition, _, _ = network.affine_transition()
    columns, bias, blocks = input_columns(network)
    if not (np.isfinite(transition).all() and np.isfinite(columns).all()):
        raise NoLatticeError("The network's weights are not finite. Check how it was trained.")
    step = transition @ network.start_state + bias - network.start_state  # with every input at its reference
    weights = observability(network)
    lattice, update, constant, start = _constant_part(transition, weights, columns, step, blocks, negligible)
    effect = np.array([lattice.integers(column) for column in columns.T], dtype=np.int64)
    effect = effect.reshape(columns.shape[1], len(update)).T
    virtual, parameters, reference = virtual_inputs(effect[None], blocks, prefer_input=False)
    matrix = np.array(parameters[0], dtype=np.int64).reshape(len(update), len(virtual))
    shift = np.array(reference[0], dtype=np.int64)
    raw = AffineRecurrence(np.hstack([update, matrix, (constant - shift)[:, None]]), start)
    chosen = most_readable([raw], monitor)
    chosen, changed = shift_tables(chosen, virtual, monitor)
    turn = _change(raw, virtual, chosen, changed, blocks)
    # new code = old code @ turn + moved; the old code is 0 one step after the start
    basis = np.asarray(np.linalg.solve(turn.astype(np.float64), lattice.rows), dtype=np.float64)
    moved = chosen.start - raw.start @ turn
    first = update @ start + constant
    offset = network.start_state + step - (first @ turn + moved) @ basis
    return _fitted(network, basis, offset, weights, chosen, changed, states, inputs)


def _constant_part(
    transition: FloatArray,
    weights: FloatArray,
    columns: FloatArray,
    step: FloatArray,
    blocks: tuple[Integers, ...] | None,
    negligible: float,
) -> tuple[VectorLattice, IntArray, IntArray, IntArray]:
    """Return the lattice, the integer update (n, n), its constant (n,) and the start code (n,).

    The start state itself is never read out, so it need not lie on the lattice: codes count from the state after one
    step.  From there the constant moves the code by A step, which must be a lattice vector.  Where it is not, codes
    count from the start state and the step joins the lattice: of symbols that are counted, each takes a step of its
    own, and only all of them together may add up to zero.
    """
    lattice = VectorLattice(weights, negligible)
    lattice.close(transition, list(columns.T))
    found, rest = lattice.coordinates(transition @ step)
    fades = np.linalg.norm(weights @ transition @ step) <= FADES * np.linalg.norm(weights @ step)
    lies_on = rest <= negligible and bool((np.abs(found - np.rint(found)) <= CLEAR).all())
    if lies_on and (blocks is None or fades):
        update = _update(lattice, transition)
        constant = lattice.integers(transition @ step)
        solved = solve(update.tolist(), [[-int(v)] for v in constant]) if constant.any() else []
        exact = None if solved is None else as_integers(solved)
        if exact is not None:  # some code before the first step leads to code 0 after it
            start = np.array([row[0] for row in exact], dtype=np.int64) if exact else np.zeros_like(constant)
            return lattice, update, constant, start
    lattice = VectorLattice(weights, negligible)
    first = 0 if blocks is None else len(blocks[0])
    own = [step + column for column in columns.T[:first]] if blocks is not None else [step]
    lattice.close(transition, [*(column for column in columns.T[first:] if column.any()), *own])
    return lattice, _update(lattice, transition), lattice.integers(step), np.zeros(len(lattice.rows), dtype=np.int64)


def _update(lattice: VectorLattice, transition: FloatArray) -> IntArray:
    n = len(lattice.rows)
    moved = np.array([lattice.integers(transition @ row) for row in lattice.rows], dtype=np.int64)
    return moved.reshape(n, n).T


def _symbol_steps(
    recurrence: AffineRecurrence, virtual: Sequence[VirtualInput], blocks: tuple[Integers, ...] | None
) -> list[list[int]]:
    """Chains of what every input does to the code, at once and later: columns that tell any two bases apart."""
    n = recurrence.order
    forward = recurrence.rows[:, :n].astype(object)
    columns = []
    constant = forward @ recurrence.start + recurrence.rows[:, -1] - recurrence.start
    for i, v in enumerate(virtual):
        column = recurrence.rows[:, n + i].astype(object)
        if blocks is None or v.values is None:
            columns.append(column)
            values = None if blocks is None else blocks[v.position].values
        else:
            columns += [column * int(value - v.values[0]) for value in v.values[1:]]
            values = v.values
        if values is not None:
            constant = constant + column * int(values[0])
    columns.append(constant)
    chain = list(columns)
    for _ in range(n - 1):
        columns = [forward @ column for column in columns]
        chain += columns
    return [[int(v) for v in column] for column in chain]


def _change(
    old: AffineRecurrence,
    old_inputs: Sequence[VirtualInput],
    new: AffineRecurrence,
    new_inputs: Sequence[VirtualInput],
    blocks: tuple[Integers, ...] | None,
) -> IntArray:
    """Return T, int64 (n, n), with new code - new start = (old code) @ T."""
    if old.order == 0:
        return np.zeros((0, 0), dtype=np.int64)
    before, after = _symbol_steps(old, old_inputs, blocks), _symbol_steps(new, new_inputs, blocks)
    found = solve(before, after)
    exact = None if found is None else as_integers(found)
    if exact is None:
        raise ArithmeticError("two forms of one recurrence do not belong together")
    return np.array(exact, dtype=np.int64)


def _fitted(
    network: MlpNetwork,
    basis: FloatArray,
    offset: FloatArray,
    weights: FloatArray,
    recurrence: AffineRecurrence,
    virtual: tuple[VirtualInput, ...],
    states: FloatArray | None,
    inputs: Sequence[Integers] | None,
) -> IntegerCoordinates:
    """Refit basis and offset on hidden states, and measure how far their coordinates are from the integers."""
    n = recurrence.order
    words = [f"u{i}" for i in range(len(virtual))]
    names = phrase(recurrence, [Variable(word) for word in words], words).names

    def build(rows: FloatArray, origin: FloatArray, deviation: float) -> IntegerCoordinates:
        decoder = np.linalg.pinv(weights @ rows.T) @ weights if n else np.zeros((0, len(origin)))
        return IntegerCoordinates(rows, origin, recurrence, virtual, decoder.T, deviation, names)

    found = build(basis, offset, float("nan"))
    if n == 0 or (inputs is None and states is None):
        return found
    if inputs is not None:
        rng = np.random.default_rng(0)
        length = network.card.length or 10
        x = np.stack([rng.integers(r.low, r.high, size=(256, length)) for r in inputs], axis=2)
        flat = trace(network, x).states[:, 1:].reshape(-1, len(offset))
        codes = found.run(x)[:, 1:].reshape(-1, n)
    else:
        assert states is not None
        away = np.abs(states - network.start_state).max(axis=1) > 0  # the start state is never read out
        flat, codes = states[away], found.encode(states[away])
    candidates = [found]
    design = np.hstack([codes, np.ones((len(codes), 1))])
    if len(codes) > n and np.linalg.matrix_rank(design) == n + 1:
        refit = np.asarray(np.linalg.lstsq(design, flat, rcond=None)[0], dtype=np.float64)
        candidates.append(build(refit[:-1], refit[-1], float("nan")))
    errors = [np.abs(candidate.coordinates(flat) - codes) for candidate in candidates]
    best = int(np.argmin([error.max(initial=0.0) for error in errors]))
    wrong = float((errors[best] >= 0.5).any(axis=1).mean()) if len(codes) else 0.0
    if wrong > 0.1:
        raise NoLatticeError(
            f"{wrong:.0%} of the sampled hidden states lie nearer to another lattice point than to their own; "
            "at most 10% were expected. Train the network further, or extract a finite machine."
        )
    return build(candidates[best].basis, candidates[best].offset, float(errors[best].max(initial=0.0)))
