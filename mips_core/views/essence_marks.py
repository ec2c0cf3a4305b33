"""Marks of subconcepts and the colours of weights, for the drawings of Deep Distilling: never colour alone."""

from __future__ import annotations

import math
from collections.abc import Hashable
from dataclasses import dataclass

from mips_core.essence.network import EssenceNetwork, Subconcept
from mips_core.views.palette import GREY, HUES, SHAPES

POSITIVE, NEGATIVE = "#0072B2", "#D55E00"
"""Of weights and other signed numbers; drawings add a sign or a word."""

_MOST_OWN = len(HUES)


@dataclass(frozen=True)
class Mark:
    """How a subconcept is drawn."""

    name: str
    colour: str
    shape: str


def label_text(label: int | tuple[float, ...]) -> str:
    """Write a class.

    >>> label_text(1), label_text((1.0, 0.99))
    ('1', '1 / 0.99')
    """
    return " / ".join(f"{value:g}" for value in label) if isinstance(label, tuple) else str(label)


def subconcept_mark(network: EssenceNetwork, number: int) -> Mark:
    """Return the mark of a subconcept: its own for up to eight of them, beyond that its class's, or its label's."""
    subconcepts = network.subconcepts
    name = f"subconcept {number}"
    if len(subconcepts) <= _MOST_OWN:
        return Mark(name, HUES[number], SHAPES[number])
    for told_by in (_class, _label):
        kinds = list(dict.fromkeys(told_by(each) for each in subconcepts))
        if len(kinds) <= _MOST_OWN:
            at = kinds.index(told_by(subconcepts[number]))
            return Mark(name, HUES[at], SHAPES[at])
    return Mark(name, GREY, "circle")


def _class(subconcept: Subconcept) -> Hashable:
    return subconcept.head, subconcept.label


def _label(subconcept: Subconcept) -> Hashable:
    return subconcept.label


def mark_svg(mark: Mark, x: float, y: float, radius: float, title: str = "") -> str:
    """Draw a mark around (x, y)."""
    said = f"<title>{title}</title>" if title else ""
    style = f'fill="{mark.colour}" stroke="currentColor" stroke-opacity="0.6" stroke-width="0.8"'
    if mark.shape == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" {style}>{said}</circle>'
    corners = " ".join(f"{x + radius * a:.1f},{y + radius * b:.1f}" for a, b in _corners(mark.shape))
    return f'<polygon points="{corners}" {style}>{said}</polygon>'


def mark_icon(mark: Mark) -> str:
    """Return a mark as a small drawing within text."""
    drawn = mark_svg(mark, 7, 7, 6)
    return f'<svg class="mark" width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">{drawn}</svg>'


def _corners(shape: str) -> list[tuple[float, float]]:
    """Return the corners of a shape of about radius 1."""
    if shape == "square":
        return [(-0.85, -0.85), (0.85, -0.85), (0.85, 0.85), (-0.85, 0.85)]
    if shape == "cross":
        a = 0.36
        return [
            (-a, -1), (a, -1), (a, -a), (1, -a), (1, a), (a, a), (a, 1), (-a, 1), (-a, a), (-1, a), (-1, -a), (-a, -a),
        ]  # fmt: skip
    points = {"diamond": 4, "triangle-up": 3, "triangle-down": 3, "hexagon": 6, "star": 10}[shape]
    turn = math.pi / 2 if shape == "triangle-down" else -math.pi / 2
    corners = []
    for k in range(points):
        radius = 0.45 if shape == "star" and k % 2 else 1.05
        angle = turn + 2 * math.pi * k / points
        corners.append((radius * math.cos(angle), radius * math.sin(angle)))
    return corners
