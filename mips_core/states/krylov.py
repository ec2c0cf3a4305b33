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
from mips_core.states.reachable import VectorLattice, observability
from mips_core.states.readable import most_readable
from mips_core.states.recurrence import AffineRecurrence
from mips_core.states.responses import input_columns
from mips_core.states.virtual_inputs import VirtualInput, shift_tables, virtual_inputs
from mips_core.stepping import IntArray, trace
from mips_core.tasks.integers import Integers


def integer_coordinates(
    network: MlpNetwork,
    states: FloatArray | None = None,
    *,
    inputs: Sequence[Integers] | None = None,
    monitor: Monitor | None = None,
) -> IntegerCoordinates:
    """Find integer coordinates of the reachable hidden states, and their exact update.

    Parameters
    ----------
    states : float64, shape (M, d); hidden states to refit the basis on when ``inputs`` are not known
    inputs : the integers that may occur, one range per input: sequences of them are sampled (with a fixed seed) to
        refit the basis and to measure how far the network's coordinates are from the integers

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
    step = transition @ network.start_state + bias - network.start_state
    weights = observability(network)
    steps = _step_vectors(columns, step, blocks)
    basis = VectorLattice(weights)
    basis.close(transition, steps)
    effect, constant = _effects(basis, columns, step, blocks)
    virtual, parameters, reference = virtual_inputs(effect[None], blocks, prefer_input=False)
    update = np.array([basis.integers(transition @ row) for row in basis.rows], dtype=np.int64).T
    matrix = np.array(parameters[0], dtype=np.int64).reshape(len(update), len(virtual))
    shift = np.array(reference[0], dtype=np.int64)
    rows = np.hstack([update, matrix, (constant - shift)[:, None]])
    raw = AffineRecurrence(rows, np.zeros(len(update), dtype=np.int64))
    chosen = most_readable([raw], monitor)
    chosen, changed = shift_tables(chosen, virtual, monitor)
    turn = _change(raw, virtual, chosen, changed, blocks)
    return _fitted(network, basis.rows, weights, chosen, changed, turn, states, inputs)


def _step_vectors(columns: FloatArray, step: FloatArray, blocks: tuple[Integers, ...] | None) -> list[FloatArray]:
    """The vectors by which one input moves the hidden state, the constant part with the first block of symbols."""
    vectors = list(columns.T)
    if blocks is None:
        return [*vectors, step]
    first = len(blocks[0])
    return [step + vector for vector in vectors[:first]] + [v for v in vectors[first:] if np.any(v)]


def _effects(
    lattice: VectorLattice, columns: FloatArray, step: FloatArray, blocks: tuple[Integers, ...] | None
) -> tuple[IntArray, IntArray]:
    """Integer coordinates of what each input column adds (n, W), and of the constant step (n,)."""
    constant = lattice.integers(step)
    if blocks is None:
        parts = [lattice.integers(column) for column in columns.T]
    else:
        # Differences of integers, so that a symbol and the reference are each rounded once.
        first = len(blocks[0])
        parts = [
            lattice.integers(step + column) - constant if i < first else lattice.integers(column)
            for i, column in enumerate(columns.T)
        ]
    return np.stack(parts, axis=1), constant


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
    vectors: FloatArray,
    weights: FloatArray,
    recurrence: AffineRecurrence,
    virtual: tuple[VirtualInput, ...],
    turn: IntArray,
    states: FloatArray | None,
    inputs: Sequence[Integers] | None,
) -> IntegerCoordinates:
    """Refit the basis on hidden states, anchored at the start state, and measure the distance from the integers."""
    n = recurrence.order
    basis = np.asarray(np.linalg.solve(turn.astype(np.float64), vectors) if n else vectors, dtype=np.float64)
    names = phrase(recurrence, [Variable(f"u{i}") for i in range(len(virtual))], [f"u{i}" for i in range(len(virtual))])
    origin = network.start_state
    start = recurrence.start.astype(np.float64)

    def build(rows: FloatArray, deviation: float) -> IntegerCoordinates:
        decoder = np.linalg.pinv(weights @ rows.T) @ weights if n else np.zeros((0, len(origin)))
        offset = origin - start @ rows
        return IntegerCoordinates(rows, offset, recurrence, virtual, decoder.T, deviation, names.names)

    found = build(basis, float("nan"))
    if n == 0 or (inputs is None and states is None):
        return found
    if inputs is not None:
        rng = np.random.default_rng(0)
        length = network.card.length or 10
        x = np.stack([rng.integers(r.low, r.high, size=(256, length)) for r in inputs], axis=2)
        flat = trace(network, x).states.reshape(-1, len(origin))
        codes = found.run(x).reshape(-1, n)
    else:
        assert states is not None
        flat, codes = states, found.encode(states)
    refit = np.asarray(np.linalg.lstsq(codes - start, flat - origin, rcond=None)[0], dtype=np.float64)
    candidates = [found] if np.linalg.matrix_rank(codes - start) < n else [found, build(refit, float("nan"))]
    errors = [np.abs(candidate.coordinates(flat) - codes) for candidate in candidates]
    best = int(np.argmin([error.max() for error in errors]))
    wrong = float((errors[best] >= 0.5).any(axis=1).mean())
    if wrong > 0.1:
        raise NoLatticeError(
            f"{wrong:.0%} of the sampled hidden states lie nearer to another lattice point than to their own; "
            "at most 10% were expected. Train the network further, or extract a finite machine."
        )
    return build(candidates[best].basis, float(errors[best].max()))
