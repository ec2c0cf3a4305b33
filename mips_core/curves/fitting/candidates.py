"""Where knots may stand: observed values at even steps of weight, and closer ones around knots already found."""

from __future__ import annotations

import numpy as np

from mips_core.curves.fitting.bins import Bins, Indices
from mips_core.curves.transforms import Floats

REACH = 12  # closer candidates on each side of a knot


def coarse_candidates(bins: Bins, most: int) -> Indices:
    """Return at most ``most`` bins at even steps of weight, (K,) rising, the first and the last among them.

    Heavy values swallow several steps, so the steps are halved for as long as the distinct picks still fit
    (Ravina et al. 2021, section 4.3).
    """
    count = len(bins.t)
    most = max(most, 2)
    if count <= most:
        return np.arange(count)
    reached = np.cumsum(bins.moments.weight)
    steps, found = most, np.array([0, count - 1])
    while True:
        picks = np.searchsorted(reached, np.linspace(0, reached[-1], steps))
        picks = np.unique(np.concatenate(([0], np.minimum(picks, count - 1), [count - 1])))
        if len(picks) > most or steps > 1 << 20:
            return found
        found, steps = picks, 2 * steps - 1


def closer_candidates(count: int, coarse: Indices, knots: Indices) -> Indices:
    """Return the bins around some knots: each knot, its coarse neighbours, and values between them, (K,) rising.

    Parameters
    ----------
    count: number of bins.
    coarse: (K,) the candidates among which the knots were found.
    knots: bins that are knots.
    """
    found = [np.array([0, count - 1]), knots]
    place = np.searchsorted(coarse, knots)
    for step in (-1, 1):
        neighbour = coarse[np.clip(place + step, 0, len(coarse) - 1)]
        between = np.linspace(knots, neighbour, REACH + 1)
        found.append(np.unique(np.rint(between).astype(np.intp)))
    return np.unique(np.concatenate(found))


def values_between(bins: Bins, gaps: Indices, parts: int) -> Floats:
    """Return values of x inside some gaps, (n,) rising, none of them a bin's.

    Parameters
    ----------
    gaps: rising indices; gap g lies between bins g and g + 1.
    parts: into how many equal parts the values cut each gap.
    """
    low, high = bins.x[gaps], bins.x[gaps + 1]
    values = low[:, None] + (high - low)[:, None] * (np.arange(1, parts) / parts)
    return np.asarray(values[(values > low[:, None]) & (values < high[:, None])])


def around_knots(count: int, knots: Indices, reach: int) -> Indices:
    """Return each of ``knots`` and the bins up to ``reach`` away, with the first and the last, (K,) rising."""
    near = np.clip(knots[:, None] + np.arange(-reach, reach + 1), 0, count - 1)
    return np.unique(np.concatenate(([0, count - 1], near.ravel())))
