"""A machine as small as a stamp."""

from __future__ import annotations

import numpy as np

from mips_core.machines.mealy import MealyMachine
from mips_core.views.machine_layout import RADIUS, circle_radius, on_circle
from mips_core.views.palette import state_style

_STAMP = 24  # states on a stamp


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
