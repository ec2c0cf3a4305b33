"""The tasks by name: those of the papers, then our own."""

from __future__ import annotations

from functools import partial

from mips_core.errors import UnknownTaskError
from mips_core.essence.tasks import automata, clauses, images, numbers
from mips_core.essence.tasks.task import EssenceTask
from mips_core.wording import nearest, shortened

_RULES = tuple(
    EssenceTask(
        f"eca-{rule}",
        f"Elementary rule {rule}",
        f"The next value of a cell under rule {rule}, from the 8 patterns of a cell with its two neighbours.",
        partial(automata.rule_data, rule),
        "window",
        automata.rule_judge(rule),
    )
    for rule in range(automata.RULES)
)

_OTHERS = (
    EssenceTask(
        "eca-joint",
        "All elementary rules",
        "The next value of a cell under any rule, from all 2,048 pairs of a rule's bits and a pattern of three cells.",
        automata.joint_data,
        "rule and window",
        automata.joint_judge(),
    ),
    EssenceTask(
        "life",
        "Game of Life",
        "The next value of a cell in Conway's Game of Life, from the 512 neighbourhoods of 3 by 3 cells.",
        automata.life_data,
        "window",
        automata.life_judge(),
    ),
    EssenceTask(
        "argmax",
        "Place of the largest",
        "The place of the largest number, from lists with a single 1.",
        numbers.argmax_data,
        "whole",
        numbers.argmax_judge(),
    ),
    EssenceTask(
        "orientation",
        "Vertical or horizontal",
        "Whether a stroke is vertical (1) or horizontal (0), from full straight lines only.",
        images.orientation_data,
        "whole",
        images.orientation_judge(),
    ),
    EssenceTask(
        "max-sat",
        "Satisfy many clauses",
        "Which value to give a variable so that many clauses hold, from lessons with a single clause each.",
        clauses.max_sat_data,
        "clauses",
        clauses.max_sat_judge(),
    ),
    EssenceTask(
        "majority",
        "Majority of bits",
        "Which bit occurs more often, from all lists of 5, 7 and 9 bits.",
        numbers.majority_data,
        "whole",
        numbers.majority_judge(),
    ),
    EssenceTask(
        "majority-grid",
        "Majority on a grid",
        "A cell becomes what most of the nine cells around it are, from the 512 neighbourhoods of 3 by 3 cells.",
        automata.majority_grid_data,
        "window",
        automata.majority_grid_judge(),
    ),
    EssenceTask(
        "prefix-or",
        "A one so far",
        "At each place whether there was a 1 at it or before it, from all lists of 5, 6 and 7 bits.",
        numbers.prefix_or_data,
        "whole",
        numbers.prefix_or_judge(),
    ),
    EssenceTask(
        "fullest-row",
        "The fullest row",
        "Which row of a grid has the most ones, from all small grids where one row alone has the most.",
        numbers.fullest_row_data,
        "whole",
        numbers.fullest_row_judge(),
    ),
)

_TASKS = {task.name: task for task in (*_RULES, *_OTHERS)}


def names() -> tuple[str, ...]:
    """Return all names: the 256 elementary rules, then the others."""
    return tuple(_TASKS)


def get(name: str) -> EssenceTask:
    """Return the task of this name.

    Raises
    ------
    UnknownTaskError
        when there is none; the message suggests the nearest name.

    Examples
    --------
    >>> get("live")
    Traceback (most recent call last):
    mips_core.errors.UnknownTaskError: There is no task 'live'. Did you mean life? There are eca-0 to eca-255, \
eca-joint, life, argmax, orientation, max-sat, majority, majority-grid, prefix-or and fullest-row.
    """
    if name in _TASKS:
        return _TASKS[name]
    near = nearest(name, _TASKS)
    hint = f" Did you mean {near}?" if near else ""
    *others, last = (task.name for task in _OTHERS)
    raise UnknownTaskError(
        f"There is no task {shortened(name)!r}.{hint} There are eca-0 to eca-255, {', '.join(others)} and {last}."
    )
