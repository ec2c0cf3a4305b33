"""Edits of an additive model as text for a link: only the terms that differ from the distilled model."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import lru_cache
from typing import Any

from mips_core.curves.curve import PWLCurve
from mips_core.curves.errors import CurveError
from mips_core.curves.model import AdditiveModel, CurveTerm, LevelTerm, Term
from mips_core.curves.study import CurveStudy
from mips_core.errors import BadInputError
from mips_core.views.curve_editor_terms import distilled_term, with_feature
from mips_core.views.link_text import pack_text, unpack_text

_CUT = "The edits in this link cannot be read: the link was cut, or changed on its way."


@lru_cache(maxsize=64)
def pack_edits(distilled: AdditiveModel, edited: AdditiveModel) -> str | None:
    """Return what differs as characters that may stand in a link, or None where it is too long for one.

    The edited model has all features of the distilled one, and perhaps more.
    """
    known = {term.feature: term for term in distilled.terms}
    terms = {term.feature: _term_data(term) for term in edited.terms if known.get(term.feature) != term}
    data: dict[str, Any] = {"terms": terms}
    if edited.bias != distilled.bias:
        data["bias"] = edited.bias
    return pack_text(json.dumps(data, ensure_ascii=False, separators=(",", ":")))


def unpack_edits(packed: str, study: CurveStudy) -> AdditiveModel:
    """Return the distilled model of a study with the edits of a link.

    Raises
    ------
    CurveError
        when the link was cut, is about other features, or holds a curve that is none; the message says which.
    """
    try:
        data = json.loads(unpack_text(packed))
        terms = dict(data["terms"])
        model = replace(study.model, bias=float(data.get("bias", study.model.bias)))
        for feature, values in terms.items():
            model = with_feature(study, model, _read_term(distilled_term(study, feature), values))
    except CurveError as error:
        raise CurveError(f"The edits in this link do not fit these data. {error}") from None
    except (BadInputError, ValueError, KeyError, TypeError, AttributeError):
        raise CurveError(_CUT) from None
    return model


def _term_data(term: Term) -> dict[str, Any]:
    if isinstance(term, LevelTerm):
        return {"levels": term.levels, "other": term.other, "missing": term.missing}
    curve = term.curve
    return {"knots": curve.points, "fx": curve.fx, "ends": curve.ends, "missing": term.missing}


def _read_term(old: Term, values: dict[str, Any]) -> Term:
    """Return the term of a link: of the same kind as ``old``, and with the same levels in the same order."""
    if isinstance(old, LevelTerm):
        levels = tuple((level, float(value)) for level, value in values["levels"])
        if [level for level, _ in levels] != [level for level, _ in old.levels]:
            raise CurveError(f"The feature {old.feature!r} has other levels.")
        return LevelTerm(old.feature, levels, float(values["other"]), float(values["missing"]))
    curve = PWLCurve(values["knots"], values["fx"], values["ends"])
    return CurveTerm(old.feature, curve, float(values["missing"]))
