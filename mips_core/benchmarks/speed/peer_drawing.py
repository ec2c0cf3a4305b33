"""Drawings of a machine as a user would make them without us: Graphviz, and networkx with Plotly."""

from __future__ import annotations

import shutil
import subprocess
from typing import Any

from mips_core.machines.drawing import to_drawing
from mips_core.machines.mealy import MealyMachine
from mips_core.stepping import IntArray

Edge = tuple[int, int]

DOT_MISSING = "no Graphviz on this machine: apt-get install graphviz"


def dot_name() -> str | None:
    """Return the name of the Graphviz that is installed, with its version; None where there is none."""
    if shutil.which("dot") is None:
        return None
    told = subprocess.run(["dot", "-V"], capture_output=True, text=True, check=True).stderr
    return f"Graphviz dot {told.split('version')[-1].split()[0]}"


def dot_text(machine: MealyMachine) -> str:
    """Return the machine in Graphviz's language, not timed: ``input/output`` on arrows, parallel ones merged."""
    return to_drawing(machine, max_lines=1_000_000)


def dot_svg(text: str) -> str:
    """Have Graphviz draw: ``dot`` is its engine for directed graphs."""
    return subprocess.run(["dot", "-Tsvg"], input=text, capture_output=True, text=True, check=True).stdout


def edge_words(machine: MealyMachine) -> dict[Edge, list[str]]:
    """Return ``input/output`` of all transitions by arrow (from, to)."""
    words: dict[Edge, list[str]] = {}
    for state, row in enumerate(machine.next_state.tolist()):
        for symbol, target in enumerate(row):
            words.setdefault((state, target), []).append(
                f"{machine.input_text(symbol)}/{machine.output_text(state, symbol)}"
            )
    return words


def plotly_figure(words: dict[Edge, list[str]]) -> str:
    """Draw with networkx's spring layout and Plotly, after the network graph in Plotly's own documentation."""
    return str(_figure(words, _spring(words)).to_json())


def step_figures(machine: MealyMachine, x: IntArray) -> list[str]:
    """Draw a machine before the first step and after each, the state where it is marked; the layout is kept."""
    words = edge_words(machine)
    places = _spring(words)
    states = [machine.start_state]
    for symbol in machine.indices(x).tolist():
        states.append(int(machine.next_state[states[-1], symbol]))
    return [str(_figure(words, places, state).to_json()) for state in states]


def _spring(words: dict[Edge, list[str]]) -> dict[int, Any]:
    import networkx as nx

    found = nx.spring_layout(nx.DiGraph(list(words)), seed=0)
    return {node: found[node].tolist() for node in sorted(found)}


def _figure(words: dict[Edge, list[str]], places: dict[int, Any], marked: int | None = None) -> Any:
    """Return the figure.

    Plotly's example draws lines without heads; arrows and their words are annotations here, handed over at once, which
    is much quicker than adding one after the other.
    """
    import plotly.graph_objects as go

    arrows = [
        {
            "name": f"{a}>{b}", "x": places[b][0], "y": places[b][1], "ax": places[a][0], "ay": places[a][1],
            "xref": "x", "yref": "y", "axref": "x", "ayref": "y", "showarrow": True, "arrowhead": 2, "text": "",
        }
        for a, b in words
    ]  # fmt: skip
    labels = [
        {
            "x": (places[a][0] + places[b][0]) / 2, "y": (places[a][1] + places[b][1]) / 2, "text": "<br>".join(lines),
            "name": f"{a}>{b}", "showarrow": False,
        }
        for (a, b), lines in words.items()
    ]  # fmt: skip
    nodes = go.Scatter(
        x=[place[0] for place in places.values()], y=[place[1] for place in places.values()], mode="markers+text",
        text=[str(node) for node in places], marker={"size": 24}, selectedpoints=None if marked is None else [marked],
    )  # fmt: skip
    return go.Figure([nodes], {"annotations": [*arrows, *labels], "showlegend": False})
