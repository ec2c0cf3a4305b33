"""Machines of both kinds as Graphviz DOT text."""

from __future__ import annotations

from mips_core.expressions import Expression
from mips_core.expressions.python import to_python
from mips_core.machines.files import to_dot
from mips_core.machines.integer_system import IntegerSystem
from mips_core.machines.mealy import MealyMachine

_STROKE = "#888888"  # mid-grey reads on light and on dark backgrounds


def machine_to_dot(machine: MealyMachine | IntegerSystem) -> str:
    """Return the picture of a machine: states and transitions, or what each number of a system is computed from."""
    return to_dot(machine) if isinstance(machine, MealyMachine) else _system_to_dot(machine)


def _system_to_dot(system: IntegerSystem) -> str:
    """Draw inputs, remembered numbers, locals and outputs as nodes, with an arrow from whatever a formula reads.

    An arrow into a remembered number is dashed: it takes effect in the next step.
    """
    lines = [
        "digraph system {",
        '  rankdir=LR; bgcolor="transparent";',
        f'  node [color="{_STROKE}", fontcolor="{_STROKE}", shape=box];',
        f'  edge [color="{_STROKE}"];',
    ]
    names: dict[str, str] = {}
    for i, name in enumerate(system.inputs):
        names[name] = f"input{i}"
        lines.append(f'  input{i} [label="{name}", shape=plaintext];')
    for i, variable in enumerate(system.state):
        names[variable.name] = f"state{i}"
        lines.append(f'  state{i} [label="{variable.name} (starts at {variable.start})", style=rounded];')
    for i, (name, value) in enumerate(system.locals):
        names[name] = f"local{i}"
        lines.append(f'  local{i} [label="{name} = {to_python(value)}"];')
        lines += _arrows(value, f"local{i}", names)
    for i, variable in enumerate(system.state):
        lines += _arrows(variable.update, f"state{i}", names, f'label="{to_python(variable.update)}", style=dashed')
    for i, output in enumerate(system.outputs):
        lines.append(f'  output{i} [label="output = {to_python(output)}", shape=plaintext];')
        lines += _arrows(output, f"output{i}", names)
    return "\n".join([*lines, "}"]) + "\n"


def _arrows(value: Expression, target: str, names: dict[str, str], style: str = "") -> list[str]:
    suffix = f" [{style}]" if style else ""
    return [f"  {names[name]} -> {target}{suffix};" for name in sorted(value.variables)]
