"""The metric strip: teacher, distilled and edited model on held-out rows, with the changes in words and signs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from mips_core.curves.model import AdditiveModel, CurveTerm
from mips_core.views.curve_panel import knot_mark

HIGHER = {"auc": True, "log_loss": False, "rmse": False, "r2": True, "ndcg@5": True}
"""Whether more is better, for each metric."""
NAMES = {"auc": "AUC", "log_loss": "log loss", "rmse": "RMSE", "r2": "R²", "ndcg@5": "NDCG@5"}

_SIGNS = {
    "teacher": '<circle class="teacher" cx="5" cy="8" r="2.6"/><circle class="teacher" cx="17" cy="5" r="2.6"/>',
    "distilled": f'<polyline class="distilled" points="1,9 12,5 23,3"/>{knot_mark(12, 5, "distilled")}',
    "edited": f'<polyline class="edited" points="1,9 12,5 23,3"/>{knot_mark(12, 5, "edited")}',
}


@dataclass(frozen=True)
class Scored:
    """A model on the held-out rows.

    Parameters
    ----------
    who : "teacher", "distilled" or "edited"
    metrics : values by key, the main metric first
    spreads : by the name of another model, how much the difference from it varies when rows are drawn anew
    """

    who: str
    metrics: Mapping[str, float]
    spreads: Mapping[str, float] = field(default_factory=dict)

    @property
    def main(self) -> str:
        """The key of the main metric."""
        return next(iter(self.metrics))


def metric_text(value: float) -> str:
    """Write a metric with four significant digits at least behind a leading zero.

    >>> metric_text(0.98765), metric_text(54.321), metric_text(12345.6)
    ('0.9877', '54.32', '12,346')
    """
    if not math.isfinite(value):
        return "not defined"
    if abs(value) < 1:
        return f"{value:.4f}"
    return f"{value:,.2f}" if abs(value) < 1000 else f"{value:,.0f}"


def change_text(key: str, value: float, before: float) -> tuple[str, str]:
    """Say how a metric changed: the change with its sign, and "better", "worse" or "equal".

    >>> change_text("rmse", 54.4, 54.3), change_text("auc", 0.99, 0.98), change_text("auc", 0.98, 0.98)
    (('+0.10', 'worse'), ('+0.0100', 'better'), ('±0', 'equal'))
    """
    change = value - before
    if not math.isfinite(change):
        return "not defined", "equal"
    size = metric_text(abs(change)) if abs(before) < 1 else f"{abs(change):,.2f}"
    if not float(size.replace(",", "")):
        return "±0", "equal"
    return f"{'+' if change > 0 else '−'}{size}", "better" if (change > 0) == HIGHER[key] else "worse"


def strip_html(teacher: Scored, models: Sequence[tuple[Scored, int]], lines: Sequence[int]) -> str:
    """Show the teacher, each model beside those before it, and how much code they are.

    Parameters
    ----------
    models : the distilled and, where there is one, the edited model, each with its number of knots and levels
    lines : of code, of each of these models
    """
    cards = [_card(teacher, [])]
    before = [teacher]
    for scored, _ in models:
        cards.append(_card(scored, before))
        before = [*before, scored]
    knots = " → ".join(f"{count:,}" for count in dict.fromkeys(count for _, count in models))
    code = " → ".join(f"{count:,}" for count in dict.fromkeys(lines))
    cards.append(_figure("Knots and levels", knots, "numbers that say how the score goes"))
    cards.append(_figure("Lines of code", code, "plain Python, without blank lines, comments and docstrings"))
    return f'<div class="curves strip">{"".join(cards)}</div>'


def _card(scored: Scored, before: list[Scored]) -> str:
    main = scored.main
    sign = f'<svg viewBox="0 0 24 12" aria-hidden="true">{_SIGNS[scored.who]}</svg>'
    parts = [
        f'<div class="who">{sign}{scored.who.capitalize()}: {NAMES[main]}</div>',
        f'<div class="value">{metric_text(scored.metrics[main])}</div>',
    ]
    parts += [_change(scored, other) for other in before if math.isfinite(scored.metrics[main] - other.metrics[main])]
    more = ", ".join(f"{NAMES[key]} {metric_text(value)}" for key, value in scored.metrics.items() if key != main)
    if more:
        parts.append(f'<div class="more">{more}</div>')
    return f'<div class="figure">{"".join(parts)}</div>'


def _change(scored: Scored, other: Scored) -> str:
    """Say how a model compares with one before it; only what is more than twice what chance does is coloured."""
    main = scored.main
    change, word = change_text(main, scored.metrics[main], other.metrics[main])
    than = {"better": "better than", "worse": "worse than", "equal": "as good as"}[word]
    spread = scored.spreads.get(other.who)
    told, looks = f"{change}, {than} {other.who}", word
    if spread is not None:
        told += f"; chance is ±{metric_text(spread)}"
        looks = word if abs(scored.metrics[main] - other.metrics[main]) > 2 * spread else ""
    return f'<div class="change {looks}">{told}</div>'


def _figure(name: str, value: str, more: str) -> str:
    return (
        f'<div class="figure"><div class="who">{escape(name)}</div><div class="value">{value}</div>'
        f'<div class="more">{escape(more)}</div></div>'
    )


def size_of(model: AdditiveModel) -> int:
    """Return how many knots and levels a model has."""
    return sum(len(t.curve.points) if isinstance(t, CurveTerm) else len(t.levels) for t in model.terms)


def interacting_words(teacher: Scored, interacting: Mapping[str, float]) -> str:
    """Say what any additive model gives up against one whose features may interact."""
    main = teacher.main
    value = interacting.get(main, math.nan)
    if not math.isfinite(value) or not math.isfinite(teacher.metrics[main]):
        return ""
    change, word = change_text(main, value, teacher.metrics[main])
    told = {"better": f"{change}, better than the teacher. What features do together is lost in a sum",
            "worse": f"{change}, worse than the teacher. Nothing is lost by adding up curves",
            "equal": "as good as the teacher. Nothing is lost by adding up curves"}[word]  # fmt: skip
    return f"Trees whose features may interact have {NAMES[main]} {metric_text(value)}: {told} here."
