"""All 62 tasks of the MIPS benchmark (Michaud et al. 2024) under the paper's names, in the paper's order."""

from __future__ import annotations

from mips_core.errors import UnknownTaskError
from mips_core.stepping import IntArray
from mips_core.tasks import arithmetic, motion, pointwise, prefixes, running, windows
from mips_core.tasks.task import Task
from mips_core.wording import nearest, shortened

_ORDER = """
Binary_Addition Base_3_Addition Base_4_Addition Base_5_Addition Base_6_Addition Base_7_Addition
Bitwise_Xor Bitwise_Or Bitwise_And Bitwise_Not
Parity_Last2 Parity_Last3 Parity_Last4 Parity_All Parity_Zeros
Evens_Counter Sum_All Sum_Last2 Sum_Last3 Sum_Last4 Sum_Last5 Sum_Last6 Sum_Last7
Current_Number Prev1 Prev2 Prev3 Prev4 Prev5 Previous_Equals_Current
Diff_Last2 Abs_Diff Abs_Current Diff_Abs_Values
Min_Seen Max_Seen Majority_0_1 Majority_0_2 Majority_0_3 Evens_Detector Perfect_Square_Detector
Bit_Palindrome Balanced_Parenthesis Parity_Bits_Mod2 Alternating_Last3 Alternating_Last4 Bit_Shift_Right
Bit_Dot_Prod_Mod2 Div_3 Div_5 Div_7
Add_Mod_3 Add_Mod_4 Add_Mod_5 Add_Mod_6 Add_Mod_7 Add_Mod_8 Dithering
Newton_Freebody Newton_Gravity Newton_Spring Newton_Magnetic
"""

_MODULES = (arithmetic, pointwise, windows, running, prefixes, motion)
_FOUND = {task.name: task for module in _MODULES for task in module.TASKS}
_TASKS = {name: _FOUND[name] for name in _ORDER.split()}


def names() -> tuple[str, ...]:
    """Return the 62 names in the paper's order."""
    return tuple(_TASKS)


def all_tasks() -> tuple[Task, ...]:
    """Return the 62 tasks in the paper's order."""
    return tuple(_TASKS.values())


def get(name: str) -> Task:
    """Return the task of this name.

    Raises
    ------
    UnknownTaskError
        when there is none; the message suggests the nearest name.

    Examples
    --------
    >>> get("Prev 1")
    Traceback (most recent call last):
    mips_core.errors.UnknownTaskError: There is no task 'Prev 1'. Did you mean Prev1? `mips tasks` lists all 62.
    """
    if name in _TASKS:
        return _TASKS[name]
    near = nearest(name, _TASKS)
    hint = f" Did you mean {near}?" if near else ""
    raise UnknownTaskError(f"There is no task {shortened(name)!r}.{hint} `mips tasks` lists all {len(_TASKS)}.")


def oracle(name: str, x: IntArray) -> IntArray:
    """Return the exact outputs, int64 (N, T, D_out), of a task on integer inputs (N, T, D_in).

    Raises
    ------
    UnknownTaskError
        when no task has this name.
    BadInputError
        when the array has another shape, is not of integers, or leaves the task's range.
    """
    return get(name).apply(x)
