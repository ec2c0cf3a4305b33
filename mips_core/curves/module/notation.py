"""A model in the notation of Ravina et al. 2021: a bias and the sum of named curves and tables of levels."""

from __future__ import annotations

import ast

from mips_core.curves.literals import Source
from mips_core.curves.model import AdditiveModel, CurveTerm, Level, LevelTerm, Task, Term
from mips_core.curves.module.emit import MEANINGS
from mips_core.curves.module.writing import level_literal, text_literal
from mips_core.curves.numbers import number_text
from mips_core.curves.reading import arguments, called, curve_of


def model_text(model: AdditiveModel) -> str:
    """Return ``model`` as a comment that says what the score means, and ``score = bias + sum([...])``.

    >>> from mips_core.curves.curve import PWLCurve
    >>> print(model_text(AdditiveModel((CurveTerm("age", PWLCurve([(18, 3.1), (46, -0.7)], fx="log")),), 0.5)))
    # The score is the predicted value.
    score = 0.5 + sum([
      PWLCurve("age", [(18, 3.1), (46, -0.7)], fx="log"),
    ])
    <BLANKLINE>
    """
    lines = [f"  {_term_text(term)}," for term in model.terms]
    total = ["sum([", *lines, "])"] if lines else ["sum([])"]
    return f"# {MEANINGS[model.task]}\nscore = {number_text(model.bias)} + " + "\n".join(total) + "\n"


def read_model_text(text: str) -> AdditiveModel:
    """Return the model that ``text``, as :func:`model_text` writes it, is about; nothing is executed.

    The bias may be left out.  Without one of our comments the score is a predicted value.

    Raises
    ------
    CurveError
        when the text is anything else, with line and column.
    """
    source = Source(text, "a model")
    body = source.tree.body
    target = body[0].targets[0] if len(body) == 1 and isinstance(body[0], ast.Assign) else None
    if (
        not isinstance(body[0] if body else None, ast.Assign)
        or not isinstance(target, ast.Name)
        or target.id != "score"
    ):
        source.refuse(body[-1] if body else source.tree, 'a model is one line of the form "score = bias + sum([...])".')
    value: ast.expr = body[0].value  # type: ignore[attr-defined]
    bias = 0.0
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add):
        bias, value = source.number(value.left, "The bias"), value.right
    call = called(source, value, "sum")
    parts = arguments(source, call, ("parts",))
    if "parts" not in parts or call.keywords:
        source.refuse(call, "sum takes one list of curves and tables of levels.")
    seen: dict[str, Term] = {}
    for node in source.items(parts["parts"], "What is summed"):
        term = _term(source, node)
        if term.feature in seen:
            source.refuse(node, f"two terms are about the feature {term.feature!r}; keep one of them.")
        seen[term.feature] = term
    return AdditiveModel(tuple(seen.values()), bias, _task(source.text))


def _task(text: str) -> Task:
    comments = {line.removeprefix("#").strip() for line in text.splitlines() if line.startswith("#")}
    return next((task for task, meaning in MEANINGS.items() if meaning in comments), "regression")


def _term_text(term: Term) -> str:
    name = text_literal(term.feature)
    if isinstance(term, CurveTerm):
        code = str(term.curve).removeprefix("PWLCurve(").removesuffix(")")
        return f"PWLCurve({name}, {code}{_field('missing', term.missing)})"
    levels = ", ".join(f"{level_literal(level)}: {number_text(score)}" for level, score in term.levels)
    return f"EnumCurve({name}, {{{levels}}}{_field('other', term.other)}{_field('missing', term.missing)})"


def _field(name: str, value: float) -> str:
    written = number_text(value)
    return "" if written == "0" else f", {name}={written}"


def _term(source: Source, node: ast.expr) -> Term:
    call = called(source, node, "PWLCurve", "EnumCurve")
    is_curve = isinstance(call.func, ast.Name) and call.func.id == "PWLCurve"
    parameters = (
        ("feature", "points", "fx", "ends", "missing") if is_curve else ("feature", "levels", "other", "missing")
    )
    found = arguments(source, call, parameters)
    for name in parameters[:2]:
        if name not in found:
            source.refuse(
                call, f"the {name} are left out here." if name != "feature" else "the feature is left out here."
            )
    feature = source.string(found["feature"], "The name of a feature")
    missing = source.number(found["missing"], "missing") if "missing" in found else 0.0
    if is_curve:
        return CurveTerm(feature, curve_of(source, found["points"], found.get("fx"), found.get("ends")), missing)
    levels: list[tuple[Level, float]] = []
    for key, level, score in source.entries(found["levels"], f"the levels of {feature!r}"):
        if level == "":
            source.refuse(key, "the empty text is a missing value; use missing= for it.")
        levels.append((level, source.number(score, f"the score of {source.code(key)}")))
    other = source.number(found["other"], "other") if "other" in found else 0.0
    return LevelTerm(feature, tuple(levels), other, missing)
