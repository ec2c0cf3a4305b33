"""One feature in a small drawing: the teacher's steps as dots, the distilled curve with knots, where the data are."""

from __future__ import annotations

from html import escape

import numpy as np

from mips_core.curves.model import CurveTerm, LevelTerm, Term, term_values
from mips_core.curves.numbers import number_text
from mips_core.curves.study import FeatureFit, TeacherCurve
from mips_core.curves.transforms import Floats
from mips_core.views.curve_scale import Scale, places_text, span, tick_texts, ticks, x_scale
from mips_core.views.sequences import count_text

WIDE, HIGH = 260, 150
_LEFT, _RIGHT, _TOP, _BOTTOM = 36, 250, 8, 128
_BINS = 26
_MOST_LEVELS = 6
TAGGED = 0.05
"""A share of unexplained variance above which a panel says so."""


def panel_svg(fit: FeatureFit, term: Term) -> str:
    """Draw one feature; ``term`` is what stands for it now, which may be an edited one."""
    if isinstance(term, LevelTerm):
        return _levels_svg(fit, term)
    teacher = fit.teacher
    drawn = [term] if term == fit.term else [fit.term, term]
    curves = [each.curve for each in drawn if isinstance(each, CurveTerm)]
    knots = [x for curve in curves for x in curve.xs]
    values = np.asarray(teacher.values, dtype=np.float64)
    across = x_scale([*values.tolist(), *knots], term.curve.fx, _LEFT, _RIGHT)
    grid = np.union1d(across.between(160), np.clip(knots, across.low, across.high))
    heights = [float(y) for curve in curves for y in (*curve.ys, *curve(grid).tolist())]
    low, high = span([*teacher.contributions.tolist(), *heights], 0.06)
    up = Scale(low, high, _BOTTOM, _TOP)
    parts = [_distribution(teacher, across), _axes(across, up), _dots(teacher, across, up)]
    for number, curve in enumerate(curves):
        looks = "distilled" if number == 0 else "edited"
        parts.append(f'<polyline class="{looks}" points="{places_text(across(grid), up(curve(grid)))}"/>')
        for x, y in () if curve.is_constant else curve.points:
            parts.append(knot_mark(float(across(x)), float(up(y)), looks))
    return _framed(parts)


def knot_mark(x: float, y: float, looks: str) -> str:
    """Draw a knot: a square of the distilled curve, a diamond of the edited one."""
    if looks == "distilled":
        return f'<rect class="knot" x="{x - 3.5:.1f}" y="{y - 3.5:.1f}" width="7" height="7"/>'
    return f'<polygon class="knot" points="{places_text([x, x + 5, x, x - 5], [y - 5, y, y + 5, y])}"/>'


def _framed(parts: list[str]) -> str:
    return f'<svg viewBox="0 0 {WIDE} {HIGH}" aria-hidden="true">{"".join(parts)}</svg>'


def _distribution(teacher: TeacherCurve, across: Scale) -> str:
    """Draw how many training rows lie where, as grey bars whose heights are shares of the tallest."""
    edges = np.linspace(_LEFT, _RIGHT, _BINS + 1)
    counts, _ = np.histogram(across(np.asarray(teacher.values, dtype=np.float64)), bins=edges, weights=teacher.weights)
    tallest = counts.max() or 1.0
    width = edges[1] - edges[0]
    bars = [
        f'<rect x="{edge:.1f}" y="{_BOTTOM - 44 * count / tallest:.1f}" width="{width - 0.6:.1f}" '
        f'height="{44 * count / tallest:.1f}"/>'
        for edge, count in zip(edges, counts, strict=False)
        if count
    ]
    return f'<g class="distribution">{"".join(bars)}</g>'


def _axes(across: Scale, up: Scale) -> str:
    drawn = [f'<path class="axis" d="M{_LEFT} {_TOP}V{_BOTTOM}H{_RIGHT}"/>']
    if up.low < 0 < up.high:
        drawn.append(f'<line class="zero" x1="{_LEFT}" x2="{_RIGHT}" y1="{up(0.0):.1f}" y2="{up(0.0):.1f}"/>')
    heights, values = ticks(up, 4), ticks(across, 5)
    for value, text in zip(heights, tick_texts(heights), strict=True):
        drawn.append(f'<text x="{_LEFT - 4}" y="{up(value) + 4:.1f}" text-anchor="end">{text}</text>')
    for value, text in zip(values, tick_texts(values), strict=True):
        place = float(across(value))
        anchor = "end" if place > _RIGHT - 3.2 * len(text) else "middle"
        drawn.append(f'<line class="axis" x1="{place:.1f}" x2="{place:.1f}" y1="{_BOTTOM}" y2="{_BOTTOM + 3}"/>')
        drawn.append(f'<text x="{min(place, _RIGHT + 8):.1f}" y="{_BOTTOM + 15}" text-anchor="{anchor}">{text}</text>')
    return "".join(drawn)


def _dots(teacher: TeacherCurve, across: Scale, up: Scale) -> str:
    chosen = spread(across(np.asarray(teacher.values, dtype=np.float64)), teacher.weights)
    xs = across(np.asarray(teacher.values, dtype=np.float64)[chosen])
    ys = up(teacher.contributions[chosen])
    drawn = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2"/>' for x, y in zip(xs, ys, strict=True))
    return f'<g class="teacher">{drawn}</g>'


def spread(places: Floats, weights: Floats, apart: float = 3.0) -> list[int]:
    """Return which of many points to draw: in each strip of ``apart`` pixels the one that stands for most rows."""
    if not len(places):
        return []
    order = np.lexsort((-weights, np.floor(places / apart)))
    strips = np.floor(places / apart)[order]
    first = np.concatenate([[True], strips[1:] != strips[:-1]])
    return sorted(order[first].tolist())


def _levels_svg(fit: FeatureFit, term: LevelTerm) -> str:
    """Draw the most frequent levels as bars from zero, with the teacher's value as a dot."""
    teacher = fit.teacher
    order = np.argsort(-teacher.weights, kind="stable")[:_MOST_LEVELS]
    names = [teacher.values[place] for place in order]
    heights = term_values(term, names)
    low, high = span([0.0, *heights.tolist(), *teacher.contributions[order].tolist()], 0.05)
    across = Scale(low, high, 92, _RIGHT)
    zero, rise = float(across(0.0)), (_BOTTOM - _TOP) / max(len(names), 3)
    parts = []
    for number, (name, height, told) in enumerate(zip(names, heights, teacher.contributions[order], strict=True)):
        y, place = _TOP + rise * (number + 0.5), float(across(height))
        text = str(name) if len(str(name)) <= 14 else f"{str(name)[:13]}…"
        sign = "plus" if height >= 0 else "minus"
        parts.append(
            f'<text x="86" y="{y + 4:.1f}" text-anchor="end">{escape(text)}</text>'
            f'<rect class="{sign}" x="{min(zero, place):.1f}" width="{abs(place - zero):.1f}" y="{y - 5:.1f}" '
            f'height="10"/><circle class="teacher" cx="{across(told):.1f}" cy="{y:.1f}" r="3"/>'
        )
    parts.append(f'<line class="axis" x1="{zero:.1f}" x2="{zero:.1f}" y1="{_TOP}" y2="{_BOTTOM}"/>')
    left = len(teacher.values) - len(names)
    if left:
        parts.append(f'<text x="92" y="{_BOTTOM + 15}">and {count_text(left, "rarer level")}</text>')
    return _framed(parts)


def shape_words(term: Term, mono: object = False) -> str:
    """Say what stands for a feature: ``3 segments, log x, rising``."""
    if isinstance(term, LevelTerm):
        return f"table of {count_text(len(term.levels), 'level')}"
    if term.curve.is_constant:
        return "constant: adds the same in every row"
    parts = [count_text(term.curve.segments, "segment")]
    if term.curve.fx != "identity":
        parts.append(f"{term.curve.fx} x")
    steps = np.diff(term.curve.ys)
    if np.all(steps >= 0) or np.all(steps <= 0):
        held = "held " if mono else ""
        parts.append(held + ("rising" if steps.max() > 0 else "falling"))
    return ", ".join(parts)


def panel_words(fit: FeatureFit, term: Term) -> str:
    """Say what a panel draws, for those who hear the page: where the data lie, and knots or levels."""
    if isinstance(term, LevelTerm):
        told = ", ".join(f"{level} {score:+.3g}" for level, score in term.levels[:_MOST_LEVELS])
        return f"Levels {told}." if told else ""
    knots = ", ".join(f"{number_text(x)}: {y:+.3g}" for x, y in term.curve.points)
    values = fit.teacher.values
    if not len(values):
        return f"Knots {knots}."
    low, high = (number_text(float(each)) for each in (values[0], values[-1]))
    return f"From {low} to {high}. Knots {knots}."
