"""One feature at a time: the teacher's curve as few straight pieces, or its levels as a table ("localized", section 3).

Labels play no part here: a curve is fitted to the pairs of a feature's value and what the teacher adds for it.
"""

from __future__ import annotations

import numpy as np

from mips_core.curves.curve import PWLCurve
from mips_core.curves.distilling.price import Price
from mips_core.curves.distilling.rounding import rounded_levels, rounded_number
from mips_core.curves.errors import CurveError
from mips_core.curves.fitting import fit_pwl
from mips_core.curves.model import CurveTerm, LevelTerm, Term, term_values
from mips_core.curves.study import CurveSettings, FeatureFit, Mono, TeacherCurve
from mips_core.curves.transforms import Floats

_NOTHING = 1e-24
"""A variance below this share of the squared contributions is rounding error."""


def fit_feature(
    teacher: TeacherCurve,
    segments: int | None,
    mono: Mono = False,
    settings: CurveSettings | None = None,
    price: Price | None = None,
) -> FeatureFit:
    """Return the term that stands for one of the teacher's curves.

    Parameters
    ----------
    segments: straight pieces at most; None to choose by description length, which needs ``price``.
    mono: whether, and in which direction, the curve must be monotone; True for the direction that fits better.
    settings: digits, least share of rows of a piece, and the most segments.

    Raises
    ------
    CurveError
        when ``segments`` is None without a price, or a table of levels is asked to be monotone.
    """
    ladder = Ladder(teacher, mono, settings or CurveSettings(), price)
    if segments is None:
        return ladder.chosen()
    return ladder.fit(segments, f"{_pieces(segments)} asked for." if teacher.numeric else "A table of all levels.")


class Ladder:
    """The fits of one feature with more and more segments, each made when it is first asked for.

    With 0 segments a feature adds nothing: it is left out of the code.  A table of levels has one other rung only, 1.
    """

    def __init__(self, teacher: TeacherCurve, mono: Mono, settings: CurveSettings, price: Price | None) -> None:
        if mono and not teacher.numeric:
            raise CurveError(
                f"{teacher.feature!r} is a table of levels, which have no order; only numbers are monotone."
            )
        self.teacher = teacher
        self.mono = mono
        self._settings = settings
        self._price = price
        self._terms: dict[int, tuple[Term, str]] = {}
        self._misfits: dict[int, float] = {}

    @property
    def price(self) -> Price:
        """The price of misfit and numbers; CurveError when none was given."""
        if self._price is None:
            raise CurveError("Choosing the number of segments needs a price; give segments, or the price of the study.")
        return self._price

    @property
    def is_constant(self) -> bool:
        """Whether the teacher adds the same whatever the value is."""
        every = self._every_contribution()
        return bool(np.ptp(every) ** 2 <= _NOTHING * np.max(every**2)) if len(every) else True

    @property
    def most(self) -> int:
        """The highest rung that is worth asking for."""
        if self.is_constant:
            return 0
        return max(1, min(self._settings.most, len(self.teacher.values) - 1)) if self.teacher.numeric else 1

    def term(self, segments: int) -> Term:
        """Return the term with at most ``segments`` pieces; it adds nothing for 0."""
        return self._made(segments)[0]

    def misfit(self, segments: int) -> float:
        """Return what the term's difference from the teacher costs the prediction, in nats."""
        if segments not in self._misfits:
            self._misfits[segments] = self._misfit(segments)
        return self._misfits[segments]

    def _misfit(self, segments: int) -> float:
        term = self.term(segments)
        missing = self.teacher.missing - term.missing if self.teacher.missing_rows else 0.0
        off = self.teacher.contributions - term_values(term, self.teacher.values)
        if not segments:  # the bias takes what a left-out feature adds on average
            mean = self._mean()
            off, missing = off - mean, missing - mean if self.teacher.missing_rows else 0.0
        return self.price.misfit(self.teacher, off, missing)

    def length(self, segments: int) -> float:
        """Return what the term's numbers cost, in nats: two a knot, one a level, one for missing values."""
        term = self.term(segments)
        if not segments:
            return 0.0
        numbers = 2 * len(term.curve.points) if isinstance(term, CurveTerm) else len(term.levels)
        return self.price.number * (numbers + bool(self.teacher.missing_rows))

    def best(self) -> int:
        """Return the number of segments with the shortest description (see :mod:`~mips_core.curves.distilling.price`).

        Rungs that cannot win are not fitted: k segments cost at least the numbers of k + 1 knots.
        """
        best, shortest = 0, self.misfit(0)
        for segments in range(1, self.most + 1):
            if self.teacher.numeric and 2 * (segments + 1) * self.price.number >= shortest:
                break
            total = self.misfit(segments) + self.length(segments)
            if total < shortest:
                best, shortest = segments, total
        return best

    def chosen(self) -> FeatureFit:
        """Return the fit with the shortest description, with the reason in words."""
        best = self.best()
        return self.fit(best, self._why(best))

    def fit(self, segments: int, reason: str) -> FeatureFit:
        """Return the fit with at most ``segments`` pieces; a teacher's curve that is constant is left out anyway."""
        if self.is_constant:
            segments, reason = 0, "Left out: the teacher adds the same for every value."
        term, note = self._made(segments)
        if segments and not _varies(term, self.teacher):
            term, reason, note = nothing(self.teacher), "Left out: the best curve of the kind asked for is flat.", ""
        return FeatureFit(self.teacher, term, self.mono, unexplained(self.teacher, term), f"{reason}{note}")

    def _why(self, best: int) -> str:
        number = 2 * self.price.number if self.teacher.numeric else self.price.number
        if not best:
            least = 2 * number if self.teacher.numeric else self.length(1)
            return f"Left out: its numbers cost {_nats(least)} and save {_nats(self.misfit(0))}."
        if not self.teacher.numeric:
            return f"A table: its numbers cost {_nats(self.length(1))} and save {_nats(self.misfit(0))}."
        if best >= self.most:
            return f"{_pieces(best)}, the most there may be."
        more = best + 1
        saved = max(0.0, self.misfit(best) - (self.misfit(more) if more in self._terms else 0.0))
        return f"{_pieces(best)}: one more costs {_nats(number)} and saves at most {_nats(saved)}."

    def _made(self, segments: int) -> tuple[Term, str]:
        if segments not in self._terms:
            self._terms[segments] = self._make(segments)
        return self._terms[segments]

    def _make(self, segments: int) -> tuple[Term, str]:
        teacher, digits = self.teacher, self._settings.digits
        if not segments or not len(teacher.values):
            return nothing(teacher), ""
        missing = 0.0
        if teacher.missing_rows:
            missing = rounded_number(teacher.missing, digits, 1e-3 * float(np.std(self._every_contribution())))
        if not teacher.numeric:
            pairs = zip(teacher.values, teacher.contributions.tolist(), strict=True)
            return rounded_levels(LevelTerm(teacher.feature, tuple(pairs), 0.0, missing), digits, teacher), ""
        curve, note = self._curve(segments)
        return CurveTerm(teacher.feature, curve, missing), note

    def _curve(self, segments: int) -> tuple[PWLCurve, str]:
        share = self._settings.min_share
        curve = fit_pwl(
            self.teacher.values, self.teacher.contributions, self.teacher.weights, num_segments=segments,
            mono=self.mono, min_share=share, digits=self._settings.digits,
        )  # fmt: skip
        if curve.segments == segments:
            return curve, ""
        some = f" and pieces that hold {share:.2%} of the rows" if share else ""
        return curve, f" {_pieces(curve.segments)} were enough, with knots at values of the data{some}."

    def _every_contribution(self) -> Floats:
        missing = [self.teacher.missing] if self.teacher.missing_rows else []
        return np.concatenate((self.teacher.contributions, missing))

    def _mean(self) -> float:
        """Return the teacher's mean contribution over the training rows, those without a value included."""
        teacher = self.teacher
        rows = float(np.sum(teacher.weights)) + teacher.missing_rows
        total = float(np.sum(teacher.weights * teacher.contributions)) + teacher.missing_rows * teacher.missing
        return total / rows if rows else 0.0


def nothing(teacher: TeacherCurve) -> Term:
    """Return the term of a feature that is left out: it adds 0 whatever the value is."""
    if not teacher.numeric:
        return LevelTerm(teacher.feature, ())
    lowest, highest = (float(teacher.values[0]), float(teacher.values[-1])) if len(teacher.values) else (0.0, 1.0)
    if lowest == highest:
        lowest = highest - max(1.0, abs(highest) / 2)
    return CurveTerm(teacher.feature, PWLCurve([(lowest, 0.0), (highest, 0.0)]))


def adds_something(fit: FeatureFit) -> bool:
    """Whether a fit's term depends on the row; the others are left out of the model."""
    return _varies(fit.term, fit.teacher)


def _varies(term: Term, teacher: TeacherCurve) -> bool:
    values = term.curve.ys if isinstance(term, CurveTerm) else [value for _, value in term.levels]
    return len({*values, *([term.missing] if teacher.missing_rows else [])}) > 1


def unexplained(teacher: TeacherCurve, term: Term) -> float:
    """Return the weighted mean squared difference of a term from the teacher's curve, as a share of its variance."""
    variance = teacher.variance
    if not variance:
        return 0.0
    off = teacher.contributions - term_values(term, teacher.values)
    return float(np.average(off * off, weights=teacher.weights)) / variance


def _pieces(segments: int) -> str:
    return f"{segments} segment{'s' * (segments != 1)}"


def _nats(value: float) -> str:
    return f"{value:,.1f} nats"
