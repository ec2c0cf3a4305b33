"""The functions below the data of an emitted module: the same text always, less what the model does not use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from mips_core.curves.missing import MISSING_TEXTS
from mips_core.curves.model import AdditiveModel, CurveTerm, LevelTerm
from mips_core.curves.transforms import TRANSFORMS

_SCALES_FROM_A = {"log": "a", "log1p": "1 + a", "symlog1p": "1 + min(abs(a), abs(b))"}
_SCALES_AT_X = {"identity": "1", "log": "x", "log1p": "1 + x", "symlog1p": "1 + abs(x)"}


@dataclass(frozen=True)
class Uses:
    """What the functions of a module must be able to do.

    Parameters
    ----------
    curves, levels: whether there are terms of this kind.
    transforms: the names of the transforms of curves, in the order of :data:`TRANSFORMS`.
    linear: whether a curve goes on outside its knots.
    """

    curves: bool
    levels: bool
    transforms: tuple[str, ...] = ()
    linear: bool = False

    @property
    def logarithms(self) -> tuple[str, ...]:
        """The transforms other than the identity."""
        return tuple(name for name in self.transforms if name != "identity")


def uses_of(model: AdditiveModel) -> Uses:
    """Return what the functions of ``model``'s module must be able to do."""
    curves = [term.curve for term in model.terms if isinstance(term, CurveTerm)]
    return Uses(
        bool(curves),
        any(isinstance(term, LevelTerm) for term in model.terms),
        tuple(name for name in TRANSFORMS if any(curve.fx == name for curve in curves)),
        any(curve.ends == "linear" for curve in curves),
    )


def every_use() -> Iterator[Uses]:
    """Yield every combination of what a module may use."""
    for chosen in product((False, True), repeat=len(TRANSFORMS)):
        transforms = tuple(name for name, is_used in zip(TRANSFORMS, chosen, strict=True) if is_used)
        for levels, linear in product((False, True), repeat=2):
            if transforms or not linear:
                yield Uses(bool(transforms), levels, transforms, linear)


def functions(uses: Uses) -> list[str]:
    """Return the texts of the functions, in the order in which they stand."""
    parts = [IS_MISSING] if uses.curves or uses.levels else []
    if uses.logarithms:
        parts.append(_between(uses.logarithms))
    if uses.linear:
        parts.append(_beyond(uses.transforms))
    if uses.curves:
        parts.append(_curve_at(bool(uses.logarithms), uses.linear))
    if uses.levels:
        parts.append(_LEVEL_AT)
    return [*parts, _score(uses)]


IS_MISSING = f'''\
def is_missing(value):
    """Whether a value is None, NaN, or a text that stands for a gap, such as NA."""
    text = value.strip().casefold() if isinstance(value, str) else value
    return text != text or text in {{None, {", ".join(f'"{text}"' for text in sorted(MISSING_TEXTS))}}}'''
"""The function that tells missing values, also of the NumPy twin."""


def _between(logarithms: Sequence[str]) -> str:
    scales = ", ".join(f'"{name}": {_SCALES_FROM_A[name]}' for name in logarithms)
    lines = [
        "def between(fx, a, b):",
        '    """Return fx(b) - fx(a) for a <= b, exact also where they are close."""',
        '    if fx == "identity":',
        "        return b - a",
    ]
    if "symlog1p" in logarithms:
        lines += ['    if fx == "symlog1p" and a < 0 < b:', "        return math.log1p(-a) + math.log1p(b)"]
    return "\n".join([*lines, f"    scale = {{{scales}}}[fx]", "    return math.log1p((b - a) / scale)"])


def _beyond(transforms: Sequence[str]) -> str:
    scales = ", ".join(f'"{name}": {_SCALES_AT_X[name]}' for name in transforms)
    has_logarithms = any(name != "identity" for name in transforms)
    return "\n".join(
        [
            f"def beyond({'fx, ' if has_logarithms else ''}knots, end, value):",
            '    """Return the tangent at the first (0) or last (-1) knot at a value outside."""',
            "    (a, low), (b, high) = knots[:2] if end == 0 else knots[-2:]",
            "    x, y = knots[end]",
            *([f"    scale = {{{scales}}}[fx]"] if has_logarithms else []),
            f"    slope = (high - low) / {'between(fx, a, b) / scale' if has_logarithms else '(b - a)'}",
            "    return y + slope * (value - x)",
        ]
    )


def _curve_at(logarithms: bool, linear: bool) -> str:
    fx, call = ('fx="identity", ', "fx, ") if logarithms else ("", "")
    ends = 'ends="flat", ' if linear else ""
    drawn = f"straight lines between knots{' over fx(x)' if logarithms else ''}"
    outside = ["    if x <= knots[0][0]:", "        return knots[0][1]"]
    if linear:
        outside = [
            '    if ends == "linear" and x < knots[0][0]:',
            f"        return beyond({call}knots, 0, x)",
            '    if ends == "linear" and x > knots[-1][0]:',
            f"        return beyond({call}knots, -1, x)",
            *outside,
        ]
    part = "between(fx, a, x) / between(fx, a, b)" if logarithms else "(x - a) / (b - a)"
    return "\n".join(
        [
            f"def curve_at(value, knots, {fx}{ends}*, missing):",
            f'    """Follow {drawn}, {"flat or linear" if linear else "flat"} outside."""',
            "    x = math.nan if is_missing(value) else float(value)",
            "    if math.isnan(x):",
            "        return missing",
            *outside,
            "    for (a, low), (b, high) in zip(knots, knots[1:]):",
            "        if x < b:",
            f"            part = {part}",
            "            return sorted((low, low + (high - low) * part, high))[1]",
            "    return knots[-1][1]",
        ]
    )


_LEVEL_AT = '''\
def level_at(value, levels, other, missing):
    """Return the entry of a level, or of the level that is written like the value."""
    if value not in levels and is_missing(value):
        return missing
    return levels.get(value, levels.get(str(value).strip(), other))'''


def _score(uses: Uses) -> str:
    if not (uses.curves or uses.levels):
        return 'def score(row):\n    """Return the score of a row: the bias alone."""\n    return float(BIAS)'
    lines = [
        "def score(row):",
        '    """Return the score of a row, a dictionary of numbers and texts by feature."""',
        "    total = float(BIAS)",
        "    for feature, term in TERMS.items():",
    ]
    if uses.curves and uses.levels:
        lines.append('        at = curve_at if "knots" in term else level_at')
    at = "at" if uses.curves and uses.levels else "curve_at" if uses.curves else "level_at"
    return "\n".join([*lines, f"        total += {at}(row[feature], **term)", "    return total"])
