"""Numbers and names in sentences."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_LONGEST_NAME = 60


def plural(count: int, noun: str) -> str:
    """Write a number with its noun, which takes an s for all but one.

    >>> plural(1, "hidden unit"), plural(1200, "state"), plural(0, "input")
    ('1 hidden unit', '1,200 states', '0 inputs')
    """
    return f"{count:,} {noun}{'s' * (count != 1)}"


def time_text(seconds: float) -> str:
    """Write a short time.

    >>> time_text(0.0000021), time_text(0.034), time_text(2.5), time_text(0.99999), time_text(120)
    ('2.1 µs', '34 ms', '2.5 s', '1.0 s', '120 s')
    """
    units = (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6))
    unit, size = next(((unit, size) for unit, size in units if seconds >= 0.9995 * size), units[-1])
    value = seconds / size
    return f"{value:.1f} {unit}" if value < 9.95 else f"{value:,.0f} {unit}"  # 9.95 is where 10.0 would stand


def shape_text(shape: Iterable[int]) -> str:
    """Write the size of an array.

    >>> shape_text((14, 14))
    '14 x 14'
    """
    return " x ".join(map(str, shape))


def on_one_line(text: str) -> str:
    """Return a text from outside on one line, without signs that a terminal would act on.

    >>> on_one_line("a\\x1b[31mRED\\nand  more ")
    'a [31mRED and more'
    """
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def shortened(name: str) -> str:
    """Return a name that somebody gave as a sentence can hold it: at most 60 characters."""
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 3] + "..."


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that is most alike when case, spaces and punctuation do not count, if any is.

    >>> nearest("Prev 1", ["Prev1", "Prev2", "Div_3"])
    'Prev1'
    """
    plain = {_plain(each): each for each in known}
    close = difflib.get_close_matches(_plain(shortened(name)), plain, n=1, cutoff=0.5)
    return plain[close[0]] if close else None


def _plain(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())
