"""What counts as a missing value: one rule for files, models and emitted modules."""

from __future__ import annotations

from typing import Any

MISSING_TEXTS = frozenset({"", "na", "n/a", "nan", "null", "none", "?"})
"""Texts, in small letters and without spaces around them, that stand for a missing value."""

_LONGEST = max(map(len, MISSING_TEXTS))


def is_missing(value: Any) -> bool:
    """Whether a value of a row is missing: None, NaN, or one of :data:`MISSING_TEXTS` in any case.

    >>> is_missing(" N/A "), is_missing(None), is_missing(float("nan")), is_missing(0), is_missing("no")
    (True, True, True, False, False)
    """
    if isinstance(value, str):
        text = value.strip()
        return len(text) <= _LONGEST and text.casefold() in MISSING_TEXTS
    return value is None or bool(value != value)
