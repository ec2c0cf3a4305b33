"""All features of a study as small panels, those first that carry most of the score's variance."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from mips_core.curves.distilling.terms import unexplained
from mips_core.curves.model import AdditiveModel, Term
from mips_core.curves.study import CurveStudy, FeatureFit
from mips_core.views.curve_panel import TAGGED, knot_mark, panel_svg, panel_words, shape_words
from mips_core.views.sequences import share_text


def feature_of(fit: FeatureFit) -> str:
    """Return the name of the feature that a fit is about."""
    return fit.teacher.feature


def term_of(model: AdditiveModel, fit: FeatureFit) -> Term:
    """Return what stands for a feature in a model; a constant feature that the model leaves out keeps its fit."""
    name = feature_of(fit)
    return model.term(name) if name in model.features else fit.term


def variance_shares(fits: Sequence[FeatureFit]) -> dict[str, float]:
    """Return what share of the sum of the teacher's variances each feature carries; 0 where all are constant."""
    variances = {feature_of(fit): fit.teacher.variance for fit in fits}
    total = sum(variances.values())
    return {name: (variance / total if total else 0.0) for name, variance in variances.items()}


def by_share(fits: Sequence[FeatureFit]) -> list[FeatureFit]:
    """Return the fits, those first that carry most variance."""
    return sorted(fits, key=lambda fit: -fit.teacher.variance)


def unexplained_by(fit: FeatureFit, term: Term) -> float:
    """Return the share of the teacher curve's variance that ``term`` leaves, as weighted mean squared difference."""
    return fit.unexplained if term == fit.term else unexplained(fit.teacher, term)


def unexplained_text(share: float) -> str:
    """Write what a curve leaves unexplained; a curve that is worse than none leaves more than all.

    >>> unexplained_text(0.058), unexplained_text(48.3)
    ('5.8 %', '4,830 %')
    """
    return share_text(share) if share <= 1 else f"{100 * share:,.0f} %"


def grid_html(study: CurveStudy, model: AdditiveModel, chosen: str, fits: Sequence[FeatureFit]) -> str:
    """Draw every feature; a click on one tells ``feature-`` and its name.

    Parameters
    ----------
    model : the current model, which may be edited
    chosen : the feature that is chosen
    fits : the features to draw, in this order
    """
    shares = variance_shares(study.fits)
    cards = []
    for fit in fits:
        name, term = feature_of(fit), term_of(model, fit)
        left = unexplained_by(fit, term)
        tagged = left > TAGGED and name in model.features
        marks = [f'<span class="tag">△ {unexplained_text(left)} unexplained</span>'] if tagged else []
        if term != fit.term:
            marks.append("<small>◆ edited</small>")
        cards.append(
            f'<button type="button" class="panel" data-value="feature-{escape(name)}" '
            f'aria-pressed="{"true" if name == chosen else "false"}">'
            f"<b>{escape(name)}</b><small>{share_text(shares[name])} of the teacher's variance · "
            f'{escape(_shape(model, fit, term))}</small><span class="unseen"> {escape(panel_words(fit, term))}</span>'
            f"{panel_svg(fit, term)}{''.join(marks)}</button>"
        )
    return f'<div class="curves grid">{"".join(cards)}</div>'


def _shape(model: AdditiveModel, fit: FeatureFit, term: Term) -> str:
    return shape_words(term, fit.mono) if feature_of(fit) in model.features else "left out of the code"


def legend_html(edited: bool) -> str:
    """Say what dots, lines and grey bars stand for."""
    signs = [
        ('<g class="teacher"><circle cx="6" cy="9" r="2.4"/><circle cx="17" cy="6" r="2.4"/>'
         '<circle cx="28" cy="4" r="2.4"/></g>', "teacher"),
        (f'<polyline class="distilled" points="1,10 17,5 33,3"/>{knot_mark(17, 5, "distilled")}',
         "distilled, with knots"),
        ('<g class="distribution"><rect x="4" y="8" width="8" height="6"/><rect x="13" y="2" width="8" height="12"/>'
         '<rect x="22" y="5" width="8" height="9"/></g>', "training rows"),
    ]  # fmt: skip
    if edited:
        mark = f'<polyline class="edited" points="1,10 17,5 33,3"/>{knot_mark(17, 5, "edited")}'
        signs.append((mark, "edited"))
    shown = "".join(
        f'<span><svg viewBox="0 0 34 14" aria-hidden="true">{sign}</svg>{name}</span>' for sign, name in signs
    )
    return f'<div class="curves legend">{shown}</div>'
