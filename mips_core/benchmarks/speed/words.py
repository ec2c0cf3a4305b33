"""How ratios of seconds and growth stand in a sentence: in the terminal and on the Benchmark page."""

from __future__ import annotations

import math

from mips_core.benchmarks.speed.comparison import Comparison, Measured
from mips_core.benchmarks.speed.growth import Growth

NOT_COMPARED = "not compared"
_WHOLE = 9.95
"""Ratios from here on are written without a decimal."""


def ratio_text(ratio: float | None, at_least: bool = False) -> str:
    """Say how many times as fast as a peer we are.

    Parameters
    ----------
    ratio : the peer's seconds over ours; None where not both ran
    at_least : it is a lower bound, because the peer was ended

    >>> ratio_text(12.3), ratio_text(0.77), ratio_text(1.02), ratio_text(8.0, at_least=True)
    ('12x faster', '1.3x slower', 'as fast', 'at least 8x faster')
    >>> ratio_text(0.5, at_least=True), ratio_text(1.0, at_least=True), ratio_text(None)
    ('at most 2x slower', 'at least as fast', 'not compared')
    """
    if ratio is None or not math.isfinite(ratio) or ratio <= 0:
        return NOT_COMPARED
    times = _times(max(ratio, 1 / ratio))
    if times == "1":
        return "at least as fast" if at_least else "as fast"
    if ratio > 1:
        return f"{'at least ' * at_least}{times}x faster"
    return f"{'at most ' * at_least}{times}x slower"


def compared_text(comparison: Comparison, peer: Measured) -> str:
    """Say how ours compares with one peer at one piece of work, who failed or was ended included.

    A wrong answer is not set against the seconds of a right one.
    """
    ours, ratio = comparison.ours, comparison.ratio(peer)
    if ratio is None:
        return NOT_COMPARED
    if ours.capped:
        return "neither finished" if peer.capped else "ours did not finish"
    if not ours.solved:
        return "neither solved it" if not peer.solved else "ours did not solve it"
    if peer.capped:
        return ratio_text(ratio, at_least=True)
    return ratio_text(ratio) if peer.solved else "peer did not solve it"


def _times(ratio: float) -> str:
    return f"{ratio:.1f}".removesuffix(".0") if ratio < _WHOLE else f"{ratio:,.0f}"


def slope_text(slope: float | None) -> str:
    """Write an exponent of growth.

    >>> slope_text(1.034), slope_text(None)
    ('slope 1.03', 'no slope to tell')
    """
    return "no slope to tell" if slope is None else f"slope {slope:.2f}"


def growth_text(growth: Growth) -> str:
    """Say whether a stage grows no faster than n log n, or why it does."""
    if growth.within is None:
        return "too quick, or too few sizes, to tell"
    if growth.within:
        return "n log n or better"
    return f"steeper than n log n: {growth.why}" if growth.why else "steeper than n log n"
