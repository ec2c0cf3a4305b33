"""The loop of a program on one line, for tables of many programs."""

from __future__ import annotations

from mips_core.expressions.python import to_python_int
from mips_core.programs.order import statements
from mips_core.programs.program import Program
from mips_core.programs.transitions import transitions
from mips_core.regression.method import Method


def loop_line(program: Program) -> str:
    """Write what a program does at each step: the lines of its loop in their order, ``y`` for the output.

    Where a state variable starts at something else than 0, that comes first, before a bar.  Of a table only the
    number of entries is said.

    >>> from mips_core.expressions import Variable, apply
    >>> from mips_core.machines.integer_system import IntegerSystem, StateVariable
    >>> add = apply("add", Variable("total"), Variable("x"))
    >>> system = IntegerSystem(("x",), (StateVariable("total", 5, add),), (add,))
    >>> loop_line(Program(system, Method.LINEAR, ""))
    'total = 5 | total = total + x; y = total'
    """
    system = program.system
    if program.method is Method.TABLE and system.tables:
        whole = transitions(system)
        if whole is not None:
            return f"table with {len(whole.tables[0].entries):,} transitions"
        entries = sum(len(table.entries) for table in system.tables)
        return f"table with {entries:,} entries"
    lines = []
    for statement in statements(system):
        values = ", ".join(to_python_int(e) for e in statement.expressions)
        lines.append(f"{', '.join(statement.targets) or 'y'} = {values}")
    starts = [f"{v.name} = {v.start}" for v in system.state if v.start != 0]
    loop = "; ".join(lines)
    return f"{', '.join(starts)} | {loop}" if starts else loop
