"""What an edit of a curve or of a table of levels did, in words."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from mips_core.curves.curve import PWLCurve
from mips_core.curves.model import AdditiveModel, CurveTerm, LevelTerm, Term
from mips_core.curves.numbers import number_text
from mips_core.views.sequences import count_text

_NAMED = 3
"""Changed levels or features that are named one by one."""


def change_words(before: Term, after: Term) -> str:
    """Say what changed in one term, with the feature's name first.

    >>> old, new = (CurveTerm("bmi", PWLCurve([(18, -3), (24, y), (37, 6)])) for y in (-1, 2))
    >>> change_words(old, new)
    'bmi: knot 2 moved from (24, -1) to (24, 2)'
    """
    if isinstance(before, CurveTerm) and isinstance(after, CurveTerm):
        told = _curve_words(before, after)
    elif isinstance(before, LevelTerm) and isinstance(after, LevelTerm):
        told = _level_words(before, after)
    else:
        told = "another kind of term"
    return f"{after.feature}: {told}"


def model_words(before: AdditiveModel, after: AdditiveModel) -> str:
    """Say which terms differ between two models with the same features."""
    told = [change_words(old, new) for old, new in zip(before.terms, after.terms, strict=True) if old != new]
    if before.bias != after.bias:
        told.append(f"bias {number_text(before.bias)} → {number_text(after.bias)}")
    return _listed(told, "term")


def _curve_words(before: CurveTerm, after: CurveTerm) -> str:
    old, new = before.curve, after.curve
    told = []
    if old.fx != new.fx:
        told.append(f"scale {old.fx} → {new.fx}")
    if old.ends != new.ends:
        told.append(f"ends {old.ends} → {new.ends}")
    if before.missing != after.missing:
        told.append(f"missing {number_text(before.missing)} → {number_text(after.missing)}")
    if old.points != new.points:
        told.append(_knot_words(old.points, new.points))
    return ", ".join(told) or "unchanged"


def _knot_words(old: tuple[tuple[float, float], ...], new: tuple[tuple[float, float], ...]) -> str:
    if len(old) == len(new):
        moved = [number for number, (left, right) in enumerate(zip(old, new, strict=True)) if left != right]
        if len(moved) == 1:
            number = moved[0]
            return f"knot {number + 1} moved from {_knot(old[number])} to {_knot(new[number])}"
        return f"{count_text(len(moved), 'knot')} moved"
    gone, come = [k for k in old if k not in new], [k for k in new if k not in old]
    if len(come) == 1 and not gone:
        return f"knot added at {_knot(come[0])}"
    if len(gone) == 1 and not come:
        return f"knot {_knot(gone[0])} deleted"
    return f"{len(old)} → {count_text(len(new), 'knot')}"


def _level_words(before: LevelTerm, after: LevelTerm) -> str:
    pairs = [(str(level), old, new) for (level, old), (_, new) in zip(before.levels, after.levels, strict=True)]
    pairs += [("any other level", before.other, after.other), ("missing", before.missing, after.missing)]
    told = [f"{name} {number_text(old)} → {number_text(new)}" for name, old, new in pairs if old != new]
    return _listed(told, "level")


def _listed(told: Iterable[str], noun: str) -> str:
    told = list(told)
    if len(told) > _NAMED:
        return f"{count_text(len(told), noun)} changed"
    return "; ".join(told) or "unchanged"


def _knot(point: tuple[float, float]) -> str:
    return f"({number_text(point[0])}, {number_text(point[1])})"


def direction_of(curve: PWLCurve) -> str:
    """Return whether a curve only goes "up", only "down", is "level", or goes "both" ways.

    >>> direction_of(PWLCurve([(0, 1), (1, 1), (2, 3)])), direction_of(PWLCurve([(0, 1), (1, 2), (2, 1)]))
    ('up', 'both')
    """
    steps = [right - left for left, right in itertools.pairwise(curve.ys)]
    if not any(steps):
        return "level"
    if all(step >= 0 for step in steps):
        return "up"
    return "down" if all(step <= 0 for step in steps) else "both"
