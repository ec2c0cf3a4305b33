"""The errors of curves: bad input like everywhere, and a ``ValueError`` too, as users of numeric libraries expect."""

from __future__ import annotations

from mips_core.errors import BadInputError


class CurveError(BadInputError, ValueError):
    """Data, a curve or a model's text cannot be used; ``line`` and ``column`` (from 1) say where in a text."""

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message)
        self.line = line
        self.column = column
