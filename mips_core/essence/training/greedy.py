"""Subconcepts of many points: ways to split the classes until every pair of classes' parts is separable.

None of them is minimal by itself; :mod:`mips_core.essence.training.partition` merges what each finds and keeps the
fewest parts.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from mips_core.essence.training.points import Points
from mips_core.essence.training.separability import Group, Separability

Floats = NDArray[np.float64]


def runs_along_projections(points: Points, cap: int) -> list[Group] | None:
    """Return the fewest runs of equal labels along one direction, or None where no direction keeps labels apart.

    Directions: each coordinate, the sum of all, least squares.  Rules that count need no other.

    Parameters
    ----------
    points : any number
    cap : most runs that are of use
    """
    x = points.coordinates.astype(np.float64)
    directions = [*np.eye(x.shape[1]), np.ones(x.shape[1]), _least_squares_direction(points)]
    found = [runs for d in directions if (runs := _runs(points, x @ d)) is not None and len(runs) <= cap]
    return min(found, key=len) if found else None


def _least_squares_direction(points: Points) -> Floats:
    rows = np.column_stack([points.coordinates, np.ones(len(points.labels))])
    return np.asarray(np.linalg.lstsq(rows, points.labels.astype(np.float64), rcond=None)[0][:-1])


def _runs(points: Points, values: Floats) -> list[Group] | None:
    values = np.round(values, 9)
    order = np.lexsort((points.labels, values))
    ordered, labels = values[order], points.labels[order]
    changes = np.flatnonzero(labels[1:] != labels[:-1])
    if (ordered[changes] == ordered[changes + 1]).any():
        return None
    return [_group(part) for part in np.split(order, changes + 1)]


def _group(indices: NDArray[np.int64]) -> Group:
    return tuple(sorted(int(p) for p in indices))


def split_worst_pairs(points: Points, oracle: Separability, cap: int) -> list[Group] | None:
    """Split the pair of parts that is farthest from separable, again and again; None past ``cap`` parts.

    The direction joins the means; where they coincide it is a principal axis of both parts, or one coordinate.  The
    threshold is that of least balanced error.  Either side may be split: the one whose halves are better separable
    from the other side is.
    """
    groups = [points.of_class(label) for label in points.classes]
    while True:
        failing = [
            (g, h)
            for i, g in enumerate(groups)
            for h in groups[i + 1 :]
            if points.labels[g[0]] != points.labels[h[0]] and not oracle.separable(g, h)
        ]
        if not failing:
            return groups
        if len(groups) >= cap:
            return None
        oracle.check_time()
        worst = max(failing, key=lambda pair: round(_mean_error(points, *pair), 9))
        whole, parts = _better_split(points, *worst)
        at = groups.index(whole)
        groups[at : at + 1] = parts


def _project(points: Points, group: Group, direction: Floats) -> Floats:
    return np.asarray(np.round(points.coordinates[list(group)] @ direction, 9))


def _mean(points: Points, group: Group) -> Floats:
    index = list(group)
    return np.asarray(np.average(points.coordinates[index], axis=0, weights=points.weights[index]))


def _mean_error(points: Points, a: Group, b: Group) -> float:
    """Return the least balanced error of a threshold along the difference of means, 0 to 0.5."""
    direction = _mean(points, a) - _mean(points, b)
    return _best_threshold(_project(points, a, direction), _project(points, b, direction))[0]


def _best_threshold(a: Floats, b: Floats) -> tuple[float, float]:
    """Return the least balanced error of calling what lies above a threshold a, and the threshold."""
    values = np.unique(np.concatenate([a, b]))
    if len(values) == 1:
        return 0.5, float(values[0])
    thresholds = (values[1:] + values[:-1]) / 2
    missed = np.searchsorted(np.sort(a), thresholds) / len(a)
    wrong = 1 - np.searchsorted(np.sort(b), thresholds) / len(b)
    errors = (missed + wrong) / 2
    best = int(errors.argmin())
    return float(errors[best]), float(thresholds[best])


def _better_split(points: Points, a: Group, b: Group) -> tuple[Group, list[Group]]:
    """Return which of two groups to split and its two parts."""
    for directions in _directions(points, a, b):
        options: list[tuple[float, int, Group, list[Group]]] = []
        for direction in directions:
            at_a, at_b = _project(points, a, direction), _project(points, b, direction)
            _, threshold = _best_threshold(at_a, at_b)
            for group, values, other in ((a, at_a, b), (b, at_b, a)):
                above = tuple(p for p, v in zip(group, values, strict=True) if v > threshold)
                below = tuple(p for p, v in zip(group, values, strict=True) if v <= threshold)
                if above and below:
                    score = _mean_error(points, above, other) + _mean_error(points, below, other)
                    options.append((round(score, 9), len(options), group, [below, above]))
        if options:
            _, _, group, parts = min(options)
            return group, parts
    larger = a if len(a) > 1 else b
    return larger, [larger[:1], larger[1:]]


def _directions(points: Points, a: Group, b: Group) -> Iterator[list[Floats]]:
    """Yield directions, the preferred ones first: means, principal axes, coordinates."""
    difference = _mean(points, a) - _mean(points, b)
    if np.abs(difference).max(initial=0) > 1e-9:
        yield [difference]
    both = points.coordinates[[*a, *b]].astype(np.float64)
    axes = np.linalg.svd(both - both.mean(axis=0), full_matrices=False)[2][:3]
    yield [axis * np.sign(axis[np.abs(axis).round(9).argmax()]) for axis in axes]
    yield list(np.eye(points.coordinates.shape[1]))


def axis_tree(points: Points, oracle: Separability, cap: int) -> list[Group] | None:
    """Split space by single coordinates until the labels of each cell are linearly separable; None past ``cap`` parts.

    Each split is the one after which a least-squares linear function tells the labels best in both halves.  It finds
    what addresses what (a multiplexer), where the means of the classes say nothing.
    """
    done: list[Group] = []
    cells: list[Group] = [tuple(range(len(points.labels)))]
    while cells:
        cell = cells.pop()
        parts = _by_label(points, cell)
        if all(oracle.separable(g, h) for i, g in enumerate(parts) for h in parts[i + 1 :]):
            done += parts
        else:
            cells += reversed(_best_axis_split(points, cell, oracle))
        if len(done) + 2 * len(cells) > cap:
            return None
    return done


def _by_label(points: Points, cell: Group) -> list[Group]:
    labels = points.labels[list(cell)]
    return [tuple(p for p, q in zip(cell, labels, strict=True) if q == label) for label in np.unique(labels)]


def _best_axis_split(points: Points, cell: Group, oracle: Separability) -> list[Group]:
    index = np.array(cell)
    x = points.coordinates[index].astype(np.float64)
    targets = (points.labels[index][:, None] == np.unique(points.labels[index])).astype(np.float64)
    basis = _column_space(x)
    best: tuple[float, NDArray[np.bool_]] | None = None
    for k in range(x.shape[1]):
        values = np.unique(x[:, k])
        for threshold in ((values[1:] + values[:-1]) / 2)[:16]:
            oracle.check_time()
            above = x[:, k] > threshold
            left = _residual(basis[above], targets[above]) + _residual(basis[~above], targets[~above])
            if best is None or left < best[0] - 1e-6:
                best = left, above
    assert best is not None, "distinct points differ in some coordinate"
    return [_group(index[~best[1]]), _group(index[best[1]])]


def _column_space(x: Floats) -> Floats:
    """Return x itself, or fewer columns of which the same linear functions of rows can be made."""
    if x.shape[1] <= len(x):
        return x
    u, s, _ = np.linalg.svd(x, full_matrices=False)
    return np.asarray(u[:, s > 1e-9 * s[0]])


def _residual(x: Floats, targets: Floats) -> float:
    """Return the squared error of the best linear function."""
    rows = np.column_stack([x, np.ones(len(x))])
    weights = np.linalg.lstsq(rows, targets, rcond=None)[0]
    return float(((rows @ weights - targets) ** 2).sum())
