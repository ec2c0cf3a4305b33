"""A curve from its text, without running anything: the only words are PWLCurve, fx and ends."""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections.abc import Sequence
from typing import cast

from mips_core.curves.curve import Ends, Point, PWLCurve
from mips_core.curves.errors import CurveError
from mips_core.curves.literals import Source
from mips_core.curves.transforms import transform_named

_PARAMETERS = ("points", "fx", "ends")


def read_curve(text: str) -> PWLCurve:
    """Return the curve that ``text`` is the code of, as ``str(curve)`` writes it.

    >>> read_curve('PWLCurve([(18, 3.13), (46, -0.721)], fx="log")').fx
    'log'

    Raises
    ------
    CurveError
        when the text is anything but ``PWLCurve(points[, fx="..."][, ends="..."])``, with line and column.
    """
    source = Source(text, "a curve")
    if not source.text.lstrip().startswith("PWLCurve"):
        raise CurveError('Line 1, column 1: the text of a curve must begin with "PWLCurve(".', 1, 1)
    body = source.tree.body
    if len(body) != 1 or not isinstance(body[0], ast.Expr):
        source.refuse(
            body[-1] if body else source.tree, 'the text of a curve must begin with "PWLCurve(" and end there.'
        )
    call = called(source, body[0].value, "PWLCurve")
    found = arguments(source, call, _PARAMETERS)
    if "points" not in found:
        source.refuse(call, "a curve needs its knots: PWLCurve([(x, y), (x, y)]).")
    return curve_of(source, found["points"], found.get("fx"), found.get("ends"))


def called(source: Source, node: ast.expr, *names: str) -> ast.Call:
    """Return ``node`` when it calls one of ``names``; CurveError otherwise."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
        return node
    begin = " or ".join(f'"{name}("' for name in names)
    source.refuse(node, f"this must begin with {begin}, not {source.code(node)}.")


def arguments(source: Source, call: ast.Call, parameters: Sequence[str]) -> dict[str, ast.expr]:
    """Return the arguments of ``call`` by the names of its parameters; CurveError for any others."""
    if len(call.args) > len(parameters):
        source.refuse(call.args[len(parameters)], f"at most {len(parameters)} values can stand here.")
    found = dict(zip(parameters, call.args, strict=False))
    for keyword in call.keywords:
        if keyword.arg is None or keyword.arg not in parameters:
            source.refuse(keyword, f"{source.code(keyword)} is unknown here; known are {', '.join(parameters)}.")
        if keyword.arg in found:
            source.refuse(keyword, f"{keyword.arg} is given twice; keep one of them.")
        found[keyword.arg] = keyword.value
    return found


def curve_of(source: Source, points: ast.expr, fx: ast.expr | None, ends: ast.expr | None) -> PWLCurve:
    """Return the curve with these written parts; a refusal names the place of the part that is wrong."""
    nodes = source.items(points, "The knots")
    knots = [_knot(source, node, number) for number, node in enumerate(nodes, 1)]
    name = "identity" if fx is None else source.string(fx, "fx")
    beyond = "flat" if ends is None else source.string(ends, "ends")
    try:
        transform_named(name)
    except CurveError as error:
        source.refuse(fx or points, str(error))
    if ends is not None and beyond not in ("flat", "linear"):
        source.refuse(ends, f'The ends of a curve are "flat" or "linear", not {source.code(ends)}.')
    try:
        return PWLCurve(knots, name, cast(Ends, beyond))
    except CurveError as error:
        first = bisect_left(range(2, len(knots) + 1), True, key=lambda count: _fails(knots[:count], name)) + 1
        source.refuse(nodes[first] if first < len(nodes) else points, str(error))


def _knot(source: Source, node: ast.expr, number: int) -> Point:
    parts = node.elts if isinstance(node, ast.Tuple | ast.List) else []
    if len(parts) != 2:
        source.refuse(node, f"knot {number} must be two numbers (x, y), not {source.code(node)}.")
    return source.number(parts[0], f"The x of knot {number}"), source.number(parts[1], f"The y of knot {number}")


def _fails(knots: Sequence[Point], fx: str) -> bool:
    try:
        PWLCurve(knots, fx)
    except CurveError:
        return True
    return False
