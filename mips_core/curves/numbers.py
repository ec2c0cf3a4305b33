"""Numbers as text that reads back exactly, and rounding to significant digits."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from mips_core.curves.errors import CurveError

EXACT_DIGITS = 17
"""So many significant digits tell every float64 from every other."""

Rounded = TypeVar("Rounded")


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
    return float(f"{value:.{min(digits, EXACT_DIGITS) - 1}e}")


def fewest_digits(digits: int | None, rounded: Callable[[int], Rounded], cost: Callable[[Rounded], float]) -> Rounded:
    """Return ``rounded(d)`` for the least d from ``digits`` on whose cost is at most 0; all digits for None.

    Parameters
    ----------
    rounded: from a number of significant digits to what is rounded; exact at 17.
    cost: how far the rounded thing is beyond what is allowed.
    """
    for count in range(digits or EXACT_DIGITS, EXACT_DIGITS):
        candidate = rounded(count)
        if cost(candidate) <= 0:
            return candidate
    return rounded(EXACT_DIGITS)


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


def number_array(values: Any, name: str) -> NDArray[Any]:
    """Return values as an array of Booleans, integers or floats; anything else that has a float64 becomes one.

    Raises
    ------
    CurveError
        when something is no real number or beyond 64 bits, and for dates and masked arrays, which would lose their unit
        or their mask without a word; ``name`` says what it is.
    """
    if isinstance(values, np.ma.MaskedArray):
        raise CurveError(f"{name} is a masked array; leave the masked rows out of all columns and give plain arrays.")
    try:
        array = np.asarray(values)
        dates = array.dtype.kind in "mM" or (
            array.dtype.kind == "O" and any(isinstance(each, np.datetime64 | np.timedelta64) for each in array.flat)
        )
        is_complex = array.dtype.kind == "c"
        if array.dtype.names:
            raise TypeError("its rows are records")
        if not (dates or is_complex or array.dtype.kind in "fiub"):
            array = array.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise CurveError(f"{name} must be numbers: {error}.") from None
    except OverflowError:
        raise CurveError(f"{name} holds a number that is beyond 64 bits; use other units.") from None
    if dates:
        raise CurveError(f"{name} holds dates or times; make them numbers first, for example days since the first.")
    if is_complex:
        raise CurveError(f"{name} holds complex numbers; it must be real numbers.")
    return array


def share_of_rows(value: Any, name: str, most: float = 1.0) -> float:
    """Return ``value``, a share from 0 to ``most``; CurveError otherwise, with ``name`` in it."""
    if not isinstance(value, int | float | np.integer | np.floating) or not 0 <= value <= most:
        raise CurveError(f"{name} is {value!r}; it is a share of the rows from 0 to {most:g}.")
    return float(value)


def whole_number(value: Any, name: str, least: int) -> int:
    """Return ``value``, a whole number of at least ``least``; CurveError otherwise, with ``name`` in it."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise CurveError(f"{name} is {value!r}; it must be a whole number of at least {least}.")
    return int(value)
