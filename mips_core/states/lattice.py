"""The integer autoencoder: hidden states as integer combinations of a few vectors.

Three variants propose a lattice; the shortest description wins (Michaud et al. 2024, section 3.2).  "linear" and "gcd"
are the paper's; "reduced" is ours: it reduces differences of hidden states to a basis, then alternates rounding and
least squares, with the first hidden state as the lattice's origin.  States are rows: X = Z A + b with Z integer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mips_core.errors import BadInputError, NoLatticeError
from mips_core.networks.protocol import FloatArray
from mips_core.progress import Monitor
from mips_core.states.gcd_lattice import gcd_basis
from mips_core.states.reduced_lattice import reduced_basis, refit, size_reduced
from mips_core.stepping import IntArray

PRECISION = 0.01
"""Errors smaller than this cost next to nothing in the description length (the paper's epsilon)."""

GCD_LARGEST = 3
"""Most dimensions for which the gcd variant is tried, as in the paper; it grows with the binomials C(32, d + 1)."""

ON_LATTICE = 0.25
"""Largest rounding error, in lattice units, at which hidden states are said to lie on the lattice."""


NOISE_GUESSES = np.logspace(-0.5, -4, 15)
"""Distances from the lattice, relative to the median distance from the start, that are tried as the noise."""


@dataclass(frozen=True, eq=False)
class IntegerCode:
    """Hidden states written as integers: ``X ~ codes @ basis + offset``.

    Parameters
    ----------
    basis : float64, shape (n, d), one lattice vector per row
    offset : float64, shape (d,)
    codes : int64, shape (M, n)
    description_length : bits per number, see :func:`description_length`
    largest_error : largest distance of a coordinate from its integer
    variant : "linear", "gcd" or "reduced"
    """

    basis: FloatArray
    offset: FloatArray
    codes: IntArray
    description_length: float
    largest_error: float
    variant: str

    def encode(self, states: FloatArray) -> IntArray:
        """Return the codes, int64 (M, n), of hidden states (M, d)."""
        return np.rint((states - self.offset) @ np.linalg.pinv(self.basis)).astype(np.int64)


def description_length(states: FloatArray, basis: FloatArray, offset: FloatArray, codes: IntArray) -> float:
    """Return mean log2(1 + |Z|) plus mean log2(1 + |X - Z A - b| / 0.01), bits (Michaud et al. 2024, section 3.2).

    >>> round(description_length(np.array([[0.0], [2.0]]), np.array([[1.0]]), np.zeros(1), np.array([[0], [1]])), 3)
    3.829
    """
    error = np.abs(states - (codes @ basis + offset))
    return float(np.log2(1 + np.abs(codes)).mean() + np.log2(1 + error / PRECISION).mean())


def linear_code(states: FloatArray, before: FloatArray, inputs: IntArray) -> IntegerCode:
    """Return the paper's linear variant: Krylov vectors of a least-squares fit X ~ x W_x + X' W_h + const.

    As in the authors' code: ten powers, first input channel only, the d longest vectors, size reduction, offset at the
    state with the smallest coordinate sum.

    Parameters
    ----------
    states : float64, shape (M, d); hidden states X after a step
    before : float64, shape (M, d); hidden states X' before that step
    inputs : int64, shape (M, D_in); the inputs of that step

    Raises
    ------
    NoLatticeError
        when the vectors do not span the states.
    """
    d = states.shape[1]
    design = np.hstack([inputs, before, np.ones((len(states), 1))])
    weights = np.linalg.lstsq(design, states, rcond=None)[0]
    forward = weights[inputs.shape[1] : -1]
    chain = [weights[0]]
    for _ in range(9):
        chain.append(chain[-1] @ forward)
    order = np.argsort([-np.linalg.norm(v) for v in chain], kind="stable")[:d]
    return _paper_code(states, size_reduced(np.array(chain)[order]), "linear")


def gcd_code(states: FloatArray, *, rng: np.random.Generator, monitor: Monitor | None = None) -> IntegerCode:
    """Return the paper's gcd variant: Euclid's algorithm on volumes of simplices of hidden states.

    A grid of 10 x 10 settings (central fraction, threshold), each drawing 32 states; the shortest description wins.
    Seconds for d = 3, up to a minute beyond: it grows with C(32, d + 1).

    Raises
    ------
    NoLatticeError
        when no setting gives a basis.
    """
    monitor = monitor or Monitor()
    best: IntegerCode | None = None
    for fraction in np.logspace(-3, 0, 10):
        for threshold in np.logspace(-3, 0, 10):
            monitor.check()
            if monitor.expired:
                break
            basis = gcd_basis(states, fraction=float(fraction), threshold=float(threshold), rng=rng)
            if basis is None or abs(np.linalg.det(basis)) < 1e-12:
                continue
            code = _paper_code(states, size_reduced(basis), "gcd")
            if best is None or code.description_length < best.description_length:
                best = code
    if best is None:
        raise NoLatticeError("No setting of the gcd variant found a lattice cell. Try another variant.")
    return best


def reduced_code(
    states: FloatArray, *, rng: np.random.Generator, most: int | None = None, monitor: Monitor | None = None
) -> IntegerCode:
    """Return our variant: a reduced basis of state differences, then rounding and least squares in turn.

    The first row of ``states`` is the origin; any number of dimensions.  Several guesses of the noise are tried, as it
    is not known; the shortest description of those that lie on their lattice wins.  Lattices of more than ``most``
    dimensions are left out.  Ends early, with what it has, when the monitor's time is up.

    Raises
    ------
    NoLatticeError
        when no guess gives a lattice with rounding errors below 1/4.
    """
    monitor = monitor or Monitor()
    origin = states[0]
    vectors = states - origin
    lengths = np.linalg.norm(vectors, axis=1)
    if not lengths.any():
        raise NoLatticeError("All hidden states are equal; a lattice needs at least two different ones.")
    scale = float(np.median(lengths[lengths > 0]))  # most states may be equal to the first one
    best: IntegerCode | None = None
    closest = float("inf")
    for noise in scale * NOISE_GUESSES:
        monitor.check()
        if monitor.expired:
            break
        try:
            guess = np.random.default_rng(rng.integers(2**32))
            basis = reduced_basis(vectors, noise=float(noise), rng=guess, most=most)
        except NoLatticeError:
            continue  # this guess calls every difference noise, or almost none
        if np.linalg.matrix_rank(basis) < len(basis):
            continue
        basis, codes = refit(vectors, basis, monitor)
        if np.linalg.matrix_rank(basis) < len(basis):
            continue
        error = float(np.abs(vectors @ np.linalg.pinv(basis) - codes).max(initial=0.0))
        closest = min(closest, error)
        length = description_length(states, basis, origin, codes)
        if error <= ON_LATTICE and (best is None or length < best.description_length):
            best = IntegerCode(basis, origin, codes, length, error, "reduced")
    if best is None and not np.isfinite(closest):
        raise NoLatticeError(
            "The time was used up before a lattice was found. Give it more with --budget."
            if monitor.expired
            else f"Hidden states lie on no lattice of at most {most or states.shape[1]} dimensions. "
            "Extract a finite machine instead."
        )
    if best is None:
        raise NoLatticeError(
            f"Hidden states lie up to {closest:.2f} lattice units from the best lattice; "
            f"at most {ON_LATTICE} was expected. Extract a finite machine instead."
        )
    return best


def integer_code(
    states: FloatArray,
    *,
    rng: np.random.Generator,
    before: FloatArray | None = None,
    inputs: IntArray | None = None,
    variants: tuple[str, ...] = ("reduced", "linear"),
    most: int | None = None,
    monitor: Monitor | None = None,
) -> IntegerCode:
    """Return the code with the shortest description among the variants that apply and lie on their lattice.

    Parameters
    ----------
    states : float64, shape (M, d); the first row should be the start state
    before, inputs : what "linear" needs; without them it is left out
    most : dimensions that "reduced" may have; any number by default
    variants : which to try; "gcd" takes seconds, is only for d <= 3 and found nothing there that "reduced" missed

    Raises
    ------
    BadInputError
        when there are no states, or they are not finite.
    NoLatticeError
        when no variant puts the hidden states within 1/4 of lattice points; the message has each reason.
    """
    if states.ndim != 2 or len(states) < 2 or not np.isfinite(states).all():
        raise BadInputError(f"At least two finite hidden states are needed, found an array of shape {states.shape}.")
    tries: dict[str, Callable[[], IntegerCode]] = {
        "reduced": lambda: reduced_code(states, rng=rng, most=most, monitor=monitor)
    }
    if before is not None and inputs is not None:
        tries["linear"] = lambda: linear_code(states, before, inputs)
    if states.shape[1] <= GCD_LARGEST:
        tries["gcd"] = lambda: gcd_code(states, rng=rng, monitor=monitor)
    best: IntegerCode | None = None
    reasons = []
    for variant in variants:
        if variant not in tries:
            continue
        try:
            code = tries[variant]()
        except NoLatticeError as error:
            reasons.append(f"{variant}: {error}")
            continue
        if code.largest_error > ON_LATTICE:
            reasons.append(f"{variant}: hidden states lie up to {code.largest_error:.2f} lattice units off.")
        elif best is None or code.description_length < best.description_length:
            best = code
    if best is None:
        raise NoLatticeError("The hidden states lie on no lattice. " + " ".join(reasons))
    return best


def _paper_code(states: FloatArray, basis: FloatArray, variant: str) -> IntegerCode:
    """Write states in a given basis as the paper does: offset at the smallest coordinate sum, codes from zero up."""
    if np.linalg.matrix_rank(basis) < len(basis):
        raise NoLatticeError(f"The {variant} variant found dependent lattice vectors. Try another variant.")
    basis = np.where(basis.sum(axis=1, keepdims=True) < 0, -basis, basis)
    offset = states[np.argmin(states.sum(axis=1))]
    coordinates = (states - offset) @ np.linalg.pinv(basis)
    low = coordinates.min(axis=0)
    coordinates, offset = coordinates - low, offset + low @ basis
    codes = np.rint(coordinates).astype(np.int64)
    error = float(np.abs(coordinates - codes).max(initial=0.0))
    return IntegerCode(basis, offset, codes, description_length(states, basis, offset, codes), error, variant)
