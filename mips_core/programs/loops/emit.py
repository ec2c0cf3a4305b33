"""Write statements as the text of a module, as black would leave it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mips_core.expressions import Expression
from mips_core.expressions.operators import WHERE
from mips_core.expressions.python import is_bool, write
from mips_core.expressions.surface import header, spelt, with_element
from mips_core.programs.docstring import docstring_lines
from mips_core.programs.loops.layout import laid_out
from mips_core.programs.loops.statements import (
    Append,
    Assign,
    For,
    If,
    Statement,
    changed_names,
    expressions,
    rebuilt,
    walk,
)

INDENT = "    "


def loop_text(expression: Expression) -> str:
    """Return the Python text of one expression, on one line.

    >>> from mips_core.expressions import Variable
    >>> from mips_core.expressions.loops import Aggregate, Count, Listed, each, item
    >>> loop_text(Listed(Aggregate("sum", item("x", "row")), each("row", Count(Variable("x")))))
    '[sum(row) for row in x]'
    """
    return _text(expression, WHERE)


def emit_loops(parameters: tuple[str, ...], body: Iterable[Statement], origin: str, claim: str, name: str) -> str:
    """Return the module text: one comment line, and the function with its docstring."""
    lines = [f"# {origin}"] if origin else []
    lines += laid_out(f"def {name}({', '.join(parameters)}):", "")
    lines += docstring_lines(claim)
    for statement in body:
        lines += _lines(statement, INDENT)
    return "\n".join(lines) + "\n"


def _text(expression: Expression, least: int) -> str:
    return write(spelt(expression, is_bool), least)


def _lines(statement: Statement, margin: str) -> Iterator[str]:
    if isinstance(statement, For):
        yield from _loop(statement, margin)
    elif isinstance(statement, If):
        yield from _choice(statement, margin, "if")
    elif isinstance(statement, Assign):
        values = ", ".join(loop_text(value) for value in statement.values)
        yield from laid_out(f"{', '.join(statement.names)} = {values}", margin)
    elif isinstance(statement, Append):
        yield from laid_out(f"{statement.name}.append({loop_text(statement.value)})", margin)
    else:
        yield from laid_out(f"return {loop_text(statement.value)}", margin)


def _loop(statement: For, margin: str) -> Iterator[str]:
    each, body = statement.each, statement.body
    scope = [expression for inner in walk(body) for expression in expressions(inner)]
    found = with_element(each, scope, changed_names(body))
    if found is not None:
        each, body = found[0], rebuilt(body, found[1])
    yield from laid_out(f"{header(each, _text, WHERE)}:", margin)
    for inner in body:
        yield from _lines(inner, margin + INDENT)


def _choice(statement: If, margin: str, word: str) -> Iterator[str]:
    yield from laid_out(f"{word} {loop_text(statement.condition)}:", margin)
    for inner in statement.body:
        yield from _lines(inner, margin + INDENT)
    otherwise = statement.otherwise
    if len(otherwise) == 1 and isinstance(otherwise[0], If):
        yield from _choice(otherwise[0], margin, "elif")
    elif otherwise:
        yield f"{margin}else:"
        for inner in otherwise:
            yield from _lines(inner, margin + INDENT)
