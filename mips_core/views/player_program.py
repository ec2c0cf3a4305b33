"""The program's part of what the player shows: its lines, and for each step which of them ran with which values."""

from __future__ import annotations

from typing import Any

from mips_core.views.code_html import code_lines
from mips_core.views.program_trace import Executed, ProgramTrace

MOST_ENTRIES = 14
"""Table entries that are all shown; of larger tables only those that the sequence looks up are."""


def program_part(trace: ProgramTrace) -> dict[str, Any]:
    """Return the program as plain data for the player.

    ``rows`` are the shown lines [number, HTML]; number 0 stands for lines left out.  ``statements``
    gives the first and last row of each statement.  ``steps[t]`` is the number of a pattern, a list
    of ``[statement, names, sides taken, rows looked up]``; ``values[t]`` are the values of all its
    names in order.
    """
    html = code_lines(trace.source, trace.outline.branches)
    shown = _shown(trace)
    row_of = {number: i for i, (number, _) in enumerate(shown) if number}
    patterns: dict[tuple[Any, ...], int] = {}
    steps, values = [], []
    for executed in trace.steps:
        pattern = tuple(_pattern(one, row_of) for one in executed)
        steps.append(patterns.setdefault(pattern, len(patterns)))
        values.append([value for one in executed for _, value in one.values])
    return {
        "rows": [[number, html[number - 1] if number else note] for number, note in shown],
        "statements": [[row_of[s.first], row_of[s.last]] for s in trace.outline.statements],
        "patterns": [list(map(list, pattern)) for pattern in patterns],
        "steps": steps,
        "values": values,
        "remembered": _remembered(trace),
        "error": trace.error,
    }


def _pattern(one: Executed, row_of: dict[int, int]) -> tuple[Any, ...]:
    names = tuple(name for name, _ in one.values)
    looked_up = tuple(row for first, last in one.reads for row in range(row_of[first], row_of[last] + 1))
    return one.statement, names, one.branches, looked_up


def _remembered(trace: ProgramTrace) -> list[str]:
    """Return the variables that are set before the first input: what the program carries from step to step."""
    names = [name for one in trace.steps[0] for name, _ in one.values]
    return [name for name in dict.fromkeys(names) if name != trace.outline.result]


def _shown(trace: ProgramTrace) -> list[tuple[int, str]]:
    """Return the numbers of the lines that are shown, each with ""; 0 with a note where lines are left out."""
    read = trace.outline
    shown: list[tuple[int, str]] = []
    looked_up = {entry for step in trace.steps for one in step for entry in one.reads}
    lines = trace.source.splitlines()
    for entries in read.entries.values():
        places = sorted(entries.values())
        if not places:
            continue
        head = places[0][0] - 1
        kept = places if len(places) <= MOST_ENTRIES else [place for place in places if place in looked_up]
        shown.append((head, ""))
        shown += [(line, "") for first, last in kept for line in range(first, last + 1)]
        if len(kept) < len(places):
            shown.append((0, f"{len(places) - len(kept):,} more, not looked up here"))
        shown.append((places[-1][1] + 1, ""))
    first, last = read.docstring or (0, -1)
    shown += [(line, "") for line in range(read.head, len(lines) + 1) if not first <= line <= last]
    return shown
