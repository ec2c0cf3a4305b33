"""The metric over the number of segments, free and monotone, with the teacher as a dashed line (as in the paper)."""

from __future__ import annotations

import math
from collections.abc import Sequence

from mips_core.curves.distilling.measures import SegmentsPoint
from mips_core.views.curve_metrics import HIGHER, NAMES, metric_text
from mips_core.views.curve_scale import Scale, places_text, span, tick_texts, ticks

_WIDE, _NARROW, _HIGH = 640, 360, 260
_LEFT, _TOP, _BOTTOM = 62, 14, 216
_LABELS = 76
"""Pixels at the right for the names of the lines."""


def segments_html(points: Sequence[SegmentsPoint], teacher: float, key: str, most: int, chosen: int | None) -> str:
    """Draw the chart, for wide and for narrow pages; a click on a column tells ``segments-`` and its number.

    Parameters
    ----------
    points : what is known so far; those whose metric is not defined are left out
    teacher : the teacher's metric, finite
    key : of the metric
    most : the largest number of segments, whether known or not
    chosen : the number of segments chosen for all features, or None
    """
    known = [point for point in points if math.isfinite(point.metrics[key])]
    drawings = "".join(
        f'<svg class="{looks}" viewBox="0 0 {wide} {_HIGH}" role="group" '
        f'aria-label="{segments_alt(known, teacher, key)}">{_drawn(known, teacher, key, most, chosen, wide)}</svg>'
        for looks, wide in (("wide", _WIDE), ("narrow", _NARROW))
    )
    return f'<div class="curves sized">{drawings}</div>'


def _drawn(points: Sequence[SegmentsPoint], teacher: float, key: str, most: int, chosen: int | None, wide: int) -> str:
    low, high = span([teacher, *(point.metrics[key] for point in points)], 0.12)
    up, right = Scale(low, high, _BOTTOM, _TOP), wide - _LABELS
    across = Scale(0.5, most + 0.5, _LEFT, right)
    width = (right - _LEFT) / most
    parts = [f'<path class="axis" d="M{_LEFT} {_TOP}V{_BOTTOM}H{right}"/>']
    values = ticks(up, 6)
    for value, text in zip(values, tick_texts(values), strict=True):
        y = float(up(value))
        parts.append(f'<line class="axis" x1="{_LEFT - 4}" x2="{_LEFT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text x="{_LEFT - 7}" y="{y + 4:.1f}" text-anchor="end">{text}</text>')
    for segments in range(1, most + 1):
        parts.append(_column(segments, points, float(across(segments)), width, key, segments == chosen))
    line = float(up(teacher))
    parts.append(f'<line class="level" x1="{_LEFT}" x2="{right}" y1="{line:.1f}" y2="{line:.1f}"/>')
    labels = [("teacher", line)]
    for mono, looks in ((False, "free"), (True, "mono")):
        own = sorted((point for point in points if point.mono == mono), key=lambda point: point.segments)
        xs, ys = [across(point.segments) for point in own], [up(point.metrics[key]) for point in own]
        if own:
            parts.append(f'<polyline class="{looks}" points="{places_text(xs, ys)}"/>')
            labels.append(("▲ monotone" if mono else "● free", float(ys[-1])))
        parts += [_mark(float(x), float(y), mono) for x, y in zip(xs, ys, strict=True)]
    parts += [f'<text x="{right + 6}" y="{y + 4:.1f}">{text}</text>' for text, y in _apart(labels)]
    side = "higher is better" if HIGHER[key] else "lower is better"
    parts.append(
        f'<text x="{(_LEFT + right) / 2}" y="{_HIGH - 8}" text-anchor="middle">segments of each curve · '
        f"{NAMES[key]}, {side}</text>"
    )
    return "".join(parts)


def _column(segments: int, points: Sequence[SegmentsPoint], x: float, width: float, key: str, chosen: bool) -> str:
    told = [
        f"{'monotone' if p.mono else 'free'} {metric_text(p.metrics[key])}" for p in points if p.segments == segments
    ]
    noun = "segment" if segments == 1 else "segments"
    label = f"{segments} {noun}: {NAMES[key]} {', '.join(told) or 'not computed yet'}"
    return (
        f'<g class="choice" role="button" tabindex="0" data-value="segments-{segments}" '
        f'aria-pressed="{"true" if chosen else "false"}" aria-label="{label}"><title>{label}</title>'
        f'<rect class="band" x="{x - width / 2 + 1:.1f}" width="{width - 2:.1f}" y="{_TOP}" rx="4" '
        f'height="{_BOTTOM - _TOP + 22}"/>'
        f'<text x="{x:.1f}" y="{_BOTTOM + 16}" text-anchor="middle">{segments}</text></g>'
    )


def _mark(x: float, y: float, mono: bool) -> str:
    if mono:
        triangle = places_text([x - 5.5, x + 5.5, x], [y + 4, y + 4, y - 6])
        return f'<polygon class="mono" points="{triangle}" pointer-events="none"/>'
    return f'<circle class="free" cx="{x:.1f}" cy="{y:.1f}" r="4.5" pointer-events="none"/>'


def _apart(labels: Sequence[tuple[str, float]], least: float = 14.0) -> list[tuple[str, float]]:
    """Return labels moved down where they would cover one another."""
    placed: list[tuple[str, float]] = []
    for text, y in sorted(labels, key=lambda label: label[1]):
        placed.append((text, max(y, placed[-1][1] + least) if placed else y))
    return placed


def segments_alt(points: Sequence[SegmentsPoint], teacher: float, key: str) -> str:
    """Say what the chart shows."""
    parts = [f"{NAMES[key]} on held-out rows by segments; teacher {metric_text(teacher)}"]
    for mono, name in ((False, "free"), (True, "monotone")):
        own = sorted((point for point in points if point.mono == mono), key=lambda point: point.segments)
        if own:
            told = ", ".join(f"{point.segments}: {metric_text(point.metrics[key])}" for point in own)
            parts.append(f"{name} {told}")
    return "; ".join(parts) + "."


def segments_rows(points: Sequence[SegmentsPoint], teacher: float, key: str) -> list[dict[str, str]]:
    """Return the chart as rows of a table."""
    rows = [{"segments": "teacher", "free": metric_text(teacher), "monotone": ""}]
    found = {(point.segments, point.mono): metric_text(point.metrics[key]) for point in points}
    for segments in sorted({point.segments for point in points}):
        rows.append(
            {
                "segments": str(segments),
                "free": found.get((segments, False), ""),
                "monotone": found.get((segments, True), ""),
            }
        )
    return [
        {"segments": row["segments"], **{f"{NAMES[key]}, {k}": row[k] for k in ("free", "monotone")}} for row in rows
    ]
