"""The cards of the gallery: one for each finished run, in a few words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np

from mips_core.errors import MipsError
from mips_core.machines.mealy import MealyMachine
from mips_core.programs.loop_line import loop_line
from mips_core.programs.program import Program
from mips_core.runs import Run, UnreadableRun
from mips_core.stepping import outputs_of
from mips_core.tasks import get
from mips_core.views.claims import FAILED, PARTIAL, SOLVED, TABLE, headline, strays, verdict
from mips_core.views.machine_thumbnail import thumbnail_svg
from mips_core.views.sequences import count_text, sequence_text

UNREADABLE = "cannot be read"
RECORDED = "Recorded traces"
FROM_FILES = "Networks from files"
YOURS = "Your runs"
NO_MEMORY = "no memory"
ALL_INPUTS = "all inputs so far"
NO_MACHINE = "no machine"
_FEW_STATES = 4
FEW_STATES, MANY_STATES, INTEGERS = f"up to {_FEW_STATES} states", f"over {_FEW_STATES} states", "integers"
DIFFICULTIES = (NO_MEMORY, FEW_STATES, MANY_STATES, INTEGERS, ALL_INPUTS, NO_MACHINE)
"""What a network must remember, from nothing to everything."""
LONGEST_FORMULA = 90
_SOME_WORDS = 6
_EXAMPLE_STEPS = 6


@dataclass(frozen=True)
class Card:
    """What the gallery shows of a run.

    Parameters
    ----------
    name, group, description : which task; the group is :data:`RECORDED` or :data:`FROM_FILES` where there is none
    badge : one of the words of :mod:`mips_core.views.claims`, or :data:`UNREADABLE`
    memory : how much the machine remembers, in words
    formula : the shortest honest line about the program
    nodes : size of the program, or None
    states : of the finite machine, or None
    strays : whether program and network differ beyond the trained length
    claim : the printed sentence, or the reason why the run cannot be read
    example : (inputs, outputs) as text, or None
    thumbnail : SVG, or ""
    id : what stands for the run in an address
    address : the part of an address that chooses the run
    """

    name: str
    group: str
    description: str
    badge: str
    memory: str
    formula: str
    nodes: int | None
    states: int | None
    claim: str
    example: tuple[str, str] | None = None
    thumbnail: str = ""
    id: str = ""
    address: str = ""
    strays: bool = False

    @property
    def title(self) -> str:
        """The name with spaces."""
        return self.name.replace("_", " ")

    @property
    def difficulty(self) -> str:
        """One of :data:`DIFFICULTIES`: how much has to be remembered; "" for a run that cannot be read."""
        if self.badge == UNREADABLE:
            return ""
        if self.states is not None:
            return FEW_STATES if self.states <= _FEW_STATES else MANY_STATES
        return {NO_MEMORY: NO_MEMORY, ALL_INPUTS: ALL_INPUTS, NO_MACHINE: NO_MACHINE}.get(self.memory, INTEGERS)

    def matches(
        self, text: str, groups: Sequence[str], badges: Sequence[str], difficulties: Sequence[str] = ()
    ) -> bool:
        """Tell whether the card passes the filters; an empty filter lets everything pass."""
        words = text.lower().replace("_", " ").split()
        content = f"{self.title} {self.group} {self.description} {self.formula}".lower()
        return (
            all(word in content for word in words)
            and (not groups or self.group in groups)
            and (not badges or self.badge in badges)
            and (not difficulties or self.difficulty in difficulties)
        )


def card(run: Run | UnreadableRun) -> Card:
    """Return the card of a run; a part that cannot be read makes an unreadable card, never an exception."""
    if isinstance(run, UnreadableRun):
        return _unreadable(run.folder.name, run.reason)
    try:
        return _card(run)
    except (MipsError, OSError, KeyError, TypeError, ValueError) as error:
        reason = (
            str(error) if isinstance(error, MipsError) else f"Its report has a missing or malformed field: {error}."
        )
        return _unreadable(run.name, reason)


def cards(runs: Iterable[Run | UnreadableRun]) -> tuple[Card, ...]:
    """Return the cards of all runs in their order."""
    return tuple(card(run) for run in runs)


def card_columns(found: Sequence[Card]) -> dict[str, list[str | int | None]]:
    """Return cards as the columns of a table."""
    fields = ("name", "id", "group", "badge", "memory", "states", "nodes", "formula", "claim", "description")
    return {field: [getattr(card, field) for card in found] for field in fields}


def showcase(runs: Iterable[Run]) -> Run | None:
    """Return the run that makes the best first example: a formula, a finite machine, and little of both.

    Only reports are read for this, so that a page can show the example before it reads everything else.
    """
    sizes = []
    for run in runs:
        machine, program = run.report.get("machine"), run.report.get("program")
        if verdict(run.report) == SOLVED and machine and program and (machine.get("states") or 0) > 1:
            sizes.append((machine["states"] + program["nodes"], run.name, run))
    return min(sizes, key=lambda size: size[:2])[2] if sizes else None


def _unreadable(name: str, reason: str) -> Card:
    return Card(name, "Cannot be read", "", UNREADABLE, "", "", None, None, reason)


def _card(run: Run) -> Card:
    report = run.report
    task = get(report["task"]) if report.get("task") else None
    program, machine = run.program, run.machine
    if isinstance(machine, MealyMachine):
        memory, states = count_text(machine.states, "state"), machine.states
        thumbnail = thumbnail_svg(machine)
    else:
        memory, states, thumbnail = NO_MACHINE, None, ""
        if machine is not None:
            memory = count_text(machine.order, "remembered integer") if machine.order else NO_MEMORY
            memory = ALL_INPUTS if machine.histories else memory
    words = bool(report.get("words"))
    example = None
    if task is not None:
        example = (sequence_text(task.example), sequence_text(task.example_output))
    elif words and isinstance(machine, MealyMachine):
        example = _example(machine)
    return Card(
        name=run.name,
        group=YOURS if run.is_own else task.group if task else RECORDED if words else FROM_FILES,
        description=run.note or (task.description if task else _description(report)),
        badge=verdict(report),
        memory=memory,
        formula=formula_line(program) if program is not None else "no program was found",
        nodes=program.nodes if program is not None else None,
        states=states,
        claim=headline(report),
        example=example,
        thumbnail=thumbnail,
        id=run.id,
        address=urlencode(address(run)),
        strays=strays(report),
    )


def address(run: Run) -> dict[str, str]:
    """Return what an address says to mean a run: ``task`` for one that ships, ``run`` for all others.

    The latter names its task as well, where it has one, for whoever reads the address.
    """
    task = run.report.get("task")
    if run.information is None:
        return {"task": run.id}
    return {"run": run.id} if task is None else {"task": task, "run": run.id}


def _description(report: Mapping[str, Any]) -> str:
    """Say where a run without a task came from, and the words that it reads."""
    text = f"Distilled from {Path(report['source']).name}."
    columns = [column for column in (report.get("words") or {}).get("inputs") or [] if column]
    if not columns:
        return text
    reads = ", ".join(columns[0][:_SOME_WORDS]) + (", …" if len(columns[0]) > _SOME_WORDS else "")
    return f"{text} It reads {reads}{'' if reads.endswith('…') else '.'}"


def _example(machine: MealyMachine) -> tuple[str, str]:
    """Return a short sequence drawn at random, the same each time, with what the machine answers."""
    x = machine.symbols[np.random.default_rng(0).integers(len(machine.symbols), size=_EXAMPLE_STEPS)]
    y = outputs_of(machine, x[None])[0]
    return sequence_text(x, machine.input_words), sequence_text(y, machine.output_words)


def formula_line(program: Program, longest: int = LONGEST_FORMULA) -> str:
    """Write the lines of the program's loop in their order, as many of the first as fit, else their number.

    >>> from mips_core.expressions import Variable, apply
    >>> from mips_core.machines.integer_system import IntegerSystem, StateVariable
    >>> from mips_core.regression.method import Method
    >>> add = apply("add", Variable("total"), Variable("x"))
    >>> system = IntegerSystem(("x",), (StateVariable("total", 0, add),), (add,))
    >>> formula_line(Program(system, Method.LINEAR, ""))
    'total = total + x; y = total'
    """
    lines = loop_line(program).split("; ")
    if len("; ".join(lines)) <= longest:
        return "; ".join(lines)
    while lines and len("; ".join([*lines, "…"])) > longest:
        lines.pop()
    if lines:
        return "; ".join([*lines, "…"])
    system = program.system
    return count_text(len(system.locals) + len(system.state) + len(system.outputs), "formula")


BADGES = (SOLVED, TABLE, PARTIAL, FAILED, UNREADABLE)
