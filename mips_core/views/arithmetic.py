"""One step of an integer system, worked out with its numbers."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from mips_core.expressions import Constant, Expression, evaluate, to_python
from mips_core.expressions.history import history_column
from mips_core.machines.integer_system import IntegerSystem
from mips_core.stepping import IntArray, trace

_LONGEST = 160  # characters of a formula in a row


def step_rows(system: IntegerSystem, x: IntArray, step: int) -> list[dict[str, str]]:
    """Return a row for each formula of one step: its name, the formula, the same with its numbers, and the result.

    A prime marks a new value.

    Parameters
    ----------
    x : int64 (T, D_in), the sequence
    step : from 1 to T

    >>> import numpy as np
    >>> from mips_core.expressions import Variable, apply
    >>> from mips_core.machines.integer_system import StateVariable
    >>> total = apply("add", Variable("total"), Variable("x"))
    >>> system = IntegerSystem(("x",), (StateVariable("total", 0, total),), (apply("mod", total, 2),))
    >>> [row["with the numbers"] for row in step_rows(system, np.array([[4], [3]]), 2)]
    ['4 + 3', '(4 + 3) % 2']
    """
    before = trace(system, x[: step - 1][None]).states[0, -1]
    columns: dict[str, NDArray[Any]] = {name: x[step - 1 : step, i] for i, name in enumerate(system.inputs)}
    columns |= {v.name: before[i : i + 1] for i, v in enumerate(system.state)}
    for name in system.histories:
        columns[history_column(name)] = x[: step - 1, system.inputs.index(name)][None]
    rows = []

    def work_out(name: str, expression: Expression) -> NDArray[Any]:
        # an input of which all values are kept stands for a list, which no number can replace
        known = {n: Constant(int(v[0])) for n, v in columns.items() if v.ndim == 1 and n not in system.histories}
        value = evaluate(expression, columns, 1)
        rows.append({
            "value": name, "formula": _short(to_python(expression)),
            "with the numbers": _short(to_python(expression.substitute(known))), "result": str(int(value[0])),
        })  # fmt: skip
        return value

    for name, expression in system.locals:
        columns[name] = work_out(name, expression)
    many = len(system.outputs) > 1
    for variable in system.state:
        work_out(f"{variable.name}′", variable.update)
    for i, expression in enumerate(system.outputs, start=1):
        work_out(f"output {i}" if many else "output", expression)
    return rows


def old_values(system: IntegerSystem, x: IntArray, step: int) -> str:
    """Say what is remembered before a step, and what is read in it, as Markdown."""
    before = trace(system, x[: step - 1][None]).states[0, -1]
    parts = [f"`{v.name}` = {int(before[i])}" for i, v in enumerate(system.state)]
    reads = ", ".join(f"`{name}` = {int(x[step - 1, i])}" for i, name in enumerate(system.inputs))
    for name in system.histories:
        seen = x[: step - 1, system.inputs.index(name)].tolist()
        parts.append(f"all of `{name}` so far = {' '.join(map(str, seen)) or 'none'}")
    held = f"Remembered before: {', '.join(parts)}. " if parts else ""
    return f"{held}Read now: {reads}."


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
