"""A Mealy machine as an SVG drawing that follows the theme and can be clicked.

Colours are ``currentColor`` and Streamlit's ``--st-*`` variables with fallbacks, so the
drawing also stands alone in a file.  Each state is a ``<g data-value="3">`` that a page may
listen to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from mips_core.machines.mealy import MealyMachine
from mips_core.views.labels import arrow_labels
from mips_core.views.machine_geometry import LINE_HEIGHT, Arrow, Drawing, draw
from mips_core.views.machine_layout import RADIUS, circle_radius, layout, on_circle
from mips_core.views.palette import state_name, state_style
from mips_core.views.sequences import count_text

MOST_STATES = 40
"""Beyond this a drawing of the whole machine cannot be read."""

_ALL_LABELS = 64  # arrows, or three for each state; beyond, only those of the chosen state are labelled
_FEW = 20
_NEIGHBOURS = 12
_USUAL_WIDTH, _LARGEST_SCALE = 430, 1.35  # small machines are drawn a little larger
_USUAL_LABEL, _WIDEST_SPREAD = 13, 1.5  # characters that fit beside an arrow; most that states move apart for longer
_STAMP = 24  # states on a stamp
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
    edge: tuple[int, int] | None = None,
    selected: int | None = None,
    clickable: bool = False,
    only: Sequence[tuple[int, int]] | None = None,
    every_label: bool = False,
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
    """
    labels = arrow_labels(machine)
    start, note, dense = machine.start_state, "", False
    centre = next(s for s in (selected, current, start) if s is not None)
    if only is not None:
        labels = {edge: labels[edge] for edge in only}
        shown = list(dict.fromkeys([start, *(state for edge in only for state in edge)]))
    elif machine.states > MOST_STATES:
        shown = _neighbourhood(machine, centre)
        labels = {e: text for e, text in labels.items() if e[0] in shown and e[1] in shown and centre in e}
        note = (
            f"The machine has {count_text(machine.states, 'state')}; a picture of more than {MOST_STATES} cannot be "
            f"read. This one shows {state_name(centre)} and {len(shown) - 1} of its neighbours; the table has all."
        )
    else:
        shown = list(range(machine.states))
        dense = len(labels) > max(_FEW, min(_ALL_LABELS, 3 * machine.states))
        if dense and not every_label:
            labels = {e: text if centre == e[0] or e == edge else () for e, text in labels.items()}
            note = f"Labels stand on the arrows that leave {state_name(centre)}; choose a state to see its own."
    number = {state: i for i, state in enumerate(shown)}
    local = {(number[a], number[b]): text for (a, b), text in labels.items()}
    first = number.get(start)
    places = layout(len(shown), list(local), first if first is not None else 0) * _spread(local.values())
    drawing = draw(places, local, first)
    alt = _alt(machine, current)
    look = _Look(machine.states, current, edge, selected, clickable, unobserved(machine), dense and every_label)
    if look.dashed:
        note = f"{note} {_UNOBSERVED}".strip()
    wide = drawing.frame[2] * _LEAST_SCALE > _BESIDE
    return Picture(_svg(drawing, shown, look, alt), alt, note, wide)


def _spread(labels: Iterable[Sequence[str]]) -> float:
    """Return how much further apart states stand where labels are long, so that a label stays beside its arrow."""
    longest = max((len(line) for lines in labels for line in lines), default=0)
    return float(np.clip(longest / _USUAL_LABEL, 1.0, _WIDEST_SPREAD))


def _neighbourhood(machine: MealyMachine, centre: int) -> list[int]:
    after = np.unique(machine.next_state[centre]).tolist()
    before = np.flatnonzero((machine.next_state == centre).any(axis=1)).tolist()
    return list(dict.fromkeys([centre, *after, *before]))[: _NEIGHBOURS + 1]


def _alt(machine: MealyMachine, current: int | None) -> str:
    text = (
        f"State machine with {count_text(machine.states, 'state')} and "
        f"{count_text(len(machine.symbols), 'input symbol')}; it starts in {state_name(machine.start_state)}"
    )
    return text + (f" and is now in {state_name(current)}." if current is not None else ".")


@dataclass(frozen=True)
class _Look:
    """What is highlighted."""

    states: int
    current: int | None
    edge: tuple[int, int] | None
    selected: int | None
    clickable: bool
    dashed: frozenset[tuple[int, int]] = frozenset()
    dense: bool = False


def unobserved(machine: MealyMachine) -> frozenset[tuple[int, int]]:
    """Return the arrows (from, to) of which recorded data shows no transition."""
    if machine.observed is None:
        return frozenset()
    source = np.broadcast_to(np.arange(machine.states)[:, None], machine.next_state.shape)
    pairs = np.stack([source, machine.next_state], axis=2)
    seen = set(map(tuple, pairs[machine.observed].tolist()))
    return frozenset(pair for pair in map(tuple, pairs[~machine.observed].tolist()) if pair not in seen)


def _svg(drawing: Drawing, shown: list[int], look: _Look, alt: str) -> str:
    left, top, width, height = drawing.frame
    scale = min(_LARGEST_SCALE, max(1.0, _USUAL_WIDTH / width))
    parts = [
        f'<svg class="machine{" dense" if look.dense else ""}" xmlns="http://www.w3.org/2000/svg" '
        f'viewBox="{left:.0f} {top:.0f} {width:.0f} {height:.0f}" width="{width * scale:.0f}" height="{height * scale:.0f}" '
        f'role="group" aria-label="{escape(alt)}" '
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
    now = [a for a in drawing.arrows if look.edge == (shown[a.source], shown[a.target])]
    rest = [a for a in drawing.arrows if a not in now]
    for arrows, taken in ((sorted(rest, key=lambda a: bool(a.lines)), False), (now, True)):
        parts += [_arrow(a, taken, (shown[a.source], shown[a.target]), look) for a in arrows]
    parts += [_state(drawing, i, s, look) for i, s in enumerate(shown)]
    parts += [_label(arrow, arrow in now, (shown[arrow.source], shown[arrow.target])) for arrow in [*rest, *now]]
    return "\n".join([*parts, "</svg>"])


def _head(name: str, colour: str, opacity: float) -> str:
    return (
        f'<marker id="{name}" viewBox="0 0 10 10" refX="8" refY="5" markerWidth="8" markerHeight="8" '
        f'markerUnits="userSpaceOnUse" orient="auto"><path d="M0,0.8 L9,5 L0,9.2 z" fill="{colour}" '
        f'fill-opacity="{opacity}"/></marker>'
    )


def _arrow(arrow: Arrow, now: bool, edge: tuple[int, int], shown: _Look) -> str:
    look = (
        f'stroke="{_PRIMARY}" stroke-width="3" marker-end="url(#head-now)"'
        if now
        else f'stroke="currentColor" stroke-opacity="{0.55 if arrow.lines else 0.16}" stroke-width="1.4" '
        f'marker-end="url(#head{"" if arrow.lines else "-far"})"'
    )
    dashes = ' stroke-dasharray="5 4"' if edge in shown.dashed else ""
    return f'<path class="arrow" {_ends(edge)} d="{arrow.path}" fill="none" {look}{dashes}/>'


def _ends(edge: tuple[int, int]) -> str:
    """Return the attributes by which a script finds the arrow between two states, and its label."""
    return f'data-from="{edge[0]}" data-to="{edge[1]}"'


def _label(arrow: Arrow, now: bool, edge: tuple[int, int]) -> str:
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
        f'<text class="label" {_ends(edge)} text-anchor="middle" font-size="12.5" font-weight="{weight}" '
        f'fill="{colour}" '
        f'style="paint-order:stroke;stroke:{_BACKGROUND};stroke-width:4px;stroke-linejoin:round;pointer-events:none">'
        f"{spans}</text>"
    )


def _state(drawing: Drawing, i: int, state: int, look: _Look) -> str:
    x, y = drawing.places[i]
    style, now, chosen = state_style(state, look.states), state == look.current, state == look.selected
    button = f' role="button" tabindex="0" aria-pressed="{str(chosen).lower()}"' if look.clickable else ""
    fill, opacity, text = (_PRIMARY, 1.0, _BACKGROUND) if now else (style.colour, 0.16, "currentColor")
    ring = _PRIMARY if now else style.colour
    halo = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{RADIUS + 5}" style="fill:none;stroke:{ring};stroke-width:1.6px"/>'
    return (
        f'<g class="state" data-value="{state}"{button} aria-label="state {style.name}">'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{RADIUS}" style="fill:{_BACKGROUND}"/>'
        f'<circle class="ring" cx="{x:.1f}" cy="{y:.1f}" r="{RADIUS}" style="fill:{fill};fill-opacity:{opacity};'
        f'stroke:{ring};stroke-width:2.4px"/>'
        f'<text x="{x:.1f}" y="{y + 4.8:.1f}" text-anchor="middle" font-size="14" font-weight="600" '
        f'style="fill:{text};pointer-events:none">{style.name}</text>{halo if chosen else ""}</g>'
    )


def thumbnail_svg(machine: MealyMachine, width: int = 132, height: int = 84) -> str:
    """Draw a machine as small as a stamp: states on a circle and straight arrows, without words; decorative."""
    count = min(machine.states, _STAMP)
    radius = circle_radius(count) if count > 1 else 0.0
    places = on_circle(np.arange(count), 0, radius) if count > 1 else np.zeros((1, 2))
    half = max(radius + RADIUS, 80.0)  # a single state stays small
    scale = 2 * half / min(width, height)
    wide, high = width * scale, height * scale
    edges = {(min(s, int(t)), max(s, int(t))) for s in range(count) for t in machine.next_state[s] if t < count}
    path = "".join(
        f"M{places[a, 0]:.0f},{places[a, 1]:.0f}L{places[b, 0]:.0f},{places[b, 1]:.0f}" for a, b in sorted(edges)
    )
    size = max(RADIUS * 0.72, 3.4 * scale) if count > 2 else RADIUS * 0.72
    dots = "".join(
        f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{size:.0f}" fill="{state_style(s, machine.states).colour}"/>'
        for s, (x, y) in enumerate(places.tolist())
    )
    return (
        f'<svg viewBox="{-wide / 2:.0f} {-high / 2:.0f} {wide:.0f} {high:.0f}" width="{width}" height="{height}" '
        f'aria-hidden="true" focusable="false"><path d="{path}" fill="none" stroke="currentColor" '
        f'stroke-opacity="0.4" stroke-width="{1.1 * scale:.1f}"/>{dots}</svg>'
    )
