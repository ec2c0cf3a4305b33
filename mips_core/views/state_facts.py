"""What is known about single states of a finite machine: visits, values of the program there, arrows in and out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

import numpy as np

from mips_core.errors import MipsError
from mips_core.machines.mealy import MealyMachine
from mips_core.programs.program import Program
from mips_core.stepping import IntArray, trace
from mips_core.views.labels import label_lines
from mips_core.views.palette import state_name

_MOST_VALUES = 4
_MOST_ARROWS = 40

LINK_CSS = """
.arrows { display: grid; gap: 3px 14px; grid-template-columns: max-content max-content 1fr; align-items: center;
  font-size: 0.93rem; max-height: 340px; overflow-y: auto; padding: 2px; }
.arrows b { grid-column: 1 / -1; font-weight: 600; margin-top: 4px; }
.arrows span.io { font-variant-numeric: tabular-nums; white-space: pre-line; }
.arrows span.way { opacity: 0.75; }
.arrows small { opacity: 0.75; }
.arrows button, .crumbs button { font: inherit; color: inherit; padding: 2px 10px; border-radius: 99px; cursor: pointer;
  background: none; border: 1.6px solid var(--st-border-color); font-weight: 600; justify-self: start; }
.arrows button:hover, .crumbs button:hover { border-color: var(--st-primary-color); }
.crumbs { display: flex; flex-wrap: wrap; gap: 6px; align-items: center; padding: 2px; font-size: 0.93rem; }
"""


@dataclass(frozen=True, eq=False)
class Visits:
    """How often sampled sequences are in each state, and what the program's variables hold there.

    Parameters
    ----------
    counts : int64 (S,), positions in each state, starts included
    variables : names of the program's variables
    values : per state, the distinct values seen, most frequent first, each a tuple in the order of ``variables``
    """

    counts: IntArray
    variables: tuple[str, ...]
    values: Mapping[int, tuple[tuple[int, ...], ...]]

    @property
    def positions(self) -> int:
        """Positions of all sequences together."""
        return int(self.counts.sum())


def count_visits(machine: MealyMachine, program: Program | None, x: IntArray) -> Visits:
    """Follow sequences ``x`` (N, T, D_in) through the machine and beside it through the program.

    Raises
    ------
    BadInputError
        when an input is not in the machine's alphabet.
    """
    states = trace(machine, x).states.ravel()
    counts = np.bincount(states, minlength=machine.states)
    names = () if program is None else tuple(variable.name for variable in program.system.state)
    if program is None or not names:
        return Visits(counts, (), {})
    try:
        held = trace(program, x).states[:, :, : len(names)].reshape(len(states), -1)
    except (MipsError, KeyError):  # the program cannot run on all of them
        return Visits(counts, (), {})
    values = {}
    for state in np.flatnonzero(counts).tolist():
        rows, often = np.unique(held[states == state], axis=0, return_counts=True)
        values[state] = tuple(tuple(row) for row in rows[np.argsort(-often, kind="stable")].tolist())
    return Visits(counts, names, values)


def visits_text(visits: Visits, state: int) -> str:
    """Say how often a state is visited.

    >>> visits_text(Visits(np.array([30, 10]), (), {}), 1)
    '10 of 40 positions on sampled sequences (25 %)'
    """
    share = 100 * float(visits.counts[state]) / max(visits.positions, 1)
    return f"{visits.counts[state]:,} of {visits.positions:,} positions on sampled sequences ({share:.0f} %)"


def values_text(visits: Visits, state: int) -> str:
    """Say what the program's variables hold in a state, as Markdown; "" when it has none, or none was seen there.

    >>> values_text(Visits(np.array([1, 1]), ("carry", "old"), {1: ((1, 0), (1, 1))}), 1)
    '`carry` = 1, `old` = 0 or 1'
    """
    rows = visits.values.get(state, ())
    parts = []
    for i, name in enumerate(visits.variables):
        held = sorted({row[i] for row in rows})
        if not held:
            continue
        shown = " or ".join(str(v) for v in held[:_MOST_VALUES])
        more = len(held) - _MOST_VALUES
        parts.append(f"`{name}` = {shown}" + (f" or {more} more" if more > 0 else ""))
    return ", ".join(parts)


def arrows_html(machine: MealyMachine, state: int) -> str:
    """Return the arrows out of and into a state; each neighbour is a button that tells its number."""
    outgoing = [(t, _io(machine, state, t)) for t in np.unique(machine.next_state[state]).tolist()]
    sources = np.flatnonzero((machine.next_state == state).any(axis=1)).tolist()
    incoming = [(s, _io(machine, s, state)) for s in sources if s != state]  # a loop stands among the arrows out
    return (
        f'<style>{LINK_CSS}</style><div class="arrows">{_side("Arrows out", "to", outgoing, state)}'
        f"{_side('Arrows in', 'from', incoming, state)}</div>"
    )


def _side(title: str, way: str, arrows: list[tuple[int, str]], state: int) -> str:
    if not arrows:
        return f"<b>{title}: none</b>"
    rows = "".join(
        f'<span class="io">{escape(io)}</span><span class="way">{way}</span>'
        + ("<span>itself</span>" if other == state else _button(other))
        for other, io in arrows[:_MOST_ARROWS]
    )
    left = len(arrows) - _MOST_ARROWS
    more = f"<small>and {left:,} more; the table has all</small>"
    return f"<b>{title}</b>{rows}{more if left > 0 else ''}"


def _button(state: int) -> str:
    name = state_name(state)
    return f'<button type="button" data-value="{state}" aria-label="Choose state {name}">{name}</button>'


def _io(machine: MealyMachine, s: int, t: int) -> str:
    taken = np.flatnonzero(machine.next_state[s] == t)
    words = machine.input_words, machine.output_words
    lines = label_lines(machine.symbols[taken], machine.output[s, taken], most=6, words=words)
    observed = machine.observed is None or bool(machine.observed[s, taken].all())
    return "\n".join(lines) + ("" if observed else "\nnot all observed")


def crumbs_html(states: tuple[int, ...]) -> str:
    """Return the states that were looked at, oldest first, as buttons; the last one is where the reader is."""
    *before, now = states
    trail = "".join(f"{_button(s)}<span>›</span>" for s in before)
    return f'<style>{LINK_CSS}</style><div class="crumbs"><span>Looked at:</span>{trail}<b>{state_name(now)}</b></div>'


def find_state(text: str, machine: MealyMachine) -> int | None:
    """Read the name of a state, like ``S3`` or ``s3``; None when the text is no name of one.

    >>> find_state(" s1 ", MealyMachine(np.array([[1], [0]]), np.zeros((2, 1, 1), dtype=int), np.array([[0]])))
    1
    """
    name = text.strip()
    if name[:1] not in ("S", "s") or not name[1:].isdecimal() or len(name) > 12:
        return None
    return int(name[1:]) if int(name[1:]) < machine.states else None
