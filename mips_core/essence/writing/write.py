"""The face of writing: from groups to the smallest program that says the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from math import prod

from mips_core.errors import NoRegularStructureError
from mips_core.essence.condensed import SIZE_NAMES, Condensed
from mips_core.essence.data import Reading
from mips_core.essence.writing.blocks import block_drafts
from mips_core.essence.writing.clauses import clauses_draft
from mips_core.essence.writing.decisions import effort
from mips_core.essence.writing.drafts import Draft, line_groups
from mips_core.essence.writing.generic import generic_drafts
from mips_core.essence.writing.grouped import grouped_drafts
from mips_core.essence.writing.multiplexer import multiplexer_draft
from mips_core.essence.writing.polish import polished, with_early_returns
from mips_core.essence.writing.polynomials import Scope
from mips_core.essence.writing.scalar_groups import is_of_one_size, scalar_groups, unrolled
from mips_core.essence.writing.whole import count_drafts, flat_drafts
from mips_core.essence.writing.window import window_drafts
from mips_core.essence.writing.written import InputValues, Written
from mips_core.programs.loops import LoopProgram, Statement
from mips_core.programs.loops.statements import expressions, walk

MOST_ENTRIES = 8
"""So many entries of a literal are a table, and a table is no rule."""

_MOST_APART = 5
"""Windows of so many cells are looked at cell by cell."""

_FIXED = 3
"""Windows of so many cells are looked at in no other way."""


def write(condensed: Condensed, reading: Reading, values: InputValues, origin: str) -> Written:
    """Return the smallest program found that equals a condensed network.

    Parameters
    ----------
    condensed : the groups
    reading : what the function takes
    values : which numbers inputs are; the program is right for these
    origin : the comment line of the source

    Raises
    ------
    NoRegularStructureError
        when only a literal table or a sum of unrelated numbers would say it; ``tried`` lists what was tried.
    """
    tried: list[str] = []
    found: list[tuple[tuple[int, int, int, str], LoopProgram, Draft]] = []
    for draft in _drafts(condensed, reading, values, tried):
        for body in polished(draft.body, condensed.axes):
            program = LoopProgram(draft.parameters, body, origin)
            if program.longest_literal >= MOST_ENTRIES:
                tried.append(f"{draft.form} form: a literal of {program.longest_literal} entries")
                continue
            rank = (program.nodes + reading_effort(body), program.lines, len(program.source), program.source)
            found.append((rank, program, draft))
    if not found:
        raise NoRegularStructureError(
            f"No program that is shorter than a table says what the network does: {'; '.join(tried)}.", tuple(tried)
        )
    _, program, draft = min(found, key=lambda each: each[0])
    program = replace(program, body=with_early_returns(program.body))
    every = tuple(group.name for layer in condensed.layers for group in layer)
    steps = tuple(replace(step, groups=step.groups or every) for step in draft.steps)
    return Written(program, draft.form, steps, line_groups(program, draft, condensed))


def _drafts(condensed: Condensed, reading: Reading, values: InputValues, tried: list[str]) -> Iterator[Draft]:
    """Yield programs in all forms that a reading knows; ``tried`` gets a line for each form that says nothing."""
    if reading == "rule and window":
        yield multiplexer_draft(condensed)
        return
    if reading == "clauses":
        yield clauses_draft(condensed)
        return
    scope = Scope(
        {name: min(shape[axis] for shape in condensed.sizes) for axis, name in enumerate(SIZE_NAMES[condensed.axes])}
    )
    if reading == "window":
        yield from _told(_of_window(condensed, values, scope), "a formula of sums of a window's cells", tried)
        return
    yield from _told(_flat(condensed, values, scope), "a formula of few sums", tried)
    yield from block_drafts(condensed, lambda block: _of_block(block, values, scope))
    yield from _told(count_drafts(condensed, values, scope), "numbers of turns of a loop", tried)
    yield from _told(grouped_drafts(condensed, values, scope), "comparisons of greatest values", tried)
    try:
        yield from generic_drafts(condensed, values, scope)
    except NoRegularStructureError as error:
        tried.extend(error.tried)


def reading_effort(body: Iterable[Statement]) -> int:
    """Return how much harder a program is to read than its size says."""
    return sum(effort(expression) for statement in walk(body) for expression in expressions(statement))


def _of_block(condensed: Condensed, values: InputValues, scope: Scope) -> Iterator[Draft]:
    yield from _flat(condensed, values, scope)
    try:
        yield from generic_drafts(condensed, values, scope)
    except NoRegularStructureError:
        return


def _told(drafts: Iterator[Draft], form: str, tried: list[str]) -> Iterator[Draft]:
    count = 0
    for draft in drafts:
        count += 1
        yield draft
    if not count:
        tried.append(form)


def _of_window(condensed: Condensed, values: InputValues, scope: Scope) -> Iterator[Draft]:
    cells = prod(condensed.sizes[0])
    for apart in (True, False):
        if (apart and cells > _MOST_APART) or (not apart and cells <= _FIXED):
            continue
        scalars = unrolled(condensed, values, apart)
        if scalars is not None:
            yield from window_drafts(condensed, scalars, scope)


def _flat(condensed: Condensed, values: InputValues, scope: Scope) -> Iterator[Draft]:
    if not is_of_one_size(condensed):
        found = [scalar_groups(condensed, values, scope)]
    elif prod(condensed.sizes[0]) <= _MOST_APART:
        found = [unrolled(condensed, values), unrolled(condensed, values, apart=True)]
    else:
        found = [unrolled(condensed, values)]
    for scalars in found:
        if scalars is not None:
            yield from flat_drafts(condensed, scalars, values, scope)
