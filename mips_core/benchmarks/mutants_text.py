"""Single edits of text: one token of a program or a formula, one entry of a machine's table."""

from __future__ import annotations

import copy
import io
import itertools
import json
import keyword
import tokenize
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_SIGNS: Mapping[str, tuple[str, ...]] = {
    "+": ("-", "*"), "-": ("+",), "*": ("+", "-"), "//": ("%", "*"), "%": ("//", "+"), "^": ("|", "&"),
    "&": ("|", "^"), "|": ("&", "^"), "==": ("!=", "<"), "!=": ("==", "<"), "<": ("<=", ">="), "<=": ("<", ">"),
    ">": (">=", "<="), ">=": (">", "<"), "+=": ("-=",), "-=": ("+=",), "^=": ("|=",), "*=": ("+=",),
}  # fmt: skip
_NAMES: Mapping[str, tuple[str, ...]] = {
    "and": ("or",), "or": ("and",), "min": ("max",), "max": ("min",), "all": ("any",), "any": ("all",),
    "sum": ("max",), "abs": ("int",), "True": ("False",), "False": ("True",),
}  # fmt: skip
_CALLS = frozenset(("int", "bool", "len", "range", "append", "f"))


@dataclass(frozen=True)
class Edit:
    """A file with one place changed.

    Parameters
    ----------
    file : its name
    place : where, as a person says it, e.g. "line 12, column 9" or "transitions.3.1.next"
    before, after : what stood there and what stands there now
    data : the whole changed file
    """

    file: str
    place: str
    before: str
    after: str
    data: bytes


def program_edits(source: str, file: str = "program.py") -> list[Edit]:
    """Return every change of one operator, comparison, constant or name of a program, outside its first docstring.

    >>> source = "def f(xs):\\n    y = 0\\n    for x in xs:\\n        y = y * x\\n"
    >>> [(edit.before, edit.after) for edit in program_edits(source)][:3]
    [('y', 'x'), ('0', '1'), ('0', '2')]
    """
    tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    names = sorted({t.string for t in tokens if t.type == tokenize.NAME and _is_free(t.string)} - _defined(tokens))
    lines = source.splitlines(keepends=True)
    edits = []
    for token in tokens:
        (row, begin), (_, end) = token.start, token.end
        for new in _instead(token, names):
            line = lines[row - 1]
            changed = [*lines[: row - 1], line[:begin] + new + line[end:], *lines[row:]]
            place = f"line {row}, column {begin + 1}"
            edits.append(Edit(file, place, token.string, new, "".join(changed).encode("utf-8")))
    return edits


def _is_free(name: str) -> bool:
    return not keyword.iskeyword(name) and name not in _CALLS and name not in _NAMES


def _defined(tokens: list[tokenize.TokenInfo]) -> set[str]:
    """Return the names of functions and of what they take: to change these is to change nothing but a name."""
    found = set()
    for first, second in itertools.pairwise(tokens):
        if first.string == "def":
            found.add(second.string)
    return found | {"xs", "outputs"}


def _instead(token: tokenize.TokenInfo, names: list[str]) -> Iterator[str]:
    text = token.string
    if token.type == tokenize.NUMBER:
        value = int(text, 0)
        yield from dict.fromkeys(str(v) for v in (value + 1, value - 1, 2 * value, value + 2) if v >= 0 and v != value)
    elif token.type == tokenize.OP:
        yield from _SIGNS.get(text, ())
    elif token.type == tokenize.NAME and text in _NAMES:
        yield from _NAMES[text]
    elif token.type == tokenize.NAME and text in names:
        yield from (name for name in names if name != text)


Path = tuple[Any, ...]
"""Keys and places that lead to a value inside JSON values."""


def machine_places(value: dict[str, Any]) -> list[tuple[Path, Any]]:
    """Return every change of one entry of a machine.json: where, and what may stand there instead.

    An entry is a next state or an output of a table; of equations a token, a start value, or 1 more.
    """
    return list(_table_places(value) if value["kind"] == "mealy" else _equation_places(value))


def machine_edit(value: dict[str, Any], path: Path, after: Any, file: str = "machine.json") -> Edit:
    """Return a machine.json with one entry changed."""
    changed = copy.deepcopy(value)
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    before, inner[path[-1]] = inner[path[-1]], after
    return Edit(file, ".".join(map(str, path)), str(before), str(after), json.dumps(changed).encode("utf-8"))


def _table_places(value: dict[str, Any]) -> Iterator[tuple[Path, Any]]:
    rows = value["transitions"]
    known: list[set[Any]] = [
        set(column) for column in zip(*(cell["output"] for row in rows.values() for cell in row.values()), strict=True)
    ]
    for state, row in rows.items():
        for symbol, cell in row.items():
            for after in range(value["states"]):
                if after != cell["next"]:
                    yield ("transitions", state, symbol, "next"), after
            for i, y in enumerate(cell["output"]):
                others = known[i] - {y} or ({y + 1} if isinstance(y, int) else {f"{y}?"})
                for other in sorted(others, key=str)[:8]:
                    yield ("transitions", state, symbol, "output", i), other


def _equation_places(value: dict[str, Any]) -> Iterator[tuple[Path, Any]]:
    for i, variable in enumerate(value["state"]):
        yield ("state", i, "start"), variable["start"] + 1
        yield from ((("state", i, "update"), text) for text in _formulas(variable["update"], value))
    for i, local in enumerate(value["locals"]):
        yield from ((("locals", i, "value"), text) for text in _formulas(local["value"], value))
    for i, output in enumerate(value["outputs"]):
        yield from ((("outputs", i), text) for text in _formulas(output, value))
    for name, rows in value["tables"].items():
        for i, (_, entry) in enumerate(rows):
            yield ("tables", name, i, 1), entry + 1


def _formulas(formula: str, value: dict[str, Any]) -> Iterator[str]:
    """Return a formula with one token changed; names may become any that the equations know, or get 1 added."""
    names = sorted({*value["inputs"], *(v["name"] for v in value["state"])})
    lead = " ".join([*names, ""]) + "\n"  # so that the names count as known
    for edit in program_edits(lead + formula):
        if not edit.place.startswith("line 1,"):
            yield edit.data.decode("utf-8")[len(lead) :]
    yield f"({formula}) + 1"
