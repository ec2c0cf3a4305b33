"""The transition table of a machine as one table: ``(state, word): (next state, word)``.

Each line is one arrow of the machine, so that a person reads a whole protocol off it.  In the
equations the table is two or more (one for the next state, one for each output) that are looked
up at the same place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mips_core.expressions import Lookup, Table
from mips_core.expressions.python import to_python, value_text
from mips_core.machines.integer_system import IntegerSystem
from mips_core.programs.naming import RESERVED

WIDTH = 88
NOT_OBSERVED = "not observed"
"""Comment on an arrow that no recorded sequence takes: its value is the network's answer."""


@dataclass(frozen=True)
class Transitions:
    """A system that is one transition table.

    Parameters
    ----------
    tables : next state, then each output; same keys, the first one's name is the written one
    key : what they are looked up at, as text
    state, start : the state variable and its start value
    outputs : names for the outputs
    """

    tables: tuple[Table, ...]
    key: str
    state: str
    start: int
    outputs: tuple[str, ...]

    def table_lines(self) -> list[str]:
        """Write the table."""
        first, *others = self.tables
        lines = [f"{first.name} = {{"]
        for i, (key, value) in enumerate(first.entries):
            results = [value_text(value, None)]
            results += [value_text(table.entries[i][1], table.value_words) for table in others]
            lines += entry_lines(first, key, results)
        return [*lines, "}"]

    def loop_lines(self) -> list[str]:
        """Write the two lines of the loop, without the margin."""
        names = ", ".join(self.outputs)
        appended = names if len(self.outputs) == 1 else f"({names})"
        return [f"{self.state}, {names} = {self.tables[0].name}[{self.key}]", f"outputs.append({appended})"]


def transitions(system: IntegerSystem) -> Transitions | None:
    """Return a system as one transition table when its tables are the parts of one, by keys and names; else None."""
    if system.locals or len(system.state) != 1:
        return None
    variable = system.state[0]
    lookups = [variable.update, *system.outputs]
    found = [lookup for lookup in lookups if isinstance(lookup, Lookup)]
    if len(found) != len(lookups):
        return None
    first = found[0]
    keys = [key for key, _ in first.table.entries]
    for number, lookup in enumerate(found[1:], start=1):
        same = lookup.arguments == first.arguments and [key for key, _ in lookup.table.entries] == keys
        if not same or lookup.table.name != part_name(first.table.name, number):
            return None
    key = ", ".join(to_python(argument) for argument in first.arguments)
    taken = {*system.inputs, variable.name}
    names = [_unused(name, taken) for name in output_names(len(system.outputs))]
    tables = tuple(lookup.table for lookup in found)
    return Transitions(tables, key, variable.name, variable.start, tuple(names))


def part_name(name: str, number: int) -> str:
    """Return what the part of a transition table for output ``number`` (from 1) is called in the equations."""
    return f"{name}_{number}"


def parts(table: Table, values: Sequence[tuple[int, ...]], words: Sequence[tuple[str, ...] | None]) -> list[Table]:
    """Take a table with several values per key apart into one table per value; the inverse of writing it.

    Parameters
    ----------
    table : name, keys and flags; its own values do not count
    values : one tuple per entry
    words : the words that each value stands for, or None
    """
    keys = [key for key, _ in table.entries]
    found = []
    for number, each in enumerate(words):
        name = part_name(table.name, number) if number else table.name
        entries = tuple((key, value[number]) for key, value in zip(keys, values, strict=True))
        found.append(replace(table, name=name, entries=entries, value_words=each))
    return found


def output_names(count: int) -> list[str]:
    """Return names for outputs: "output", or "output1", "output2", ..."""
    return ["output"] if count == 1 else [f"output{i + 1}" for i in range(count)]


def entry_lines(table: Table, key: tuple[int, ...], values: list[str]) -> list[str]:
    """Write one entry of a table in lines of at most 88 columns, broken as black breaks them.

    Parameters
    ----------
    table : says what the parts of a key stand for, and which keys were not observed
    values : one text per value; several are written as a tuple
    """
    words = table.key_words or (None,) * table.width
    parts = [value_text(part, each) for part, each in zip(key, words, strict=True)]
    remark = f"  # {NOT_OBSERVED}" if key in table.not_observed else ""
    left = parts[0] if len(parts) == 1 else f"({', '.join(parts)})"
    right = values[0] if len(values) == 1 else f"({', '.join(values)})"
    if len(left) + len(right) + len(remark) + 7 <= WIDTH or len(parts) == len(values) == 1:
        return [f"    {left}: {right},{remark}"]
    if len(values) > 1 and (len(parts) == 1 or len(left) + 7 <= WIDTH):
        return [*_broken(f"    {left}: (", values), f"    ),{remark}"]
    head = _broken("    (", parts)
    if len(values) == 1 or len(right) + len(remark) + 8 <= WIDTH:
        return [*head, f"    ): {right},{remark}"]
    return [*head, *_broken("    ): (", values), f"    ),{remark}"]


def _broken(head: str, parts: list[str]) -> list[str]:
    return [head, *(f"        {part}," for part in parts)]


def _unused(name: str, taken: set[str]) -> str:
    while name in taken or name in RESERVED:
        name += "_"
    return name
