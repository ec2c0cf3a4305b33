"""Piecewise-linear curve fitting, beside pwlf, the published algorithm written plainly, and least squares in NumPy.

Data, peers and the measure of error are those of :mod:`mips_core.benchmarks.curves`; every third of its cases is
taken.  There is no right curve, so a fit is judged done when it is finite and explains something; what it leaves
unexplained stands in the facts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from mips_core.benchmarks.curve_cases import CASES, CurveCase
from mips_core.benchmarks.curve_peers import SAMPLE, PwlfWay, pwlf_fit
from mips_core.benchmarks.curve_plain import plain_fit
from mips_core.benchmarks.curves import unexplained
from mips_core.benchmarks.speed.comparison import Comparison, Measured, compare
from mips_core.benchmarks.speed.contestant import OURS, Contestant, Judgement, versioned
from mips_core.benchmarks.speed.process import Sides
from mips_core.curves.transforms import Floats
from mips_core.progress import Monitor

SECTION = "curves"
CAP = 60.0
_EVERY = 3
_QUICK = (CASES[1], CASES[6])

Columns = tuple[Floats, Floats, Floats | None]


@dataclass(frozen=True)
class _Fitter:
    """What all fitters share: the rows, and how a curve is judged."""

    case: CurveCase
    seed: int

    def prepare(self) -> Columns:
        """Draw x, y and weights."""
        return self.case.draw(self.seed)

    def judge(self, prepared: Columns, output: Any) -> Judgement:
        """Say what the curve leaves unexplained, over all rows."""
        if output is None:
            return Judgement(False, {}, "found no curve")
        x, y, w = prepared
        left = unexplained(np.asarray(output(x), dtype=np.float64), y, w)
        facts = {"unexplained": left}
        if np.isfinite(left) and left <= 1 + 1e-9:
            return Judgement(True, facts)
        return Judgement(False, facts, "explains less than a constant does")


@dataclass(frozen=True)
class OurCurve(_Fitter):
    """``fit_pwl`` with its defaults."""

    name: str = OURS

    def prepare(self) -> Columns:
        """Import the fitter with what it loads at its first use, and draw the rows."""
        from mips_core.curves.fitting import fit_pwl

        fit_pwl(*replace(self.case, rows=50).draw(0), num_segments=self.case.segments, mono=self.case.mono)
        return super().prepare()

    def run(self, prepared: Columns) -> Any:
        """Fit."""
        from mips_core.curves.fitting import fit_pwl

        x, y, w = prepared
        return fit_pwl(x, y, w, num_segments=self.case.segments, mono=self.case.mono)


@dataclass(frozen=True)
class PublishedAlgorithm(_Fitter):
    """The algorithm of Ravina et al. 2021, one least-squares solve for every set of knots it looks at."""

    name: str = "the published algorithm, written plainly"

    def run(self, prepared: Columns) -> Any:
        """Fit."""
        x, y, w = prepared
        return plain_fit(x, y, w, self.case.segments, mono=self.case.mono)


@dataclass(frozen=True)
class Pwlf(_Fitter):
    """pwlf, which sees a sample of a large table; its evolution ends after ten seconds with the best that it has."""

    name: str
    way: PwlfWay

    def prepare(self) -> Columns:
        """Import it, and draw the rows."""
        import pwlf  # noqa: F401

        return super().prepare()

    def run(self, prepared: Columns) -> Any:
        """Fit."""
        x, y, w = prepared
        return pwlf_fit(x, y, w, self.case.segments, self.way)


@dataclass(frozen=True)
class KnotsAtQuantiles(_Fitter):
    """What one writes in NumPy: knots at quantiles of x, their y by least squares, ``np.interp`` between them."""

    name: str = f"{versioned('numpy')}, knots at quantiles"

    def run(self, prepared: Columns) -> Any:
        """Fit."""
        x, y, w = prepared
        knots = np.unique(np.quantile(x, np.linspace(0, 1, self.case.segments + 1)))
        root = np.ones_like(x) if w is None else np.sqrt(w)
        basis = np.column_stack([np.interp(x, knots, unit) for unit in np.eye(len(knots))])
        levels = np.linalg.lstsq(root[:, None] * basis, root * y, rcond=None)[0]
        return lambda at: np.interp(at, knots, levels)


def compare_all(*, quick: bool, seed: int, monitor: Monitor) -> Iterator[Comparison]:
    """Measure every third case; only ours and the published algorithm fit monotone curves."""
    package = versioned("pwlf")
    ways: dict[str, PwlfWay] = {f"{package or 'pwlf'} {way}": way for way in ("fit", "fitfast")}
    with Sides() as sides:
        for case in _QUICK if quick else CASES[::_EVERY]:
            contestants: list[Contestant] = [OurCurve(case, seed), PublishedAlgorithm(case, seed)]
            absent = {}
            if case.mono:
                absent = dict.fromkeys([*ways, KnotsAtQuantiles(case, seed).name], "fits no monotone curves")
            else:
                contestants.append(KnotsAtQuantiles(case, seed))
                for name, way in ways.items():
                    if package is None:
                        absent[name] = "not installed: pip install pwlf"
                    elif not (quick and way == "fit"):
                        contestants.append(Pwlf(case, seed, name, way))
            found = compare(SECTION, case.name, contestants, cap=CAP, monitor=monitor, absent=absent, sides=sides)
            yield _with_differences(found, case)


def _with_differences(found: Comparison, case: CurveCase) -> Comparison:
    """Add to each peer's facts how much more than ours it leaves unexplained, and whether it saw a sample."""

    def told(peer: Measured) -> Measured:
        facts = dict(peer.facts)
        if "unexplained" in facts and "unexplained" in found.ours.facts:
            facts["more unexplained than ours"] = facts["unexplained"] - found.ours.facts["unexplained"]
        if "pwlf" in peer.name and peer.seconds is not None and case.rows > SAMPLE:
            facts["rows seen"] = SAMPLE
        return replace(peer, facts=facts)

    return replace(found, peers=tuple(told(peer) for peer in found.peers))
