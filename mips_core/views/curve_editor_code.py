"""The code panel's texts: what the module says of itself, an edited text read as a model, and the model as JSON."""

from __future__ import annotations

import json
from dataclasses import replace

from mips_core.curves.errors import CurveError
from mips_core.curves.literals import LONGEST_TEXT
from mips_core.curves.model import AdditiveModel, CurveTerm, LevelTerm, Term
from mips_core.curves.module import read_module
from mips_core.curves.stored import model_value
from mips_core.curves.study import CurveStudy
from mips_core.views.curve_editor_terms import distilled_term, with_feature

LONGEST = LONGEST_TEXT
"""Characters of a text that are read."""


def read_edited(text: str, study: CurveStudy) -> AdditiveModel:
    """Return the model of an edited module's text, with its terms in the order of the study's fits.

    Features that the distilled model leaves out may be there or not; all others are.

    Raises
    ------
    CurveError
        when the text is no module of ours, or is about another task or other features than the study; ``line`` and
        ``column`` say where, if it has a place.
    """
    model = read_module(text)
    if model.task != study.data.task:
        message = f"The task of these data is {study.data.task}; the text says {model.task}."
        raise CurveError(message, *_place(text, "TASK"))
    edited = replace(model, terms=())
    for term in model.terms:
        place = _place(text, repr(term.feature), f'"{term.feature}"')
        try:
            before = distilled_term(study, term.feature)
        except CurveError as error:
            raise CurveError(str(error), *place) from None
        if isinstance(term, CurveTerm) != isinstance(before, CurveTerm):
            kinds = {True: "a curve with knots", False: "a table of levels"}
            asked, given = (kinds[isinstance(each, CurveTerm)] for each in (before, term))
            raise CurveError(f"The feature {term.feature!r} is {asked}, not {given}.", *place)
        edited = with_feature(study, edited, _same_levels(term, before, text))
    for feature in study.model.features:
        if feature not in edited.features:
            raise CurveError(
                f"The feature {feature!r} is missing. To leave it out, set all of its scores to 0.",
                *_place(text, "TERMS"),
            )
    return edited


def _same_levels(edited: Term, now: Term, text: str) -> Term:
    """Return the term with its levels in the order of now; CurveError when they are others."""
    if isinstance(edited, LevelTerm) and isinstance(now, LevelTerm):
        values = dict(edited.levels)
        if set(values) != {level for level, _ in now.levels} or len(edited.levels) != len(now.levels):
            raise CurveError(
                f"The levels of {now.feature!r} are not those of the data. Levels keep their names; other values count "
                'as "other".',
                *_place(text, repr(now.feature), f'"{now.feature}"'),
            )
        return replace(edited, levels=tuple((level, values[level]) for level, _ in now.levels))
    return edited


def _place(text: str, *words: str) -> tuple[int | None, int | None]:
    """Return line and column, from 1, where one of the words stands first."""
    for number, line in enumerate(text.splitlines(), 1):
        for word in words:
            if word in line:
                return number, line.index(word) + 1
    return None, None


def model_json(model: AdditiveModel) -> str:
    """Return the model as JSON text."""
    return json.dumps(model_value(model), ensure_ascii=False, indent=1) + "\n"
