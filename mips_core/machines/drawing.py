"""Machines of both kinds as drawings for Graphviz; :mod:`mips_core.machines.dot_machine` writes what tools exchange."""

from __future__ import annotations

import numpy as np
from graphviz import Digraph

from mips_core.expressions.python import to_python
from mips_core.machines.integer_system import IntegerSystem
from mips_core.machines.mealy import MealyMachine
from mips_core.stepping import IntArray

DRAWING = "machine_drawing"
"""Name of the graph in the drawing of a Mealy machine."""

_STROKE = "#888888"  # mid-grey reads on light and on dark backgrounds
_MAX_LINES = 6


def to_drawing(machine: MealyMachine, *, max_lines: int = _MAX_LINES) -> str:
    """Return a Mealy machine as a Graphviz drawing, with ``input / output`` on the edges.

    Parallel edges are merged; symbols with the same output share a line, and runs of consecutive
    integers are written ``0..7``.  An edge shows at most ``max_lines`` lines and says how many
    symbols it leaves out.  The background is transparent and strokes are grey, so that it reads
    on light and dark pages.
    """
    lines = [
        f"digraph {DRAWING} {{",
        '  bgcolor="transparent"; rankdir=LR;',
        f'  node [shape=circle, color="{_STROKE}", fontcolor="{_STROKE}", fontname="sans-serif"];',
        f'  edge [color="{_STROKE}", fontcolor="{_STROKE}", fontname="sans-serif"];',
        '  start [shape=point, label=""];',
        *(f'  {s} [label="{s}"];' for s in range(machine.states)),
        f"  start -> {machine.start_state};",
    ]
    for s in range(machine.states):
        for t in np.unique(machine.next_state[s]):
            taken = np.flatnonzero(machine.next_state[s] == t)
            label = "\\n".join(escaped(line) for line in _edge_lines(machine, s, taken, max_lines))
            lines.append(f'  {s} -> {t} [label="{label}"];')
    return "\n".join([*lines, "}"]) + "\n"


def escaped(text: str) -> str:
    """Write text for the inside of a quoted DOT string, so that it is drawn as it is."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _edge_lines(machine: MealyMachine, s: int, taken: IntArray, max_lines: int) -> list[str]:
    """Group the symbols ``taken`` of one edge out of state ``s`` by output and write a line for each group."""
    groups: dict[str, list[int]] = {}
    for i in taken.tolist():
        groups.setdefault(machine.output_text(s, i), []).append(i)
    lines = [f"{_symbols_text(machine, group)} / {output}" for output, group in groups.items()]
    if len(lines) > max_lines:
        hidden = sum(len(group) for group in list(groups.values())[max_lines - 1 :])
        lines = [*lines[: max_lines - 1], f"and {hidden} more symbols"]
    return lines


def _symbols_text(machine: MealyMachine, group: list[int], limit: int = 8) -> str:
    """Write several input symbols in short: runs of single integers as ``low..high``."""
    if machine.input_width > 1 or machine.input_words[0] is not None:
        texts = [machine.input_text(i) for i in group]
    else:
        values = np.sort(machine.symbols[group, 0])
        runs = np.split(values, np.flatnonzero(np.diff(values) != 1) + 1)
        texts = []
        for run in runs:
            texts += [f"{run[0]}..{run[-1]}"] if len(run) > 2 else [str(v) for v in run]
    if len(texts) > limit:
        texts = [*texts[: limit - 1], "..."]
    return ", ".join(texts)


def system_to_drawing(system: IntegerSystem) -> str:
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
