"""An emitted module back as a model, without running it: its data are literals, and its functions must be ours."""

from __future__ import annotations

import ast
from collections.abc import Container
from functools import cache
from typing import get_args

from mips_core.curves.errors import CurveError
from mips_core.curves.literals import Source
from mips_core.curves.model import AdditiveModel, CurveTerm, Level, LevelTerm, Task, Term
from mips_core.curves.module.functions import every_use, functions
from mips_core.curves.reading import curve_of
from mips_core.syntax import parse_module

_CURVE_FIELDS = ("knots", "fx", "ends", "missing")
_LEVEL_FIELDS = ("levels", "other", "missing")


def read_module(text: str) -> AdditiveModel:
    """Return the model that ``text``, a module as :func:`module_source` writes it, computes.

    The numbers, names and terms may have been edited, and the docstring, comments and layout too.  The functions
    may not: what they compute must be what the model computes.  An edit may ask for more than the functions below it
    can do: a first ``"fx"``, ``"ends": "linear"`` or ``"levels"``.  It is read, but such a text does not run as it
    stands (a TypeError or KeyError); write the model again with :func:`module_source`, which adds what is needed.

    Raises
    ------
    CurveError
        when the text is anything else; says line and column, and what to do.
    """
    source = Source(text, "a model")
    data: dict[str, ast.expr] = {}
    defined: dict[str, ast.FunctionDef] = {}
    has_math = False
    for number, statement in enumerate(source.tree.body):
        if isinstance(statement, ast.FunctionDef):
            _check_function(source, statement, defined)
        elif isinstance(statement, ast.Assign) and _name(statement) in ("TASK", "BIAS", "TERMS"):
            if _name(statement) in data:
                source.refuse(statement, f"{_name(statement)} is set twice; keep one of them.")
            if defined:
                source.refuse(statement, f"{_name(statement)} must stand above the functions.")
            data[_name(statement)] = statement.value
        elif _imports_math(statement):
            has_math = True
        elif not (_is_docstring(statement) and number == 0):
            source.refuse(
                statement, f"only TASK, BIAS, TERMS and our functions can stand here, not {source.code(statement)}."
            )
    for name in ("TASK", "BIAS", "TERMS"):
        if name not in data:
            raise CurveError(f"The text has no {name}; undo the change that took it away.", 1, 1)
    if "score" not in defined:
        raise CurveError("The text has no function score; undo the change that took it away.", 1, 1)
    for function in defined.values():
        _check_names(source, function, defined, has_math)
    task = source.string(data["TASK"], "TASK")
    if task not in get_args(Task):
        source.refuse(data["TASK"], f"TASK is one of {', '.join(get_args(Task))}, not {task!r}.")
    bias = source.number(data["BIAS"], "BIAS")
    return AdditiveModel(_terms(source, data["TERMS"]), bias, task)  # type: ignore[arg-type]


def _terms(source: Source, node: ast.expr) -> tuple[Term, ...]:
    return tuple(
        _term(source, source.string(key, "The name of a feature"), value)
        for key, _, value in source.entries(node, "TERMS")
    )


def _term(source: Source, feature: str, node: ast.expr) -> Term:
    found = {source.string(key, "A field"): (key, value) for key, _, value in source.entries(node, repr(feature))}
    kind, fields = ("levels", _LEVEL_FIELDS) if "levels" in found else ("knots", _CURVE_FIELDS)
    for name, (key, _) in found.items():
        if name not in fields:
            source.refuse(key, f'{source.code(key)} is no field of a term with "{kind}"; it has {", ".join(fields)}.')
    for name in (kind, "missing", *(["other"] if kind == "levels" else [])):
        if name not in found:
            source.refuse(node, f'{feature!r} has no "{name}"; add it, for example "{name}": {_EXAMPLES[name]}.')
    values = {name: value for name, (_, value) in found.items()}
    missing = source.number(values["missing"], f'"missing" of {feature!r}')
    if kind == "knots":
        curve = curve_of(source, values["knots"], values.get("fx"), values.get("ends"))
        return CurveTerm(feature, curve, missing)
    levels: list[tuple[Level, float]] = []
    for key, level, score in source.entries(values["levels"], f"the levels of {feature!r}"):
        if level == "":
            source.refuse(key, 'the empty text is a missing value; use "missing" for it.')
        levels.append((level, source.number(score, f"the score of {source.code(key)}")))
    return LevelTerm(feature, tuple(levels), source.number(values["other"], f'"other" of {feature!r}'), missing)


_EXAMPLES = {"knots": "[(0, 0), (1, 0.5)]", "levels": '{"a": 0.5}', "other": "0", "missing": "0"}


def _check_function(source: Source, function: ast.FunctionDef, defined: dict[str, ast.FunctionDef]) -> None:
    known = _known_functions()
    if function.name not in known:
        source.refuse(function, f"the function {function.name} is not one of {', '.join(sorted(known))}; take it out.")
    if function.name in defined:
        source.refuse(function, f"the function {function.name} stands there twice; keep one of them.")
    if _tree(function) not in known[function.name]:
        advice = "change numbers in TERMS instead, and leave the functions as they were written"
        source.refuse(function, f"the function {function.name} was edited; {advice}.")
    defined[function.name] = function


def _check_names(source: Source, function: ast.FunctionDef, defined: Container[str], has_math: bool) -> None:
    """Refuse a function that would end in a NameError, because something it uses was taken out of the text."""
    used = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    if "math" in used and not has_math:
        source.refuse(function, f'the function {function.name} needs a line "import math" above; put it back.')
    for name in sorted(used & _known_functions().keys()):
        if name not in defined:
            source.refuse(function, f"the function {function.name} calls {name}, which the text lacks; put it back.")


@cache
def _known_functions() -> dict[str, set[str]]:
    """Return for each name the trees of all functions that we write."""
    known: dict[str, set[str]] = {}
    for text in {part for uses in every_use() for part in functions(uses)}:
        (function,) = parse_module(text).body
        assert isinstance(function, ast.FunctionDef)
        known.setdefault(function.name, set()).add(ast.dump(function))
    return known


def _name(statement: ast.Assign) -> str:
    target = statement.targets[0]
    return target.id if len(statement.targets) == 1 and isinstance(target, ast.Name) else ""


def _is_docstring(statement: ast.stmt) -> bool:
    value = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def _imports_math(statement: ast.stmt) -> bool:
    names = statement.names if isinstance(statement, ast.Import) else []
    return [(alias.name, alias.asname) for alias in names] == [("math", None)]


def _tree(function: ast.FunctionDef) -> str:
    try:
        return ast.dump(function)
    except RecursionError:
        return ""  # deeper than any of ours
