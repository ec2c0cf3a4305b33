"""Level tables: what each level of a categorical feature adds, beside what the teacher adds."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from mips_core.curves.model import LevelTerm
from mips_core.curves.study import FeatureFit
from mips_core.views.curve_scale import Scale, span

_WIDE, _HIGH = 220, 16


def levels_html(fit: FeatureFit, term: LevelTerm) -> str:
    """Show a table of levels, those first that most training rows have; then unseen levels and missing values."""
    teacher = fit.teacher
    known = dict(term.levels)
    told = dict(zip(teacher.values.tolist(), teacher.contributions.tolist(), strict=True))
    rows = dict(zip(teacher.values.tolist(), teacher.weights.tolist(), strict=True))
    names = sorted(dict.fromkeys([*rows, *known]), key=lambda name: -rows.get(name, 0.0))
    scale = bar_scale([*known.values(), *told.values(), term.other, term.missing])
    body = [_row(str(name), rows.get(name), told.get(name), known.get(name, term.other), scale) for name in names]
    body.append(_row("any other level", None, None, term.other, scale))
    body.append(_row("missing", float(teacher.missing_rows), teacher.missing, term.missing, scale))
    return (
        f'<div class="curves scroll by-level" tabindex="0" role="region" '
        f'aria-label="Level table of {escape(teacher.feature)}">'
        f"<table><thead><tr><th>{escape(teacher.feature)}</th><th class=number>training rows</th>"
        "<th class=number>teacher adds</th><th class=number>code adds</th><td></td></tr></thead>"
        f"<tbody>{''.join(body)}</tbody></table></div>"
    )


def signed(value: float) -> str:
    """Write what is added, with its sign.

    >>> signed(0.25), signed(-3), signed(0)
    ('+0.25', '−3', '0')
    """
    text = f"{value:+.4g}".replace("-", "−")
    return "0" if value == 0 else text


def bar_svg(value: float, scale: Scale) -> str:
    """Draw a bar from zero: to the right and blue for plus, to the left and vermilion for minus."""
    zero, end = float(scale(0.0)), float(scale(value))
    sign = "plus" if value >= 0 else "minus"
    return (
        f'<svg viewBox="0 0 {_WIDE} {_HIGH}" preserveAspectRatio="none" aria-hidden="true">'
        f'<line class="axis" x1="{zero:.1f}" x2="{zero:.1f}" y1="0" y2="{_HIGH}"/>'
        f'<rect class="{sign}" x="{min(zero, end):.1f}" width="{abs(end - zero):.1f}" y="3" height="{_HIGH - 6}"/>'
        "</svg>"
    )


def bar_scale(values: Iterable[float]) -> Scale:
    """Return the axis on which bars of these values have room on both sides of zero."""
    low, high = span([*values, 0.0])
    return Scale(low, high, 2, _WIDE - 2)


def _row(name: str, rows: float | None, told: float | None, added: float, scale: Scale) -> str:
    shown = "" if rows is None else f"{rows:,.0f}"
    teacher = "" if told is None else signed(told)
    return (
        f'<tr><td class="name">{escape(name)}</td><td class="number" data-head="training rows">{shown}</td>'
        f'<td class="number" data-head="teacher adds">{teacher}</td>'
        f'<td class="number" data-head="code adds">{signed(added)}</td>'
        f'<td class="bar">{bar_svg(added, scale)}</td></tr>'
    )
