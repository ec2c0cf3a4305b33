"""Machines of both kinds as Graphviz DOT text."""

from __future__ import annotations

from graphviz import Digraph

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
    graph = Digraph(
        "system",
        graph_attr={"rankdir": "LR", "bgcolor": "transparent"},
        node_attr={"color": _STROKE, "fontcolor": _STROKE, "shape": "box"},
        edge_attr={"color": _STROKE, "fontcolor": _STROKE},
    )
    names: dict[str, str] = {}
    for i, name in enumerate(system.inputs):
        names[name] = f"input{i}"
        graph.node(f"input{i}", name, shape="plaintext")
    for i, variable in enumerate(system.state):
        names[variable.name] = f"state{i}"
        graph.node(f"state{i}", f"{variable.name} (starts at {variable.start})", style="rounded")
    for i, (name, value) in enumerate(system.locals):
        names[name] = f"local{i}"
        graph.node(f"local{i}", f"{name} = {to_python(value)}")
        graph.edges((names[read], f"local{i}") for read in sorted(value.variables))
    for i, variable in enumerate(system.state):
        for read in sorted(variable.update.variables):
            graph.edge(names[read], f"state{i}", to_python(variable.update), style="dashed")
    for i, output in enumerate(system.outputs):
        graph.node(f"output{i}", f"output = {to_python(output)}", shape="plaintext")
        graph.edges((names[read], f"output{i}") for read in sorted(output.variables))
    return graph.source
