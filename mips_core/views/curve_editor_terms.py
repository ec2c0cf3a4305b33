"""Features that the distilled model leaves out, as the editor sees them: they add nothing, until one is put in."""

from __future__ import annotations

from dataclasses import replace

from mips_core.curves.distilling.terms import nothing
from mips_core.curves.errors import CurveError
from mips_core.curves.model import AdditiveModel, LevelTerm, Term
from mips_core.curves.study import CurveStudy, FeatureFit


def fit_of(study: CurveStudy, feature: str) -> FeatureFit:
    """Return a feature's fit; CurveError where the data have no such feature."""
    for fit in study.fits:
        if fit.teacher.feature == feature:
            return fit
    known = ", ".join(fit.teacher.feature for fit in study.fits)
    raise CurveError(f"The data have no feature {feature!r}; they have {known}.")


def distilled_term(study: CurveStudy, feature: str) -> Term:
    """Return a feature's term in the distilled model, or one that adds 0 where the model leaves it out."""
    if feature in study.model.features:
        return study.model.term(feature)
    teacher = fit_of(study, feature).teacher
    if teacher.numeric:
        return nothing(teacher)
    return LevelTerm(feature, tuple((level, 0.0) for level in teacher.values.tolist()))


def with_feature(study: CurveStudy, model: AdditiveModel, term: Term) -> AdditiveModel:
    """Return the model with a term in place of the one about the same feature, or put in where that was left out.

    Terms stand in the order of the study's fits.
    """
    terms = {each.feature: each for each in model.terms} | {term.feature: term}
    order = [fit.teacher.feature for fit in study.fits]
    return replace(model, terms=tuple(terms[feature] for feature in order if feature in terms))


def without_feature(model: AdditiveModel, feature: str) -> AdditiveModel:
    """Return the model without the term about a feature."""
    return replace(model, terms=tuple(term for term in model.terms if term.feature != feature))
