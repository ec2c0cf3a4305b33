"""What rules of a search propose, and which of it is right."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from mips_core.expressions import Expression
from mips_core.regression.formula import holds, rank, tidy
from mips_core.stepping import IntArray

Candidate = tuple[int, Callable[[], Expression]]
"""A sorting key, 1000 times the size plus the reading effort, and what builds the formula."""

_BUILT = 3  # times as many are built as are wanted


def best_right(
    candidates: Iterable[Candidate], columns: Mapping[str, IntArray], target: IntArray, most: int
) -> list[Expression]:
    """Return at most so many different formulas that equal the target, best first.

    Parameters
    ----------
    columns : variable name -> int64 array of shape (R,)
    target : int64, shape (R,)
    """
    found = sorted(candidates, key=lambda candidate: candidate[0])
    built = {tidy(build()) for _, build in found[: _BUILT * most]}
    return [e for e in sorted(built, key=rank) if holds(e, columns, target)][:most]
