"""The word for how the formulas of a program were found."""

from enum import StrEnum


class Method(StrEnum):
    """How formulas were found; "table" means that none was found and the exact transition table stands in."""

    LINEAR = "linear"
    BOOLEAN = "boolean"
    SYMBOLIC = "symbolic"
    MIXED = "mixed"
    TABLE = "table"


def combined(methods: list[Method]) -> Method:
    """Return the method of a program whose parts were found by ``methods``."""
    distinct = set(methods)
    if Method.TABLE in distinct:
        return Method.TABLE
    return distinct.pop() if len(distinct) == 1 else Method.MIXED
