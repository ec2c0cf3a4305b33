"""What a curve may do between its knots: rise, fall, turn once, or stay within bounds on its slope."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real

import numpy as np

from mips_core.curves.errors import CurveError
from mips_core.curves.transforms import Floats

_RISE, _FALL = (0.0, np.inf), (-np.inf, 0.0)
_NAMES = {
    False: ("free",),
    True: ("increasing", "decreasing"),
    "increasing": ("increasing",),
    "decreasing": ("decreasing",),
    "bitonic": ("up, then down", "down, then up"),
    "bitonic_concave_down": ("up, then down",),
    "bitonic_concave_up": ("down, then up",),
}


@dataclass(frozen=True)
class Shape:
    """Bounds on the step from knot to knot.

    Parameters
    ----------
    forms: the forms that are allowed; the best-fitting one is taken.
    min_slope, max_slope: bounds in y per unit of transformed x; infinite for none.
    """

    forms: tuple[str, ...] = ("free",)
    min_slope: float = -np.inf
    max_slope: float = np.inf

    @property
    def is_free(self) -> bool:
        """Whether nothing is bounded."""
        return self.forms == ("free",) and np.isinf(self.min_slope) and np.isinf(self.max_slope)

    def patterns(self, steps: int) -> Floats:
        """Return every way to bound the signs of ``steps`` steps, (patterns, 2, steps): lowest and highest values."""
        found = []
        for form in self.forms:
            if form == "free":
                found.append([(-np.inf, np.inf)] * steps)
            elif form == "increasing":
                found.append([_RISE] * steps)
            elif form == "decreasing":
                found.append([_FALL] * steps)
            else:
                before, after = (_RISE, _FALL) if form == "up, then down" else (_FALL, _RISE)
                found += [[before] * turn + [after] * (steps - turn) for turn in range(steps + 1)]
        return np.array(found).transpose(0, 2, 1)

    def bounds(self, pattern: Floats, lengths: Floats) -> tuple[Floats, Floats]:
        """Return the least and the greatest step, (S, steps) each, for one pattern (2, steps).

        Parameters
        ----------
        lengths: (S, steps) how far apart neighbouring knots are, in units of transformed x.
        """
        with np.errstate(invalid="ignore"):
            least = np.maximum(pattern[0], self.min_slope * lengths)
            most = np.minimum(pattern[1], self.max_slope * lengths)
        return least, np.maximum(least, most)


def _bound(name: str, bound: object) -> float:
    try:
        value = float(bound) if isinstance(bound, Real) else np.nan
    except OverflowError:
        raise CurveError(f"{name} is beyond 64 bits; give a smaller number or None.") from None
    if np.isnan(value):
        raise CurveError(f"{name} is {'NaN' if isinstance(bound, Real) else repr(bound)}; give a number or None.")
    return value


def shape_of(mono: object, min_slope: float | None, max_slope: float | None) -> Shape:
    """Return the shape that the fitter's options ask for.

    Raises
    ------
    CurveError
        for an unknown ``mono``, bounds that are no numbers, or bounds that no curve can meet.
    """
    known = {str(name): forms for name, forms in _NAMES.items()}
    if isinstance(mono, np.bool_):
        mono = bool(mono)
    if not isinstance(mono, bool | str) or str(mono) not in known:
        raise CurveError(f"mono is {mono!r}; it must be one of {', '.join(known)}.")
    low = -np.inf if min_slope is None else _bound("min_slope", min_slope)
    high = np.inf if max_slope is None else _bound("max_slope", max_slope)
    if low > high:
        raise CurveError(f"min_slope {low:g} is above max_slope {high:g}: no curve has such slopes.")
    if (mono == "increasing" and high < 0) or (mono == "decreasing" and low > 0):
        raise CurveError(f'mono="{mono}" and slopes from {low:g} to {high:g} exclude each other.')
    forms = known[str(mono)]
    if low > 0 or high < 0:
        # a slope that may not be zero leaves one direction, so a curve that may turn cannot turn
        forms = tuple(form for form in forms if form in ("free", "increasing" if low > 0 else "decreasing"))
        if not forms:
            raise CurveError(f'mono="{mono}" and slopes from {low:g} to {high:g} exclude each other.')
    return Shape(forms, low, high)
