"""Formulas with max, min and abs from the affine pieces of a function, read off rather than guessed.

A continuous piecewise-linear function is a maximum of minima of its own pieces (Tarela and Martínez 1999, "Region
configurations for realizability of lattice piecewise-linear models"), and often, more briefly, an affine function plus
multiples of ``max(h, 0)`` or ``abs(h)`` for the few hyperplanes h = 0 at which the slope changes (Chua and Kang 1977,
"Section-wise piecewise-linear functions").  Both are written down, and the one that is easier to read is taken.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from functools import reduce

import numpy as np

from mips_core.expressions import Constant, Expression, Variable, apply
from mips_core.networks.protocol import FloatArray
from mips_core.progress import Stopwatch
from mips_core.regression.formula import Formula, holds, rank, sum_of, tidy
from mips_core.regression.method import Method
from mips_core.stepping import IntArray

NEAR = 0.25
"""Largest distance of a slope from an integer: a trained network's slopes are not exact."""
MOST_PIECES = 12
MOST_HINGES = 4
SUPPORT = 4
"""Rows that must lie in a piece: fewer are the corners that training leaves where pieces meet."""


def piecewise_formula(
    columns: Mapping[str, IntArray], target: IntArray, slopes: FloatArray, *, max_nodes: int = 40
) -> Formula | None:
    """Return a formula for a table whose rows come with the slopes of the function there, or None.

    The slopes are rounded to integers, the constant of each piece follows from the exact integer in ``target``, and the
    formula is checked on every row; where pieces are missing or do not fit together there is none.

    Parameters
    ----------
    columns : variable name -> int64 array of shape (R,)
    target : int64, shape (R,)
    slopes : float64, shape (R, number of columns), in the order of ``columns``
    max_nodes : larger formulas are not worth having

    Examples
    --------
    >>> x = np.arange(-9, 10)
    >>> piecewise_formula({"x": x}, np.abs(x), np.sign(x)[:, None] * 1.0).expression
    Apply(name='abs', arguments=(Variable(name='x'),))
    """
    clock = Stopwatch()
    points = np.column_stack([np.asarray(v, dtype=np.int64) for v in columns.values()])
    variables = [Variable(name) for name in columns]
    pieces = _pieces(points, target, slopes)
    if pieces is None:
        return None
    values = points @ pieces[:, :-1].T + pieces[:, -1]  # (R, K)
    candidates = [_lattice(pieces, values, target, variables, "max", "min")]
    candidates.append(_lattice(pieces, values, target, variables, "min", "max"))
    candidates += _hinges(pieces, points, target, variables)
    right = [tidy(e) for e in candidates if e is not None]
    right = [e for e in right if e.nodes <= max_nodes and holds(e, columns, target)]
    best = min(right, key=rank, default=None)
    if best is None:
        return None
    method = Method.LINEAR if len(pieces) == 1 else Method.SYMBOLIC
    return Formula(best, method, len(candidates), clock.seconds)


def _pieces(points: IntArray, target: IntArray, slopes: FloatArray) -> IntArray | None:
    """Return the affine pieces, int64 (K, variables + 1) with the constant last, or None where rows stay unexplained.

    Rows next to a corner may lie in a sliver that no other row shares; what the other pieces say counts there.
    """
    rounded = np.rint(slopes)
    clear = (np.abs(slopes - rounded) <= NEAR).all(axis=1) & (np.abs(rounded) < 2**20).all(axis=1)
    if not clear.any():
        return None
    slope = rounded[clear].astype(np.int64)
    constant = target[clear] - (points[clear] * slope).sum(axis=1)
    found, counts = np.unique(np.column_stack([slope, constant]), axis=0, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    order = order[counts[order] >= min(SUPPORT, int(counts.max()))][: 4 * MOST_PIECES]
    kept: list[IntArray] = []
    left = np.ones(len(points), dtype=np.bool_)
    for piece in found[order]:  # most frequent first; a piece that explains nothing new is a sliver's
        right = points @ piece[:-1] + piece[-1] == target
        if (right & left).any():
            kept.append(piece)
            left &= ~right
        if len(kept) > MOST_PIECES:
            return None
    return None if left.any() else np.array(kept)


def _affine(piece: IntArray, variables: list[Variable]) -> Expression:
    terms: dict[Expression, int] = {v: int(c) for v, c in zip(variables, piece[:-1], strict=True) if c}
    return sum_of(terms, int(piece[-1]))


def _lattice(
    pieces: IntArray, values: IntArray, target: IntArray, variables: list[Variable], outer: str, inner: str
) -> Expression | None:
    """Write the function as a maximum of minima of its pieces (or a minimum of maxima), without needless terms."""
    sign = 1 if outer == "max" else -1
    values, target = sign * values, sign * target
    # Where the order of the pieces stays the same, the function is below one fixed set of them; a set that holds
    # another one is below that everywhere and adds nothing.
    sets = {frozenset(np.flatnonzero(row).tolist()) for row in np.unique(values >= target[:, None], axis=0)}
    groups = [g for g in sorted(sets, key=sorted) if not any(other < g for other in sets)]

    def result(chosen: list[frozenset[int]]) -> IntArray:
        return np.max([values[:, sorted(g)].min(axis=1) for g in chosen], axis=0)

    if (result(groups) != target).any():
        return None
    for group in sorted(groups, key=len, reverse=True):
        rest = [g for g in groups if g != group]
        if rest and (result(rest) == target).all():
            groups = rest
    for i, group in enumerate(groups):
        for k in sorted(group):
            smaller = groups[i] - {k}
            if smaller and (result([*groups[:i], smaller, *groups[i + 1 :]]) == target).all():
                groups[i] = smaller
    texts = [
        reduce(lambda a, b: apply(inner, a, b), [_affine(pieces[k], variables) for k in sorted(group)])
        for group in sorted(groups, key=sorted)
    ]
    return reduce(lambda a, b: apply(outer, a, b), texts)


def _hinges(pieces: IntArray, points: IntArray, target: IntArray, variables: list[Variable]) -> list[Expression]:
    """Write the function as an affine part plus multiples of max(h, 0), max(-h, 0) or abs(h)."""
    normals = _hyperplanes(pieces)
    if not 1 <= len(normals) <= MOST_HINGES:
        return []
    heights = points @ normals[:, :-1].T + normals[:, -1]  # (R, H)
    plain = np.column_stack([points, np.ones(len(points), dtype=np.int64)])
    design = np.column_stack([plain, np.maximum(heights, 0)]).astype(np.float64)
    solution = np.linalg.lstsq(design, target.astype(np.float64), rcond=None)[0]
    weights = np.rint(solution)
    if np.abs(design @ weights - target).max() > 0.5:
        return []
    whole, steps = weights[: plain.shape[1]].astype(np.int64), weights[plain.shape[1] :].astype(np.int64)
    used = np.flatnonzero(steps)
    found = []
    for choice in itertools.product(("up", "down", "abs"), repeat=len(used)):
        affine = whole.copy()
        terms: list[tuple[int, Expression]] = []
        for shape, k in zip(choice, used.tolist(), strict=True):
            step, normal = int(steps[k]), normals[k]
            height = _affine(normal, variables)
            if shape == "up":
                terms.append((step, apply("max", height, 0)))
            elif shape == "down":  # max(h, 0) = h + max(-h, 0)
                affine = affine + step * normal
                terms.append((step, apply("max", _affine(-normal, variables), 0)))
            elif step % 2 == 0:  # 2 max(h, 0) = h + abs(h)
                affine = affine + step // 2 * normal
                terms.append((step // 2, apply("abs", height)))
            else:
                break
        else:
            found.append(_total(affine, terms, variables))
    return found


def _hyperplanes(pieces: IntArray) -> IntArray:
    """Return the hyperplanes where two pieces are equal: primitive normals, the constant last, (H, variables + 1)."""
    normals: dict[tuple[int, ...], None] = {}
    for first, second in itertools.combinations(pieces, 2):
        difference = first - second
        if not difference[:-1].any():
            continue
        difference //= np.gcd.reduce(difference)
        lead = difference[np.flatnonzero(difference)[0]]
        normals.setdefault(tuple((difference * np.sign(lead)).tolist()))
    return np.array(list(normals), dtype=np.int64).reshape(-1, pieces.shape[1])


def _total(affine: IntArray, terms: list[tuple[int, Expression]], variables: list[Variable]) -> Expression:
    """Write the affine part and the weighted terms as one sum."""
    parts: dict[Expression, int] = {v: int(c) for v, c in zip(variables, affine[:-1], strict=True) if c}
    for weight, term in terms:
        parts[term] = parts.get(term, 0) + weight
    return sum_of(parts, int(affine[-1])) if parts else Constant(int(affine[-1]))
