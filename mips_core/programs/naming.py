"""Names that a program may use: identifiers that hide nothing, one for each thing.

Python's own words and functions, and the three names that every emitted module
uses itself (``f``, ``xs``, ``outputs``), are left alone.  An input that no formula
reads begins with an underscore, as Python readers expect.
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Callable
from dataclasses import replace

from mips_core.expressions import Expression, Lookup, Table, Variable
from mips_core.expressions.history import COUNTER, list_name
from mips_core.machines.integer_system import IntegerSystem, StateVariable
from mips_core.wording import on_one_line

_BUILTINS = frozenset(name for name in dir(builtins) if not name.startswith("_"))
RESERVED = (
    _BUILTINS | frozenset(keyword.kwlist) | (frozenset(keyword.softkwlist) - {"_"}) | {"f", "xs", "outputs", COUNTER}
)
LONGEST = 20
ORIGIN_WIDTH = 88 - len("#  [symbolic]")


def one_line(origin: str) -> str:
    """Return ``origin`` as one printable line that fits the comment of a program.

    >>> one_line("Distilled from\\n  adder.safetensors")
    'Distilled from adder.safetensors'
    >>> one_line("Distilled from recordings.csv (gru, 64 hidden units): 12 states; read from an imperfect network")
    'Distilled from recordings.csv (gru, 64 hidden units): 12 states'
    """
    text, before = origin, None
    while text != before:
        before = text
        text = on_one_line(text)
        # "coding:" in the first lines of a Python file would be read as the file's encoding (PEP 263).
        text = re.sub(r"coding[:=]+", "coding ", text)
        # Formatters and type checkers take orders from comments that begin in these ways.
        text = re.sub(r"^(?:[!:#]+|(?:fmt|type|yapf|isort|pylint|ruff)\s*:)", "", text)
    if len(text) > ORIGIN_WIDTH:
        phrases = text[: ORIGIN_WIDTH + 2].rpartition("; ")[0]  # what comes last says least: whole phrases go
        text = phrases if len(phrases) > ORIGIN_WIDTH // 2 else text
    if len(text) <= ORIGIN_WIDTH:
        return text
    whole_words = text[: ORIGIN_WIDTH - 3].rpartition(" ")[0]  # unless one word takes more than half of the line
    kept = whole_words if len(whole_words) > ORIGIN_WIDTH // 2 else text[: ORIGIN_WIDTH - 3]
    return kept.rstrip(" ,;:(") + "..."


def safe_name(name: str, taken: set[str], *, fallback: str) -> str:
    """Return ``name``, or the nearest name that is an unused identifier; does not change ``taken``."""
    base = re.sub(r"\W", "_", name, flags=re.ASCII)[:LONGEST]
    if not base.isidentifier() or set(base) == {"_"}:
        base = f"{fallback}{base}" if base.strip("_") else fallback
    candidate = f"{base}_" if base in RESERVED else base
    number = 2
    while candidate in taken or candidate in RESERVED:
        candidate = f"{base}{number}"
        number += 1
    return candidate


def with_safe_names(system: IntegerSystem) -> IntegerSystem:
    """Return the same equations under names that can stand in a Python module; safe names stay as they are."""
    read = frozenset().union(*(expression.variables for expression in system.expressions))
    taken: set[str] = set()

    def claim(name: str, fallback: str) -> str:
        chosen = safe_name(name, taken, fallback=fallback)
        taken.add(chosen)
        return chosen

    names: dict[str, str] = {}
    for name in system.inputs:
        if name in read:
            names[name] = claim(name, "x")
            taken.add(list_name(names[name]))
    for variable in system.state:
        names[variable.name] = claim(variable.name, "s")
    for name, _ in system.locals:
        names[name] = claim(name, "term")
    inputs = tuple(names[name] if name in read else "" for name in system.inputs)
    inputs = tuple(name or _unread(system.inputs[i], len(inputs), taken) for i, name in enumerate(inputs))

    tables: dict[Table, Table] = {}

    def table(old: Table) -> Table:
        if old not in tables:
            tables[old] = replace(old, name=claim(old.name, "TABLE"))
        return tables[old]

    change = _renamer(names, table)
    return IntegerSystem(
        inputs,
        tuple(StateVariable(names[v.name], int(v.start), v.update.rebuild(change)) for v in system.state),
        tuple(e.rebuild(change) for e in system.outputs),
        tuple((names[name], e.rebuild(change)) for name, e in system.locals),
    )


def _unread(name: str, width: int, taken: set[str]) -> str:
    """Name an input that no formula reads."""
    if width == 1:
        return "_"
    chosen = safe_name("_" + name.lstrip("_"), taken, fallback="_x")
    taken.add(chosen)
    return chosen


def _renamer(names: dict[str, str], table: Callable[[Table], Table]) -> Callable[[Expression], Expression | None]:
    def change(node: Expression) -> Expression | None:
        if isinstance(node, Variable):
            return Variable(names[node.name])
        if isinstance(node, Lookup):
            return Lookup(table(node.table), tuple(argument.rebuild(change) for argument in node.arguments))
        return None

    return change
