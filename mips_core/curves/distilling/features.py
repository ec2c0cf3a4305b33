"""One feature at a time: the teacher's curve as few straight pieces, or its levels as a table ("localized")."""

from __future__ import annotations

from mips_core.curves.distilling.choosing import chosen_fits
from mips_core.curves.distilling.ladder import Ladder, pieces
from mips_core.curves.distilling.price import Price
from mips_core.curves.errors import CurveError
from mips_core.curves.study import CurveSettings, FeatureFit, Mono, TeacherCurve


def fit_feature(
    teacher: TeacherCurve,
    segments: int | None,
    mono: Mono = False,
    settings: CurveSettings | None = None,
    price: Price | None = None,
) -> FeatureFit:
    """Return the term that stands for one of the teacher's curves, which labels play no part in.

    Parameters
    ----------
    segments: straight pieces at most; None to choose by description length, which needs ``price``.
    mono: whether, and in which direction, the curve must be monotone; True for the direction that fits better.
    settings: digits, least share of rows of a piece, and the most segments to choose from.

    Raises
    ------
    CurveError
        when ``segments`` is None without a price, or a table of levels is asked to be monotone.
    """
    ladder = Ladder(teacher, mono, settings or CurveSettings())
    if segments is not None:
        return ladder.fit(segments, f"{pieces(segments)} asked for." if teacher.numeric else "A table of all levels.")
    if price is None:
        raise CurveError("Choosing the number of segments needs a price; give segments, or the price of the data.")
    return chosen_fits([ladder], price)[0]
