"""Data written as Python literals, read without running anything; every refusal says line and column."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NoReturn

from mips_core.curves.errors import CurveError
from mips_core.syntax import parse_module

LONGEST_TEXT = 1_000_000
"""Characters of a text that are read; a model of 5,000 features has fewer."""


@dataclass(frozen=True)
class Source:
    """A text of Python, of which only literals are taken.

    Parameters
    ----------
    text: what somebody wrote.
    what: what it should be, in words that follow "The text of" in errors.

    A byte-order mark before the text is no part of it, as for Python.

    Raises
    ------
    CurveError
        when ``text`` is no text.
    """

    text: str
    what: str

    def __post_init__(self) -> None:
        if not isinstance(self.text, str):
            raise CurveError(f"The text of {self.what} must be a str, not {type(self.text).__name__}.")
        object.__setattr__(self, "text", self.text.removeprefix("\ufeff"))

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree.

        Raises
        ------
        CurveError
            when the text is too long, too deeply nested, or not Python.
        """
        if len(self.text) > LONGEST_TEXT:
            raise CurveError(f"The text of {self.what} has more than {LONGEST_TEXT:,} characters; shorten it.", 1, 1)
        try:
            return parse_module(self.text[self._margin :])
        except SyntaxError as error:
            line, column = error.lineno or 1, max(1, error.offset or 1)
            column += self._margin if line == 1 else 0
            raise self._at(line, column, f"this is not valid Python: {error.msg}.") from None
        except (RecursionError, MemoryError):
            raise CurveError(f"The text of {self.what} is nested too deeply to be read.", 1, 1) from None
        except ValueError as error:
            raise CurveError(f"The text of {self.what} is not valid Python: {error}.", 1, 1) from None

    def refuse(self, node: ast.AST, message: str) -> NoReturn:
        """Raise a CurveError with ``message`` and the place of ``node``."""
        line, byte = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
        before = self._lines[line - 1].encode("utf-8", "surrogatepass")[:byte]
        column = len(before.decode("utf-8", "surrogatepass")) + 1
        raise self._at(line, column + (self._margin if line == 1 else 0), message) from None

    def code(self, node: ast.AST) -> str:
        """Return how ``node`` is written, shortened to what a sentence can quote."""
        line, first = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
        end = getattr(node, "end_col_offset", None) if getattr(node, "end_lineno", line) == line else None
        words = self._lines[line - 1].encode("utf-8", "surrogatepass")[first:end].decode("utf-8", "replace")
        return words if len(words) <= 40 else words[:37] + "..."

    def number(self, node: ast.expr, what: str) -> float:
        """Return the number that is written, perhaps with a sign; ``what`` names it in the refusal."""
        value = node
        minus = isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.USub)
        if isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.USub | ast.UAdd):
            value = value.operand
        if not isinstance(value, ast.Constant) or type(value.value) not in (int, float):
            self.refuse(node, f"{what} must be a number that is written out, not {self.code(node)}.")
        try:
            number = float(value.value)  # type: ignore[arg-type]
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            self.refuse(node, f"{what} is beyond what 64 bits hold; write a finite number.")
        return -number if minus else number

    def string(self, node: ast.expr, what: str) -> str:
        """Return the text that is written in quotes."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return node.value
        self.refuse(node, f"{what} must be a text in quotes, not {self.code(node)}.")

    def level(self, node: ast.expr, what: str) -> str | int | bool:
        """Return the key of a level: a text, a whole number, True or False."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str | int):
            return node.value
        operand = node.operand if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) else None
        if isinstance(operand, ast.Constant) and type(operand.value) is int:
            return -operand.value
        self.refuse(node, f"{what} must be a text in quotes, a whole number, True or False, not {self.code(node)}.")

    def items(self, node: ast.expr, what: str) -> Sequence[ast.expr]:
        """Return the entries of a written list or tuple."""
        if isinstance(node, ast.List | ast.Tuple):
            return node.elts
        self.refuse(node, f"{what} must be a list in square brackets, not {self.code(node)}.")

    def entries(self, node: ast.expr, what: str) -> Iterator[tuple[ast.expr, str | int | bool, ast.expr]]:
        """Yield (key's node, key, value's node) of a written dictionary; a key that stands there twice is refused."""
        if not isinstance(node, ast.Dict):
            self.refuse(node, f"{what} must be a dictionary in curly brackets, not {self.code(node)}.")
        seen: set[str | int | bool] = set()
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                self.refuse(value, f"{what} must be written out; ** cannot stand here.")
            name = self.level(key, f"A key of {what}")
            if name in seen:
                self.refuse(key, f"{self.code(key)} stands twice in {what}; keep one of them.")
            seen.add(name)
            yield key, name, value

    @cached_property
    def _lines(self) -> list[str]:
        return re.split(r"\r\n|\r|\n", self.text[self._margin :])

    @cached_property
    def _margin(self) -> int:
        """Blanks before the first line, which Python would refuse."""
        return len(self.text) - len(self.text.lstrip(" \t"))

    def _at(self, line: int, column: int, message: str) -> CurveError:
        return CurveError(f"Line {line}, column {column}: {message}", line, column)
