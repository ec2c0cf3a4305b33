"""Check a closed family of regions of hidden states: the proof that a network gives what a finite machine gives."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from mips_core.region_checker.files import unpack, unpack_integers, whole
from mips_core.region_checker.network import Network
from mips_core.region_checker.sets import Set, affine, need, radius


def regions(certificate: dict[str, Any], network: Network, symbols: np.ndarray, length: int | None) -> float:
    """Check that the step sends every region into regions; return the least margin of the outputs.

    Region i is all h = axes (centre_i + u) with |u| <= 1.  A set that lies in no region is followed for more steps.
    Up to a length, regions are points first and grow with each input, so that they are never larger than this.
    """
    following, output, of = (
        unpack_integers(certificate, name) for name in ("next", "output", "states")
    )  # (S, X), (S, X, D), (M,)
    places, depth = (whole(certificate[name], f"the certificate's {name!r}") for name in ("places", "depth"))
    axes, centres = unpack(certificate["axes"]), unpack_integers(certificate, "centres") * 2.0**-places
    d, count, rows = network.size, len(symbols), network.encode(symbols)
    shapes = (
        axes.shape == (d, d) and centres.shape == (len(of), d) and output.shape == (*following.shape, network.width)
    )
    need(shapes and following.shape[1] == count, "tables and regions do not fit each other or the network")
    need(
        min(following.min(), of.min()) >= 0 and max(following.max(), of.max()) < len(following), "a state is not known"
    )
    inverse = np.linalg.inv(axes)
    size = np.abs(inverse) @ np.abs(axes)
    lost = (np.abs(inverse @ axes - np.eye(d)) + 2.0**-50 * (d + 8) * size).sum(1).max()
    need(lost < 1e-3, "the axes are too skewed")
    # P^-1 h - k = (I + R)^-1 (Q h - k - R k) for the inverse Q that is computed and R = Q P - I
    room = (1.0 if length is None else 1 / (length + 1)) - lost * (2 + np.abs(centres).max())
    trees = {s: (members, cKDTree(centres[members])) for s in set(of.tolist()) for members in [np.flatnonzero(of == s)]}

    def placed(z: Set, states: np.ndarray, more: Any = 0.0) -> np.ndarray:
        """Return which sets lie in a region of their states, or in one of the size that a region may grow by."""
        c, g, e = affine(z, inverse, np.zeros(d))
        spread, inside = radius((c, g, e)) + more, np.zeros(len(c), dtype=bool)
        for state in np.unique(states).tolist():
            own = np.flatnonzero(states == state)
            if state in trees:
                members, tree = trees[state]
                near = tree.query(c[own], k=min(8, len(members)), p=np.inf)[1].reshape(len(own), -1)
                off = np.abs(c[own][:, None] - centres[members[near]]) * (1 + 1e-12) + spread[own][:, None]
                inside[own] = (off.max(2) <= room).any(1)
        return inside

    none = np.zeros((len(of), 1, d)), np.zeros((len(of), d))
    middle, _, lost_there = affine((centres, *none), axes, np.zeros(d))
    # The start state is a set of one point: nothing may lead back to it.
    middle, lost_there = np.vstack([network.start, middle]), np.vstack([np.zeros(d), lost_there])
    belongs, wide = np.concatenate([[0], of]), np.concatenate([[0.0], np.ones(len(of))])
    least, batch = np.inf, max(1, 600 // count)
    for first in range(0, len(middle), batch):
        some = slice(first, first + batch)
        c, e, state, g = middle[some], lost_there[some], belongs[some], wide[some][:, None, None] * axes.T
        steps = 0
        while len(c):
            parts = []
            for i in range(0, len(c), batch):
                who = np.repeat(np.arange(i, min(i + batch, len(c))), count)
                symbol = np.tile(np.arange(count), len(who) // count)
                z, more = network.advance((c[who], g[who], e[who]), rows[symbol], length is None), 0.0
                margin = network.margin(z, output[state[who], symbol])
                worst = int(margin.argmin())
                where = (
                    f"at or after region {first}, state {state[who][worst]}, input {symbols[symbol[worst]].tolist()}"
                )
                need(margin[worst] > 0, f"an output is not certain ({where})")
                least, new = min(least, float(margin[worst])), following[state[who], symbol]
                if length is not None:  # the image of the centre, and by how much the step widens a region
                    more = np.maximum(radius(affine(z, inverse, np.zeros(d))) - 1, 0) + 2.0**-50
                    z = network.advance((c[who], 0 * g[who], e[who]), rows[symbol])
                open_ = ~placed(z, new, more)
                need(length is None or not open_.any(), f"a set of hidden states grows too fast ({where})")
                wider = np.concatenate([z[1][open_], z[2][open_][:, None] * np.eye(d)], 1)
                parts.append((z[0][open_], wider, 0 * z[2][open_], new[open_]))
            c, g, e, state = (np.concatenate(each) for each in zip(*parts, strict=True))
            steps += 1
            need(steps <= min(64, depth), "a set of hidden states comes to lie in no region")
            need(len(c) * g.shape[1] < 5_000_000, "too many sets of hidden states lie in no region")
    return least
