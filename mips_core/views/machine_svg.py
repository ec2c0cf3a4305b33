"""Machines as SVG drawings that follow the theme and can be clicked.

Colours are ``currentColor`` and Streamlit's ``--st-*`` variables with fallbacks, so the
drawing also stands alone in a file.  Each state is a ``<g data-value="3">`` that a page may
listen to.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from html import escape
from typing import Literal

import numpy as np

from mips_core.machines.mealy import MealyMachine
from mips_core.views.label_places import LINE_HEIGHT
from mips_core.views.machine_diagram import Diagram, Edge, Node, mealy_diagram, neighbourhood
from mips_core.views.machine_geometry import Arrow, Drawing, draw
from mips_core.views.machine_layout import RADIUS, layout
from mips_core.views.palette import state_name
from mips_core.views.sequences import count_text

MOST_STATES = 40
"""Beyond this a drawing of the whole machine cannot be read."""

_ALL_LABELS, _FEW = 64, 20  # arrows, or three for each state; beyond, only those of the chosen state are labelled
_MOST_TEXT = 7  # lines of labels for each state
_NEIGHBOURS = 24
_USUAL_WIDTH, _LARGEST_SCALE = 430, 1.35  # small machines are drawn a little larger
_USUAL_LABEL, _WIDEST_SPREAD = 13, 1.5  # characters that fit beside an arrow; most that states move apart for longer
_USUAL_ROW, _WIDEST_ROW = 18, 2.8  # the same for the labels of two states, in one row
_LEAST_SCALE = 0.8  # below this the words on arrows, 12.5 px high in full size, are too small to read
_BESIDE = 520  # px; wider drawings leave no room for a text beside them

_UNOBSERVED = "Dashed arrows, with a question mark, are the network's answers: no recorded sequence takes them."

_PRIMARY = "var(--st-primary-color, #0072B2)"
_BACKGROUND = "var(--st-background-color, #ffffff)"


@dataclass(frozen=True)
class Picture:
    """A drawing with what it shows in words: ``svg``, ``alt`` for readers who cannot see it, ``note`` or "".

    ``wide`` says that it needs the whole width of a page for its words to be readable.
    """

    svg: str
    alt: str
    note: str
    wide: bool


def machine_svg(
    machine: MealyMachine,
    *,
    current: int | None = None,
    edge: Edge | None = None,
    selected: int | None = None,
    clickable: bool = False,
    only: Sequence[Edge] | None = None,
    every_label: bool = False,
    radius: int = 1,
    trail: Sequence[Edge] = (),
) -> Picture:
    """Draw a machine; above :data:`MOST_STATES` states, the neighbourhood of the selected or current state.

    Parameters
    ----------
    machine : what to draw
    current : the state to fill, e.g. where a sequence is now
    edge : the arrow (from, to) to highlight, e.g. the one just taken
    selected : the state that the reader asked about; it gets a second ring, and dense drawings label its arrows
    clickable : make states reachable by keyboard as buttons
    only : draw these arrows (from, to) and the states at their ends, and no others
    every_label : keep the labels of dense drawings too; the drawing then has the class "dense", and a script
        shows those of one state at a time
    radius : arrows from the middle of a neighbourhood to its rim
    trail : arrows taken before ``edge``, drawn more lightly; a neighbourhood shows their states as well
    """
    note = ""
    centre = next(s for s in (selected, current, machine.start_state) if s is not None)
    shown = list(range(machine.states))
    if only is not None:
        shown = list(dict.fromkeys([machine.start_state, *(state for arrow in only for state in arrow)]))
        diagram = mealy_diagram(machine, shown).part(shown, only)
    elif machine.states > MOST_STATES:
        along = list(dict.fromkeys(s for arrow in reversed((*trail, *((edge,) if edge else ()))) for s in arrow[::-1]))
        shown, within = neighbourhood(machine.next_state, centre, radius, _NEIGHBOURS, along[: _NEIGHBOURS // 2])
        diagram = mealy_diagram(machine, shown)
        arrows = [e for e in diagram.labels if centre in e or radius > 1 or e in trail or e == edge]
        diagram = diagram.part(shown, arrows)
        note = _neighbourhood_note(machine, centre, within, len(shown))
    else:
        diagram = mealy_diagram(machine)
    number = {state: i for i, state in enumerate(shown)}
    if current is not None:
        diagram = replace(diagram, alt=f"{diagram.alt} and is now in {state_name(current)}")
    picture = diagram_svg(
        diagram, current=number.get(current) if current is not None else None, edge=_renumbered(edge, number),
        selected=[number[selected]] if selected is not None and selected in number else (), centre=number.get(centre),
        clickable=clickable, labels="all" if only is not None else "by script" if every_label else "some",
        trail=[e for e in (_renumbered(e, number) for e in trail) if e is not None],
    )  # fmt: skip
    return replace(picture, note=f"{note} {picture.note}".strip())


def _renumbered(edge: Edge | None, number: dict[int, int]) -> Edge | None:
    return (number[edge[0]], number[edge[1]]) if edge and edge[0] in number and edge[1] in number else None


def _neighbourhood_note(machine: MealyMachine, centre: int, within: int, shown: int) -> str:
    text = (
        f"The machine has {count_text(machine.states, 'state')}; a picture of more than {MOST_STATES} cannot be "
        f"read. This one shows {state_name(centre)} and "
    )
    if within > shown:
        return f"{text}{shown - 1} of its {within - 1} neighbours; the table has all."
    return f"{text}its {count_text(within - 1, 'neighbour')}; the table has all."


def diagram_svg(
    diagram: Diagram,
    *,
    current: int | None = None,
    edge: Edge | None = None,
    selected: Collection[int] = (),
    centre: int | None = None,
    clickable: bool = False,
    labels: Literal["some", "all", "by script"] = "some",
    trail: Sequence[Edge] = (),
) -> Picture:
    """Draw any machine; states are positions in ``diagram.nodes``, the rest is as for :func:`machine_svg`.

    Parameters
    ----------
    labels : "some" leaves in a dense drawing only those of the arrows that leave ``centre`` (else the current state,
        else the start); "by script" keeps all there and marks the drawing as "dense"
    """
    lines, note = dict(diagram.labels), ""
    dense = labels != "all" and _is_dense(lines, len(diagram.nodes))
    if dense and labels == "some":
        middle = next((s for s in (centre, current, diagram.start) if s is not None), 0)
        lines = {e: text if middle == e[0] or e == edge else () for e, text in lines.items()}
        note = f"Labels stand on the arrows that leave {diagram.nodes[middle].name}; choose a state to see its own."
    by_script = dense and labels == "by script"
    drawing = _drawing(len(diagram.nodes), tuple(lines.items()), diagram.start, by_script)
    look = _Look(current, edge, frozenset(selected), clickable, diagram.dashed, by_script, frozenset(trail))
    if look.dashed:
        note = f"{note} {_UNOBSERVED}".strip()
    alt = f"{diagram.alt}."
    return Picture(_svg(drawing, diagram, look, alt), alt, note, wide=drawing.frame[2] * _LEAST_SCALE > _BESIDE)


def _is_dense(labels: Mapping[Edge, Sequence[str]], states: int) -> bool:
    """Whether there are more arrows, or more lines of text, than can be read at once."""
    text = sum(map(len, labels.values()))
    return len(labels) > max(_FEW, min(_ALL_LABELS, 3 * states)) or (states > 2 and text > _MOST_TEXT * states)


@lru_cache(maxsize=64)  # a step changes what is highlighted, and seldom where anything stands
def _drawing(
    states: int, lines: tuple[tuple[Edge, tuple[str, ...]], ...], start: int | None, by_script: bool
) -> Drawing:
    labels = dict(lines)
    places = _layout(states, tuple(labels), start or 0) * _spread(labels, states)
    return draw(places, labels, start, by_source=by_script)


_layout = lru_cache(maxsize=64)(layout)


def _spread(labels: Mapping[Edge, Sequence[str]], states: int) -> float:
    """Return how much further apart states stand where labels are long, so that a label stays beside its arrow."""
    loops = max((len(line) for (a, b), lines in labels.items() if a == b for line in lines), default=0)
    others = max((len(line) for (a, b), lines in labels.items() if a != b for line in lines), default=0)
    if states == 2:  # loops stand on top of both, and the labels between them need room in one row
        return float(np.clip((loops + others) / _USUAL_ROW, 1.0, _WIDEST_ROW))
    return float(np.clip(max(loops, others) / _USUAL_LABEL, 1.0, _WIDEST_SPREAD))


@dataclass(frozen=True)
class _Look:
    """What is highlighted, by positions of nodes."""

    current: int | None
    edge: Edge | None
    selected: frozenset[int]
    clickable: bool
    dashed: frozenset[Edge]
    dense: bool
    trail: frozenset[Edge]


def _svg(drawing: Drawing, diagram: Diagram, look: _Look, alt: str) -> str:
    left, top, width, height = drawing.frame
    scale = min(_LARGEST_SCALE, max(1.0, _USUAL_WIDTH / width))
    parts = [
        f'<svg class="machine{" dense" if look.dense else ""}" xmlns="http://www.w3.org/2000/svg" '
        f'viewBox="{left:.0f} {top:.0f} {width:.0f} {height:.0f}" '
        f'width="{width * scale:.0f}" height="{height * scale:.0f}" role="group" aria-label="{escape(alt)}" '
        f'style="max-width:100%;height:auto;--readable:{width * _LEAST_SCALE:.0f}px" '
        'font-family="var(--st-font, sans-serif)" color="inherit">',
        "<defs>",
        _head("head", "currentColor", 0.75),
        _head("head-far", "currentColor", 0.25),
        _head("head-now", _PRIMARY, 1.0),
        "</defs>",
    ]
    if drawing.start_path:
        parts.append(
            f'<path d="{drawing.start_path}" fill="none" stroke="currentColor" stroke-opacity="0.75" '
            'stroke-width="1.6" marker-end="url(#head)"><title>start</title></path>'
        )
    ranks = [0 if not a.lines else 1 if (a.source, a.target) not in look.trail else 2 for a in drawing.arrows]
    ranks = [3 if (a.source, a.target) == look.edge else rank for a, rank in zip(drawing.arrows, ranks, strict=True)]
    arrows = [a for _, a in sorted(zip(ranks, drawing.arrows, strict=True), key=lambda pair: pair[0])]
    parts += [_arrow(a, _ends(diagram, a), look) for a in arrows]
    parts += [_state(drawing, i, node, look) for i, node in enumerate(diagram.nodes)]
    parts += [_label(a, (a.source, a.target) == look.edge, _ends(diagram, a)) for a in arrows]
    return "\n".join([*parts, "</svg>"])


def _head(name: str, colour: str, opacity: float) -> str:
    return (
        f'<marker id="{name}" viewBox="0 0 10 10" refX="8" refY="5" markerWidth="8" markerHeight="8" '
        f'markerUnits="userSpaceOnUse" orient="auto"><path d="M0,0.8 L9,5 L0,9.2 z" fill="{colour}" '
        f'fill-opacity="{opacity}"/></marker>'
    )


def _arrow(arrow: Arrow, ends: str, look: _Look) -> str:
    edge = (arrow.source, arrow.target)
    if edge == look.edge:
        style = f'stroke="{_PRIMARY}" stroke-width="3" marker-end="url(#head-now)"'
    elif edge in look.trail:
        style = f'stroke="{_PRIMARY}" stroke-opacity="0.6" stroke-width="2.2" marker-end="url(#head-now)"'
    else:
        style = (
            f'stroke="currentColor" stroke-opacity="{0.55 if arrow.lines else 0.16}" stroke-width="1.4" '
            f'marker-end="url(#head{"" if arrow.lines else "-far"})"'
        )
    dashes = ' stroke-dasharray="5 4"' if edge in look.dashed else ""
    return f'<path class="arrow" {ends} d="{arrow.path}" fill="none" {style}{dashes}/>'


def _ends(diagram: Diagram, arrow: Arrow) -> str:
    """Return the attributes by which a script finds the arrow between two states, and its label."""
    return f'data-from="{diagram.nodes[arrow.source].value}" data-to="{diagram.nodes[arrow.target].value}"'


def _label(arrow: Arrow, now: bool, ends: str) -> str:
    if not arrow.lines:
        return ""
    x, y, _, height = arrow.box
    first = y - height / 2 + LINE_HEIGHT * 0.76
    spans = "".join(
        f'<tspan x="{x:.1f}" y="{first + i * LINE_HEIGHT:.1f}">{escape(line)}</tspan>'
        for i, line in enumerate(arrow.lines)
    )
    colour, weight = (_PRIMARY, "700") if now else ("currentColor", "400")
    return (
        f'<text class="label" {ends} text-anchor="middle" font-size="12.5" font-weight="{weight}" fill="{colour}" '
        f'style="paint-order:stroke;stroke:{_BACKGROUND};stroke-width:4px;stroke-linejoin:round;pointer-events:none">'
        f"{spans}</text>"
    )


def _state(drawing: Drawing, i: int, node: Node, look: _Look) -> str:
    x, y = drawing.places[i]
    now, chosen = i == look.current, i in look.selected
    button = f' role="button" tabindex="0" aria-pressed="{str(chosen).lower()}"' if look.clickable else ""
    fill, opacity, text = (_PRIMARY, 1.0, _BACKGROUND) if now else (node.colour, 0.16, "currentColor")
    halo = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{RADIUS + 5}" style="fill:none;stroke:{fill};stroke-width:1.6px"/>'
    return (
        f'<g class="state" data-value="{node.value}" data-kin="{node.kin}"{button} aria-label="{escape(node.words)}">'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{RADIUS}" style="fill:{_BACKGROUND}"/>'
        f'<circle class="ring" cx="{x:.1f}" cy="{y:.1f}" r="{RADIUS}" style="fill:{fill};fill-opacity:{opacity};'
        f'stroke:{fill};stroke-width:2.4px"/>{_words(x, y, node, text)}{halo if chosen else ""}</g>'
    )


def _words(x: float, y: float, node: Node, colour: str) -> str:
    """Write the name into a state; with something below it, in two halves."""
    style = f'style="fill:{colour};pointer-events:none"'
    if not node.below:
        return (
            f'<text x="{x:.1f}" y="{y + 4.8:.1f}" text-anchor="middle" font-size="14" font-weight="600" {style}>'
            f"{node.name}</text>"
        )
    size = 12.0 if len(node.below) <= 3 else 9.5
    return (
        f'<text x="{x:.1f}" y="{y - 4.5:.1f}" text-anchor="middle" font-size="13" font-weight="600" {style}>'
        f'{node.name}</text><path d="M{x - 17:.1f},{y:.1f}h34" style="stroke:{colour};stroke-opacity:0.5"/>'
        f'<text x="{x:.1f}" y="{y + 13:.1f}" text-anchor="middle" font-size="{size}" {style}>'
        f"{escape(node.below)}</text>"
    )
