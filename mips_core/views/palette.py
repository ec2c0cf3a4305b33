"""Colours, marker shapes and names of states: never colour alone.

Up to eight states have a hue, a shape and a name of their own; up to :data:`MOST_STYLES` a
pair of hue and shape.  Beyond that nobody tells them apart, so points are grey and only a
chosen state is coloured.
"""

from __future__ import annotations

from dataclasses import dataclass

HUES = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#7F7F7F")
"""Okabe and Ito's colours, which people with any common kind of colour vision can tell apart, and a grey."""

SHAPES = ("circle", "square", "diamond", "triangle-up", "triangle-down", "star", "hexagon", "cross")
"""Plotly's marker symbols in the plane, one for each hue."""

SHAPES_3D = ("circle", "square", "diamond", "cross", "x", "circle-open", "square-open", "diamond-open")
"""Plotly has only these in space."""

MOST_STYLES = 24
"""States that are told apart by hue and shape together."""

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

    >>> state_style(1, 2).colour, state_style(1, 40).colour, state_style(1, 40, selected=1).colour
    ('#E69F00', '#8A8A8A', '#D55E00')
    """
    if states <= MOST_STYLES:
        rounds, hue = divmod(state, len(HUES))
        shape = (hue + rounds) % len(SHAPES)  # the second state of a hue has the next shape
        return Style(state_name(state), HUES[hue], SHAPES[shape], SHAPES_3D[shape])
    if state == selected:
        return Style(state_name(state), DIFFER, "diamond", "diamond")
    return Style(state_name(state), GREY, "circle", "circle")
