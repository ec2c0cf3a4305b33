"""Search for a closed family of regions: every input sends each region into regions, with the right output.

All regions have the same shape, ``axes (centre + u)`` with all ``|u| <= 1``.  From each region all inputs are followed,
for as many steps as it takes: the image lies in a region that is known, or it has become small and becomes the centre
of a new one, or it is followed for one step more.  A network that forgets small differences within a few steps
needs finitely many regions, whatever its single step does; feedback is cut into regions as in the cells of Omlin and
Giles 1996, "Extraction of rules from discrete-time recurrent neural networks", but with a proof.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.spatial import cKDTree

from mips_core.networks.protocol import AffineMap, FloatArray
from mips_core.progress import Monitor, Stopwatch
from mips_core.stepping import IntArray
from mips_core.verification.certificates.tables import Tables
from mips_core.verification.certificates.zonotopes import StoredNetwork, Zonotopes, joined, margins, successors

_SMALL = 0.55
"""An image that takes up at most this share of a region may become the centre of one."""
_NEAREST = 8
_ROOM = 1 - 1e-6
_SETS = 400  # handled at once: their numbers stay in the processor's cache
_REGIONS = 1_000  # regions times inputs that are followed side by side
_MOST_OPEN = 20_000


@dataclass(frozen=True, eq=False)
class Cover:
    """A family of regions.

    Parameters
    ----------
    axes : float64 (d, d), column j is half of a region's side j
    centres : int64 (M, d), in units of ``2**-places`` along the axes
    places : binary places of the centres
    states : int64 (M,), the state of the machine that each region belongs to
    depth : steps after which every image lies in a region
    """

    axes: FloatArray
    centres: IntArray
    places: int
    states: IntArray
    depth: int


@dataclass(frozen=True)
class Open:
    """Why no family was found; ``final`` where more time would not help."""

    reason: str
    final: bool


@dataclass
class _Pool:
    """The regions of one state of the machine, with a search tree that is renewed as they become more."""

    centres: FloatArray
    tree: cKDTree | None = None
    known: int = 0
    added: list[FloatArray] = field(default_factory=list)

    def add(self, centre: FloatArray) -> None:
        self.added.append(centre)
        if len(self.added) > 50 + self.known // 4:
            self.centres = np.vstack([self.centres, *self.added])
            self.tree, self.known, self.added = cKDTree(self.centres), len(self.centres), []

    def hold(self, centre: FloatArray, radius: FloatArray) -> np.ndarray:
        """Return which sets lie in one of the regions."""
        inside = np.zeros(len(centre), dtype=bool)
        if self.tree is not None:
            count = min(_NEAREST, self.known)
            near = self.tree.query(centre, k=count, p=np.inf, distance_upper_bound=1.0)[1].reshape(len(centre), -1)
            far = np.vstack([self.centres, np.full_like(self.centres[:1], np.inf)])  # where fewer are near
            off = np.abs(centre[:, None] - far[near]) + radius[:, None]
            inside = (off.max(axis=2) <= _ROOM).any(axis=1)
        for other in self.added:
            inside |= (np.abs(centre - other) + radius).max(axis=1) <= _ROOM
        return inside


class CoverSearch:
    """A search for regions of one shape, which can be taken up again.

    Parameters
    ----------
    tables : the finite machine that the network is to be equal to
    axes : float64 (d, d), column j is half of a region's side j
    places : binary places of centres, along the axes
    depth : most steps for which an image is followed
    most : most regions
    """

    def __init__(
        self,
        network: StoredNetwork,
        tables: Tables,
        axes: FloatArray,
        *,
        places: int = 6,
        depth: int = 24,
        most: int = 20_000,
        monitor: Monitor | None = None,
    ) -> None:
        self.network, self.tables, self.axes, self.places = network, tables, axes, places
        self.depth, self.most, self.monitor = depth, most, monitor or Monitor()
        self.to_axes = AffineMap(np.asarray(np.linalg.inv(axes), dtype=np.float64), np.zeros(len(axes)))
        self.entry = network.encoding.encode(tables.symbols)
        self.pools = [_Pool(np.empty((0, len(axes)))) for _ in range(len(tables.following))]
        self.centres: list[FloatArray] = []
        self.states: list[int] = []
        self.deepest = self.done = 0
        self.deadline = 0.0
        self.clock = Stopwatch()

    @property
    def share_done(self) -> float:
        """Which share of the regions that were met is followed; 1 where the family is closed."""
        return self.done / max(1, len(self.centres))

    def run(self, seconds: float) -> Cover | Open:
        """Search on for some time; what was found so far is kept."""
        self.deadline = self.clock.seconds + seconds
        if not self.done:
            start = self.network.start(1)
            nothing = np.zeros((1, len(self.axes), len(self.axes)))
            found = self._follow(Zonotopes(start, nothing, np.zeros_like(start)), np.zeros(1, dtype=np.int64))
            if found is not None:
                return found
        batch = max(1, _REGIONS // len(self.tables.symbols))
        while self.done < len(self.centres):
            end = min(self.done + batch, len(self.centres))
            states = np.array(self.states[self.done : end], dtype=np.int64)
            centres = np.array(self.centres[self.done : end]) @ self.axes.T
            shape = np.repeat(self.axes.T[None], len(centres), axis=0)
            found = self._follow(Zonotopes(centres, shape, np.zeros_like(centres)), states)
            if found is not None:
                return found
            self.done = end
        scaled = np.rint(np.array(self.centres) * 2.0**self.places).astype(np.int64)
        return Cover(self.axes, scaled, self.places, np.array(self.states, dtype=np.int64), self.deepest)

    def _add(self, centre: FloatArray, state: int) -> None:
        self.centres.append(centre)
        self.states.append(state)
        self.pools[state].add(centre)

    def _rounded(self, centre: FloatArray) -> FloatArray:
        return np.rint(centre * 2.0**self.places) / 2.0**self.places

    def _follow(self, sets: Zonotopes, states: IntArray) -> Open | None:
        """Follow sets of hidden states until all their images lie in regions."""
        depth = 0
        while len(sets):
            depth += 1
            self.deepest = max(self.deepest, depth)
            per = max(1, _SETS // len(self.tables.symbols) // max(1, sets.generators.shape[1] // 64))
            kept: list[Zonotopes] = []
            after: list[IntArray] = []
            for place in range(0, len(sets), per):
                self.monitor.check()
                rows = np.arange(place, min(place + per, len(sets)))
                open_sets, new = self._step(sets.take(rows), states[rows])
                if isinstance(open_sets, Open):
                    return open_sets
                kept.append(open_sets)
                after.append(new)
                if self.clock.seconds > self.deadline:
                    return Open(f"{len(self.centres):,} regions are not closed, {self.done:,} of them done", False)
                if len(self.centres) > self.most:
                    return Open(f"more than {self.most:,} regions are needed", True)
            sets, states = joined(kept), np.concatenate(after)
            if depth >= self.depth and len(sets):
                return Open(f"differences do not become smaller within {depth} steps", True)
            if len(sets) > _MOST_OPEN:
                return Open("too many words need following", True)
        return None

    def _step(self, sets: Zonotopes, states: IntArray) -> tuple[Zonotopes, IntArray] | tuple[Open, IntArray]:
        """Feed every input; return what lies in no region, and its states."""
        count = len(self.tables.symbols)
        who, symbol = np.repeat(np.arange(len(sets)), count), np.tile(np.arange(count), len(sets))
        images = successors(self.network, sets, self.entry)
        new = self.tables.following[states[who], symbol]
        margin = margins(self.network, images, self.tables.output[states[who], symbol])
        if not margin.min() > 1e-6:
            return Open(f"an output is not certain (margin {margin.min():.2g})", True), new
        seen = images.affine(self.to_axes)
        centre, radius = seen.centre, seen.radius
        loose = np.ones(len(images), dtype=bool)
        for state in np.unique(new).tolist():
            rows = np.flatnonzero(new == state)
            loose[rows] = ~self.pools[state].hold(centre[rows], radius[rows])
        small = loose & (radius.max(axis=1) <= _SMALL)
        while small.any():
            first = int(np.argmax(small))
            at = self._rounded(centre[first])
            self._add(at, int(new[first]))
            held = (new == new[first]) & ((np.abs(centre - at) + radius).max(axis=1) <= _ROOM)
            loose &= ~held
            small &= ~held
        rows = np.flatnonzero(loose)
        return images.take(rows).widened(), new[rows]
