"""How many segments each feature gets: the shortest description each, and a ceiling on what all cost together.

Description length judges each curve alone, and on few rows it takes few knots: a small loss on each of thirty features
adds up to one that shows in the metric.  So all misfits together may cost at most 0.01 nats per training row: 1 % of
the root mean square error, or 0.01 of the log loss.  While they cost more, the feature that gains most by one more
segment gets it.
"""

from __future__ import annotations

from collections.abc import Sequence

from mips_core.curves.distilling.features import Ladder
from mips_core.curves.study import FeatureFit
from mips_core.progress import Monitor

NATS_PER_ROW = 0.01
"""What all curves together may cost: RMSE times exp(0.01), or log loss plus 0.01."""


def chosen_fits(ladders: Sequence[Ladder], monitor: Monitor) -> list[FeatureFit]:
    """Return one fit for each feature, with the numbers of segments that this module's rule gives."""
    alone = []
    for place, ladder in enumerate(ladders):
        monitor.report("curves", f"Fitting {ladder.teacher.feature}.", place / len(ladders))
        alone.append(ladder.best())
    rungs = list(alone)
    misfits = [ladder.misfit(rung) for ladder, rung in zip(ladders, rungs, strict=True)]
    ceiling = NATS_PER_ROW * (ladders[0].price.rows if ladders else 0)
    while sum(misfits) > ceiling:
        monitor.report("curves", "Adding segments where they help most.")
        gains = [_gain(ladder, rung) for ladder, rung in zip(ladders, rungs, strict=True)]
        (gain, higher), place = max(zip(gains, range(len(ladders)), strict=True), key=lambda each: each[0][0])
        if gain <= 0:
            break
        rungs[place] = higher
        misfits[place] = ladders[place].misfit(higher)
    return [
        ladder.chosen() if rung == first else ladder.fit(rung, _raised(ladder, first, rung))
        for ladder, first, rung in zip(ladders, alone, rungs, strict=True)
    ]


def _gain(ladder: Ladder, rung: int) -> tuple[float, int]:
    """Return the most nats that one more segment saves, per segment, and where; rungs below may gain nothing."""
    now = ladder.misfit(rung)
    options = [((now - ladder.misfit(higher)) / (higher - rung), higher) for higher in range(rung + 1, ladder.most + 1)]
    return max(options, key=lambda each: (each[0], -each[1]), default=(0.0, rung))


def _raised(ladder: Ladder, first: int, rung: int) -> str:
    what = f"{rung} segment{'s' * (rung != 1)}" if ladder.teacher.numeric else "A table"
    alone = "it would be left out" if not first else f"{first} would do"
    return f"{what}, so that all losses together stay near {NATS_PER_ROW} nats a row; alone {alone}."
