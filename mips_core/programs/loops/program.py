"""A program with loops: statements, the text that they are written as, and its sizes."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mips_core.programs.docstring import plain_text
from mips_core.programs.loops.emit import emit_loops
from mips_core.programs.loops.flags import with_flags
from mips_core.programs.loops.names import check_names
from mips_core.programs.loops.statements import Statement
from mips_core.programs.naming import one_line
from mips_core.programs.size import Size, size_of
from mips_core.syntax import parse_module


@dataclass(frozen=True)
class LoopProgram:
    """A function of lists and numbers.

    Parameters
    ----------
    parameters : names of its arguments
    body : its statements; variables that only hold truth values are kept as :class:`mips_core.expressions.loops.Flag`
    origin : one line that names the network and the route; the comment line of the source
    claim : the docstring of the function
    name : of the function

    Raises
    ------
    ValueError
        when a name cannot stand in a program, is read before it has a value, or is bound again within its loop.
    """

    parameters: tuple[str, ...]
    body: tuple[Statement, ...]
    origin: str
    claim: str = ""
    name: str = "f"

    def __post_init__(self) -> None:
        object.__setattr__(self, "body", with_flags(self.parameters, self.body))
        object.__setattr__(self, "origin", one_line(self.origin))
        object.__setattr__(self, "claim", plain_text(self.claim))
        check_names(self.parameters, self.body, self.name)

    @cached_property
    def source(self) -> str:
        """The module text: plain Python without imports, one function."""
        return emit_loops(self.parameters, self.body, self.origin, self.claim, self.name)

    @cached_property
    def function(self) -> Callable[..., Any]:
        """The function of :attr:`source`, compiled here: this text is our own, not a stranger's."""
        namespace: dict[str, Any] = {}
        exec(compile(self.source, "<program>", "exec"), namespace)
        function: Callable[..., Any] = namespace[self.name]
        return function

    @cached_property
    def lines(self) -> int:
        """Lines of the text that are neither blank nor comment nor docstring."""
        return lines_of_code(self.source)

    @property
    def nodes(self) -> int:
        """Nodes of the syntax tree; see :func:`mips_core.programs.size.size_of`."""
        return self._size.nodes

    @cached_property
    def longest_literal(self) -> int:
        """Entries of the largest list, tuple, dictionary or set that is written out in the code; 0 without one."""
        return longest_literal(self.source)

    @cached_property
    def _size(self) -> Size:
        return size_of(self.source)


def lines_of_code(source: str) -> int:
    """Count the lines of a program that are neither blank nor comment nor docstring.

    >>> lines_of_code('# A.\\ndef f(x):\\n    \"\"\"Takes\\n    one.\"\"\"\\n    # Here.\\n\\n    return x\\n')
    2
    """
    described: set[int] = set()
    for node in ast.walk(parse_module(source)):
        if isinstance(node, ast.Module | ast.FunctionDef) and ast.get_docstring(node) is not None:
            first = node.body[0]
            described.update(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    lines = [line.strip() for number, line in enumerate(source.splitlines(), 1) if number not in described]
    return sum(bool(line) and not line.startswith("#") for line in lines)


def longest_literal(source: str) -> int:
    """Return the number of entries of the largest literal list, tuple, dictionary or set, nested ones counted in full.

    >>> longest_literal("a = (0, [1, 2, 3])"), longest_literal("b = []"), longest_literal("c = {1: 2, 3: 4}")
    (4, 0, 2)
    """
    return max(map(_entries, ast.walk(parse_module(source))))


def _entries(node: ast.AST) -> int:
    if isinstance(node, ast.Dict):
        parts: list[ast.expr] = node.values
    elif isinstance(node, ast.List | ast.Tuple | ast.Set) and isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
        parts = node.elts
    else:
        return 0
    return sum(max(1, _entries(part)) for part in parts)
