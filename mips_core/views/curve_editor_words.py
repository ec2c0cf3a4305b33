"""What an edit did, and how a curve runs, in words."""

from __future__ import annotations

import itertools

from mips_core.curves.curve import PWLCurve
from mips_core.curves.editing import changes
from mips_core.curves.model import AdditiveModel
from mips_core.views.sequences import count_text

_NAMED = 3
"""Changes that are told one by one."""


def edit_words(before: AdditiveModel, after: AdditiveModel) -> str:
    """Say what differs between two models, in one line.

    >>> from mips_core.curves.model import CurveTerm
    >>> old, new = (CurveTerm("bmi", PWLCurve([(18, -3), (24, y), (37, 6)])) for y in (-1, 2))
    >>> edit_words(AdditiveModel((old,)), AdditiveModel((new,)))
    'bmi: knot (24, -1) moved to (24, 2).'
    """
    told = changes(before, after)
    if len(told) <= _NAMED:
        return " ".join(told)
    return f"{' '.join(told[: _NAMED - 1])} And {count_text(len(told) - _NAMED + 1, 'change')} more."


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
