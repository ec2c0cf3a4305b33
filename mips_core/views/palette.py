"""Colours, marker shapes and names of states: never colour alone.

Up to eight states have a hue, a shape and a name of their own.  Beyond that hues no
longer tell states apart, so points are grey and only a chosen state is coloured.
"""

from __future__ import annotations

from dataclasses import dataclass

HUES = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#7F7F7F")
"""Okabe and Ito's colours, which people with any common kind of colour vision can tell apart, and a grey."""

SHAPES = ("circle", "square", "diamond", "triangle-up", "triangle-down", "star", "hexagon", "cross")
"""Plotly's marker symbols in the plane, one for each hue."""

SHAPES_3D = ("circle", "square", "diamond", "cross", "x", "circle-open", "square-open", "diamond-open")
"""Plotly has only these in space."""

GREY = "#8A8A8A"
AGREE = "#0072B2"
DIFFER = "#D55E00"


@dataclass(frozen=True)
class Style:
    """How one state is drawn: its name, its colour and its marker shapes in the plane and in space."""

    name: str
    colour: str
    shape: str
    shape_3d: str


def state_name(state: int) -> str:
    """Return the printed name of a machine state.

    >>> state_name(3)
    'S3'
    """
    return f"S{state}"


def state_style(state: int, states: int, selected: int | None = None) -> Style:
    """Return how ``state`` of a machine with ``states`` states is drawn.

    >>> state_style(1, 2).colour, state_style(1, 20).colour, state_style(1, 20, selected=1).colour
    ('#E69F00', '#8A8A8A', '#D55E00')
    """
    if states <= len(HUES):
        return Style(state_name(state), HUES[state], SHAPES[state], SHAPES_3D[state])
    if state == selected:
        return Style(state_name(state), DIFFER, "diamond", "diamond")
    return Style(state_name(state), GREY, "circle", "circle")
