"""Numbers in sentences."""

from __future__ import annotations


def plural(count: int, noun: str) -> str:
    """Write a number with its noun, which takes an s for all but one.

    >>> plural(1, "hidden unit"), plural(1200, "state"), plural(0, "input")
    ('1 hidden unit', '1,200 states', '0 inputs')
    """
    return f"{count:,} {noun}{'s' * (count != 1)}"
