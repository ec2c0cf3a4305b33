"""Read the tables of a program from its text: dictionaries of integers and words."""

from __future__ import annotations

import ast

from mips_core.errors import BadInputError
from mips_core.expressions import Constant, Table
from mips_core.expressions.parse import from_ast
from mips_core.programs.transitions import NOT_OBSERVED, parts

_Row = list[int | str]


def read_table(name: str, value: ast.expr, text: str) -> list[Table]:
    """Read a table: one for a single value per key, else one for each value; words are numbered column by column.

    Parameters
    ----------
    text : the whole module, whose comments say which entries were not observed

    Raises
    ------
    BadInputError
        when it is something else than a table; the message names the line.
    """
    if isinstance(value, ast.List | ast.Tuple) and value.elts:
        return [Table(name, tuple(((i,), read_integer(v)) for i, v in enumerate(value.elts)))]
    if not isinstance(value, ast.Dict) or not value.keys:
        raise unreadable(value, "a table")
    lines = text.splitlines()
    keys, values, doubtful = list[_Row](), list[_Row](), []
    for key, result in zip(value.keys, value.values, strict=True):
        if key is None:
            raise unreadable(value, "a table with a key for each value")
        keys.append(_row(key))
        values.append(_row(result))
        end = lines[(result.end_lineno or result.lineno) - 1]
        doubtful.append(end.rstrip().endswith(f"# {NOT_OBSERVED}"))
    if len({len(key) for key in keys}) != 1 or len(set(map(tuple, keys))) != len(keys):
        raise unreadable(value, "a table with distinct keys of one length")
    if len({len(row) for row in values}) != 1:
        raise unreadable(value, "a table with as many values for each key")
    key_numbers, key_words = _numbered(keys, value)
    value_numbers, value_words = _numbered(values, value)
    table = Table(
        name,
        tuple((key, 0) for key in key_numbers),
        tuple(key_words),
        not_observed=frozenset(key for key, flag in zip(key_numbers, doubtful, strict=True) if flag),
    )
    return parts(table, value_numbers, value_words)


def read_integer(node: ast.expr) -> int:
    """Read an integer literal."""
    value = from_ast(node, {})
    if not isinstance(value, Constant) or value.words is not None:
        raise unreadable(node, "an integer")
    return value.value


def unreadable(node: ast.stmt | ast.expr, expected: str) -> BadInputError:
    """Return the error that names a line and what was expected there."""
    return BadInputError(f"Line {node.lineno}: expected {expected}, found {ast.unparse(node)[:60]!r}.")


def _row(node: ast.expr) -> _Row:
    """Read one key or one value: an integer, a word, or a tuple of these."""
    row: _Row = []
    for part in node.elts if isinstance(node, ast.Tuple) else [node]:
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            row.append(part.value)
        else:
            row.append(read_integer(part))
    return row


def _numbered(rows: list[_Row], node: ast.expr) -> tuple[list[tuple[int, ...]], list[tuple[str, ...] | None]]:
    """Replace words by their places among the words of their column; return the rows and the words of each column."""
    columns, words = list[list[int]](), list[tuple[str, ...] | None]()
    for column in zip(*rows, strict=True):
        texts = sorted({part for part in column if isinstance(part, str)})
        if texts and not all(isinstance(part, str) for part in column):
            raise unreadable(node, "words or integers in one place of a table, not both")
        numbers = {text: i for i, text in enumerate(texts)}
        columns.append([numbers[part] if isinstance(part, str) else part for part in column])
        words.append(tuple(texts) if texts else None)
    return list(zip(*columns, strict=True)), words
