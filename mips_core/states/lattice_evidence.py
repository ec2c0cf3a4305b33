"""Do hidden states lie on a lattice?  What was found, what came near, and how far each point is off.

Networks with an affine transition are asked for their exact integer coordinates; all others, and those that have none,
for the lattices that differences of their hidden states generate at several guesses of the noise.  Everything comes
from the network: no machine and no program is looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from mips_core.errors import NoLatticeError
from mips_core.networks.mlp import MlpNetwork
from mips_core.networks.protocol import FloatArray, Network
from mips_core.states.krylov import integer_coordinates
from mips_core.states.lattice import NOISE_GUESSES, ON_LATTICE
from mips_core.states.reduced_lattice import reduced_basis, refit
from mips_core.stepping import IntArray
from mips_core.tasks.integers import Integers

MOST = 12
"""Most dimensions of a lattice that are searched."""

LEAST_SURPRISE = 6.0
"""Digits by which chance must be ruled out before fitted lattice points count as evidence: one in a million."""

SAMPLED = 120
"""Most distinct hidden states that a lattice is searched in; errors are measured on all."""


@dataclass(frozen=True, eq=False)
class LatticeFit:
    """Hidden states as integer combinations: ``states ~ codes @ basis + offset``.

    Parameters
    ----------
    basis : float64 (n, d), one lattice vector per row
    offset : float64 (d,), the lattice point with code 0
    decoder : float64 (d, n), coordinates before rounding are ``(states - offset) @ decoder``
    names : what the coordinates hold, n words
    coordinates : float64 (P, n), of every hidden state
    source : "reachability" where the lattice follows from the weights, "differences" where it was fitted to the points
    """

    basis: FloatArray
    offset: FloatArray
    decoder: FloatArray
    names: tuple[str, ...]
    coordinates: FloatArray
    source: Literal["reachability", "differences"]

    @property
    def order(self) -> int:
        """Number of lattice vectors (n)."""
        return len(self.basis)

    @property
    def codes(self) -> IntArray:
        """The nearest lattice point of every hidden state, int64 (P, n)."""
        return np.rint(self.coordinates).astype(np.int64)

    @property
    def errors(self) -> FloatArray:
        """The largest distance of a coordinate from its integer, for every hidden state, float64 (P,), at most 0.5."""
        return np.abs(self.coordinates - self.codes).max(axis=1, initial=0.0)

    @property
    def used(self) -> int:
        """Number of different lattice points."""
        return len(np.unique(self.codes, axis=0))

    @property
    def largest_error(self) -> float:
        """The largest of :attr:`errors` after the start state, which need not lie on the lattice."""
        return float(self.errors[1:].max(initial=0.0))

    @property
    def surprise(self) -> float:
        """Digits of the chance that points anywhere would come so near: 6 means one in a million.

        A basis and an offset can be made to fit n + 1 lattice points exactly.  Each further one has n coordinates that
        come within e of an integer with the chance 2 e.
        """
        free = max(0, self.used - self.order - 1) * self.order
        return float(-free * np.log10(min(1.0, 2 * max(self.largest_error, 1e-9))))


@dataclass(frozen=True, eq=False)
class LatticeSearch:
    """What a search for a lattice came to.

    Parameters
    ----------
    found : the lattice, or None
    candidates : what came nearest where none was found, one for each number of dimensions, the nearest first
    reason : one sentence on why none was found; "" where one was
    """

    found: LatticeFit | None
    candidates: tuple[LatticeFit, ...]
    reason: str


def find_lattice(network: Network, states: FloatArray, inputs: Sequence[Integers]) -> LatticeSearch:
    """Search a lattice for the hidden states (P, d) of a network, the start state first.

    The start state is never read out and need not lie on the lattice, so it is left out of what decides.

    Parameters
    ----------
    inputs : the integers that may occur, one range per input
    """
    reason = ""
    if isinstance(network, MlpNetwork) and network.is_transition_affine:
        try:
            exact = integer_coordinates(network, inputs=inputs)
        except NoLatticeError as error:
            reason = str(error)
        else:
            coordinates = exact.coordinates(states)
            return LatticeSearch(
                LatticeFit(exact.basis, exact.offset, exact.decoder, exact.names, coordinates, "reachability"), (), ""
            )
    fits = _candidates(states)
    good = [fit for fit in fits if fit.largest_error <= ON_LATTICE and fit.surprise >= LEAST_SURPRISE]
    if good:
        return LatticeSearch(max(good, key=lambda fit: fit.surprise), (), "")
    return LatticeSearch(None, tuple(fits), reason or _why_none(fits))


def _candidates(states: FloatArray) -> list[LatticeFit]:
    """Return the best lattice of each number of dimensions, by the median error of its points."""
    origin = states[0]
    scale = float(np.abs(states).max(initial=0.0)) or 1.0
    distinct = np.unique(np.round((states - origin) / scale, 6), axis=0, return_index=True)[1]
    rng = np.random.default_rng(0)
    if len(distinct) > SAMPLED:
        distinct = rng.choice(distinct, SAMPLED, replace=False)
    vectors = states[np.sort(distinct)] - origin
    lengths = np.linalg.norm(vectors, axis=1)
    if not lengths.any():
        return []
    best: dict[int, tuple[float, LatticeFit]] = {}
    for noise in float(np.median(lengths[lengths > 0])) * NOISE_GUESSES:
        try:
            basis = reduced_basis(vectors, noise=float(noise), rng=rng, most=MOST)
        except NoLatticeError:
            continue  # this guess calls every difference noise, or almost none
        if np.linalg.matrix_rank(basis) < len(basis):
            continue
        basis, _ = refit(vectors, basis)
        if np.linalg.matrix_rank(basis) < len(basis):
            continue
        decoder = np.asarray(np.linalg.pinv(basis), dtype=np.float64)
        names = tuple(f"direction {i + 1}" for i in range(len(basis)))
        fit = LatticeFit(basis, origin, decoder, names, (states - origin) @ decoder, "differences")
        price = float(np.median(fit.errors))
        if fit.order not in best or price < best[fit.order][0]:
            best[fit.order] = (price, fit)

    def rank(item: tuple[float, LatticeFit]) -> tuple[bool, float]:
        median, fit = item
        near = fit.largest_error <= ON_LATTICE
        return not near, -fit.surprise if near else median

    return [fit for _, fit in sorted(best.values(), key=rank)]


def _why_none(fits: Sequence[LatticeFit]) -> str:
    if not fits:
        return f"All hidden states are equal, or they need more than {MOST} lattice vectors."
    near = [fit for fit in fits if fit.largest_error <= ON_LATTICE]
    if near:
        return (
            f"The hidden states lie near {near[0].used} points of a lattice of dimension {near[0].order}. "
            "So few points could do so by chance, so that is no evidence of a lattice."
        )
    nearest = min(fit.largest_error for fit in fits)
    return (
        f"Some hidden states lie {nearest:.2f} lattice units off even the best lattice. "
        f"At most {ON_LATTICE} is allowed; 0.5 is as far off as a point can be."
    )
