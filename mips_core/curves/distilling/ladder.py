"""The fits of one feature with more and more segments, each made when it is first asked for."""

from __future__ import annotations

import numpy as np

from mips_core.curves.curve import PWLCurve
from mips_core.curves.distilling.rounding import rounded_levels, rounded_number
from mips_core.curves.distilling.terms import nothing, unexplained, varies
from mips_core.curves.errors import CurveError
from mips_core.curves.fitting import fit_pwl
from mips_core.curves.model import CurveTerm, LevelTerm, Term, term_values
from mips_core.curves.study import CurveSettings, FeatureFit, Mono, TeacherCurve
from mips_core.curves.transforms import Floats

_NOTHING = 1e-24
"""Squared differences below this share of the squared contributions are rounding error."""
_MISSING_SHARE = 1e-3
"""Rounding may move the value for missing data by this share of what the feature moves the score."""


class Ladder:
    """One feature's terms, by the number of segments.

    With 0 segments a feature is left out of the code.  A table of levels has one other rung only, 1.  Labels play no
    part: a curve is fitted to the pairs of a feature's value and what the teacher adds for it.
    """

    def __init__(self, teacher: TeacherCurve, mono: Mono, settings: CurveSettings) -> None:
        if mono and not teacher.numeric:
            raise CurveError(
                f"{teacher.feature!r} is a table of levels, which have no order; only numbers are monotone."
            )
        self.teacher = teacher
        self._mono = mono
        self._settings = settings
        self._terms: dict[int, Term] = {}
        self._every = np.append(teacher.contributions, [teacher.missing] if teacher.missing_rows else [])

    @property
    def is_constant(self) -> bool:
        """Whether the teacher adds the same whatever the value is."""
        return not len(self._every) or bool(np.ptp(self._every) ** 2 <= _NOTHING * np.max(self._every**2))

    @property
    def most(self) -> int:
        """The highest rung that there is."""
        if self.is_constant:
            return 0
        return max(1, min(self._settings.most, len(self.teacher.values) - 1)) if self.teacher.numeric else 1

    def term(self, segments: int) -> Term:
        """Return the term with at most ``segments`` pieces; it adds nothing for 0."""
        if segments not in self._terms:
            self._terms[segments] = self._made(segments)
        return self._terms[segments]

    def off(self, segments: int) -> Floats:
        """Return teacher less term at each of the teacher's values, then for a missing one, (m + 1,).

        What a feature that is left out adds on average is no difference: the bias takes it.
        """
        teacher, term = self.teacher, self.term(segments)
        values = teacher.contributions - term_values(term, teacher.values)
        missing = teacher.missing - term.missing if teacher.missing_rows else 0.0
        off = np.append(values, missing)
        return off if segments else off - np.average(off, weights=np.append(teacher.weights, teacher.missing_rows))

    def numbers(self, segments: int) -> int:
        """Return how many numbers the code has: two a knot, one a level, one for missing values."""
        if not segments:
            return 0
        term = self.term(segments)
        told = 2 * len(term.curve.points) if isinstance(term, CurveTerm) else len(term.levels)
        return told + bool(self.teacher.missing_rows)

    def fit(self, segments: int, reason: str) -> FeatureFit:
        """Return the fit with at most ``segments`` pieces; what comes out flat is left out."""
        teacher, note = self.teacher, ""
        if self.is_constant:
            segments, reason = 0, "Left out: the teacher adds the same for every value."
        term = self.term(segments)
        if segments and not varies(term, teacher):
            term, reason = nothing(teacher), "Left out: the best curve of the kind asked for is flat."
        elif isinstance(term, CurveTerm) and term.curve.segments < segments:
            note = f" {pieces(term.curve.segments)} were enough."
        return FeatureFit(teacher, term, self._mono, unexplained(teacher, term), f"{reason}{note}")

    def _made(self, segments: int) -> Term:
        teacher, digits = self.teacher, self._settings.digits
        if not segments or not len(self._every):
            return nothing(teacher)
        missing = 0.0
        if teacher.missing_rows:
            missing = rounded_number(teacher.missing, digits, _MISSING_SHARE * float(np.std(self._every)))
        if not teacher.numeric:
            pairs = zip(teacher.values, teacher.contributions.tolist(), strict=True)
            return rounded_levels(LevelTerm(teacher.feature, tuple(pairs), 0.0, missing), digits, teacher)
        return CurveTerm(teacher.feature, self._curve(segments), missing)

    def _curve(self, segments: int) -> PWLCurve:
        teacher = self.teacher
        if not len(teacher.values):  # every training row lacks the value
            return PWLCurve([(0.0, 0.0), (1.0, 0.0)])
        return fit_pwl(
            teacher.values, teacher.contributions, teacher.weights, num_segments=segments, mono=self._mono,
            min_share=self._settings.min_share, digits=self._settings.digits,
        )  # fmt: skip


def pieces(segments: int) -> str:
    """Return a number of segments in words."""
    return f"{segments} segment{'s' * (segments != 1)}"
