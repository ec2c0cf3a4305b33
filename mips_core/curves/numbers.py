"""Numbers as text that reads back exactly, and rounding to significant digits."""

from __future__ import annotations

import math
from typing import Any

from mips_core.curves.errors import CurveError


def number_text(value: float) -> str:
    """Return the shortest text that reads back as the same float64; whole numbers below 1e15 lose their ``.0``.

    >>> number_text(18.0), number_text(0.1), number_text(-0.0), number_text(1e-12)
    ('18', '0.1', '-0.0', '1e-12')
    """
    value = float(value)
    if value.is_integer() and abs(value) < 1e15 and not (value == 0 and math.copysign(1, value) < 0):
        return str(int(value))
    return repr(value)


def significant(value: float, digits: int) -> float:
    """Return ``value`` rounded to ``digits`` significant decimal digits; monotone in ``value``.

    >>> significant(56789, 2), significant(-0.0123456, 4)
    (57000.0, -0.01235)
    """
    return float(f"{value:.{digits - 1}e}")


def finite_number(value: Any, what: str) -> float:
    """Return ``value`` as a float.

    Raises
    ------
    CurveError
        when it is no number or not finite; ``what`` names it after "The".
    """
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        raise CurveError(f"The {what} is {value!r}; it must be a number.") from None
    if not math.isfinite(number):
        raise CurveError(f"The {what} is {number}; it must be finite.")
    return number
