"""A small drawing of hidden states without any script: for places that must appear at once."""

from __future__ import annotations

from html import escape

import numpy as np

from mips_core.views.hidden_states import Cloud, FloatArray, principal_axes
from mips_core.views.palette import state_style

_MOST = 260
_GROUP = 30.0
_RIM = 22.0


def cloud_svg(cloud: Cloud, states: int, width: int = 300, height: int = 190) -> str:
    """Draw the hidden states on their two main axes, in the colours of their machine states, each state named once."""
    places = principal_axes(cloud.states, 2)(cloud.states)
    if places.shape[1] == 1:
        places = np.column_stack([places, np.zeros(len(places))])
    low, extent = places.min(axis=0), np.maximum(np.ptp(places, axis=0), 1e-9)
    flat = np.ptp(places, axis=0) < 1e-6 * max(float(np.ptp(places[:, 0])), 1e-9)
    margin = np.array([34.0, 34.0])
    share = np.where(flat, 0.5, (places - low) / extent)
    spots = margin + share * (np.array([width, height]) - 2 * margin)
    spots[:, 1] = height - spots[:, 1]
    parts = [
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-label="{escape(f"Hidden states of the network, gathered in {states} clusters")}" '
        'style="max-width:100%;height:auto" font-family="var(--st-font, sans-serif)">',
        f'<rect x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="8" fill="none" stroke="currentColor" '
        'stroke-opacity="0.15"/>',
    ]
    names = []  # drawn last: no point covers them
    # every state keeps some of its points, however rare it is
    for value in np.unique(cloud.values).tolist():
        style = state_style(value, states)
        rows = np.flatnonzero(cloud.values == value)[: max(3, _MOST // states)]
        parts += [
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{style.colour}" fill-opacity="0.55" '
            'stroke="currentColor" stroke-opacity="0.35" stroke-width="0.6"/>'
            for x, y in spots[rows].tolist()
        ]
        x, y = _label_spot(spots[rows])
        names.append(
            f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="middle" font-size="13" font-weight="600" '
            f'fill="currentColor">{style.name}</text>'
        )
    return "".join([*parts, *names, "</svg>"])


def _label_spot(spots: FloatArray) -> tuple[float, float]:
    """Return where a state's name stands: clear above one group of its points (P, 2), or below it at the upper rim."""
    middle = spots[np.linalg.norm(spots - spots.mean(axis=0), axis=1).argmin()]
    group = spots[np.linalg.norm(spots - middle, axis=1) < _GROUP]
    top, bottom = float(group[:, 1].min()), float(group[:, 1].max())
    return float(middle[0]), top - 9 if top > _RIM else bottom + 19
