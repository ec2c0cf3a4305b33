"""Which places of sequences of one length an output depends on, and how: measured on answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mips_core.expressions import Expression, apply
from mips_core.regression.progressions import Place, Progression, as_progressions, progressions_in
from mips_core.stepping import IntArray

_FEW_VALUES = 6

Truth = NDArray[np.bool_]


@dataclass(frozen=True)
class Relation:
    """What is asked of one place, or of a pair: an integer for each, as a formula and on arrays.

    Parameters
    ----------
    width : places that it is asked of
    write : the formula of ``width`` elements
    compute : on as many arrays
    """

    width: int
    write: Callable[..., Expression]
    compute: Callable[..., IntArray]


def relations(alphabet: IntArray) -> Iterator[Relation]:
    """Yield what may be asked of one place, then of a pair; bits have "and" and "or" as well."""
    bits = set(alphabet.tolist()) == {0, 1}
    yield Relation(1, lambda a: a, lambda a: a)
    if len(alphabet) <= _FEW_VALUES:
        for value in alphabet.tolist():
            if not (bits and value):
                yield Relation(1, lambda a, c=value: apply("eq", a, c), lambda a, c=value: a == c)
    for name in ("eq", "ne", "lt", "gt", "le", "ge", *(("and", "or") if bits else ())):
        operator = apply(name, 0, 0).operator  # type: ignore[attr-defined]
        yield Relation(2, lambda a, b, n=name: apply(n, a, b), operator.compute)


def asked(relation: Relation, words: IntArray) -> dict[Place, IntArray]:
    """Return the relation at each place, or pair of places i < j, int64 (N,) each."""
    t = words.shape[1]
    if relation.width == 1:
        return {(i,): relation.compute(words[:, i]).astype(np.int64) for i in range(t)}
    return {
        (i, j): relation.compute(words[:, i], words[:, j]).astype(np.int64) for i in range(t) for j in range(i + 1, t)
    }


def deciding(fold: str, asked: Mapping[Place, IntArray], high: Truth, errors: float) -> list[Progression] | None:
    """Return the progressions of places that decide whether the output is the higher one; None when none does.

    [] stands for no place at all: the output is always the same, as it is when nothing is asked.
    """
    some = high.mean() if fold == "all" else 1.0 - high.mean()
    if some >= 1.0 - errors / 2:
        return []
    holds = {place: values != 0 for place, values in asked.items()}
    if fold == "all":
        implied = {p: truth for p, truth in holds.items() if (~truth[high]).sum() <= errors * high.sum()}
    else:
        implied = {p: truth for p, truth in holds.items() if truth[~high].sum() <= errors * (~high).sum()}
    if not implied:
        return None
    wrong = errors * min(high.sum(), (~high).sum())
    join = np.logical_and.reduce if fold == "all" else np.logical_or.reduce

    def decides(places: list[Place]) -> bool:
        return int((join([implied[place] for place in places]) != high).sum()) <= wrong

    if not decides(list(implied)):
        return None
    return [p for p in progressions_in(set(implied)) if decides(p.places)] or None


def summed(asked: Mapping[Place, IntArray], target: IntArray, modulus: int, errors: float) -> list[Progression] | None:
    """Return the progressions of the places whose values add up to the output; None when there is no such set."""
    places = list(asked)
    if not places:
        return [] if not target.any() else None
    table = np.stack([asked[place] for place in places], axis=1)  # (N, places)
    if modulus:
        chosen = _solve_bits(table % 2, target) if ((target == 0) | (target == 1)).all() else None
    else:
        weights = np.linalg.lstsq(table.astype(np.float64), target.astype(np.float64), rcond=None)[0]
        chosen = np.round(weights).astype(np.int64)
    if chosen is None or not np.isin(chosen, (0, 1)).all():
        return None
    total = table @ chosen
    if ((total % modulus if modulus else total) != target).sum() > allowed(target, errors):
        return None
    members = {place for place, used in zip(places, chosen.tolist(), strict=True) if used}
    return as_progressions(members) if members else []


def allowed(outputs: IntArray, errors: float) -> float:
    """Return how many of these outputs may be wrong: a share of those that are not the most frequent one."""
    return errors * (len(outputs) - int(np.unique(outputs, return_counts=True)[1].max()))


def _solve_bits(table: IntArray, target: IntArray) -> IntArray | None:
    """Return x with table @ x = target modulo 2, int64 (columns,), free unknowns 0; None when there is none."""
    rows = np.unique(np.column_stack([table, target]), axis=0).astype(np.uint8)
    columns = table.shape[1]
    pivots = []
    row = 0
    for column in range(columns):
        found = np.flatnonzero(rows[row:, column])
        if not len(found):
            continue
        rows[[row, row + found[0]]] = rows[[row + found[0], row]]
        others = np.flatnonzero(rows[:, column])
        rows[others[others != row]] ^= rows[row]
        pivots.append(column)
        row += 1
        if row == len(rows):
            break
    if rows[row:, columns].any():
        return None
    solution = np.zeros(columns, dtype=np.int64)
    solution[pivots] = rows[: len(pivots), columns]
    return solution
