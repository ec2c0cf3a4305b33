"""Two-level Boolean minimisation: fewest literals of an or of products, with don't-cares, 4 to 12 inputs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from mips_core.benchmarks.speed.boolean_cases import BooleanCase, cases
from mips_core.benchmarks.speed.comparison import Comparison, Measured, compare
from mips_core.benchmarks.speed.contestant import OURS, Contestant, Judgement, versioned
from mips_core.benchmarks.speed.peer_minimisers import Espresso, EspressoRoutine, SympySumOfProducts, judged
from mips_core.benchmarks.speed.process import Sides
from mips_core.progress import Monitor

SECTION = "boolean"
CAP = 60.0
_LONG_CAP = 120.0
"""Seconds for the random function of :data:`_LONG` inputs, so that SymPy may finish."""

_LONG = 10
"""With more inputs SymPy is asked for the random function alone."""

_MISSING = "not installed: pip install pyeda"


@dataclass(frozen=True)
class OurMinimiser:
    """Ours, from the rows that are 1 and those that are 0."""

    case: BooleanCase
    seed: int
    name: str = OURS

    def prepare(self) -> Any:
        """Return the rows."""
        from mips_core.regression.two_level import TruthTable, minimal_products

        return TruthTable, minimal_products, *self.case.draw(self.seed)

    def run(self, prepared: Any) -> Any:
        """Minimise."""
        table, minimise, ones, zeros = prepared
        return minimise(table.of_values(ones, zeros))

    def judge(self, prepared: Any, output: Any) -> Judgement:
        """Test every row."""
        *_, ones, zeros = prepared
        everything = (1 << self.case.variables) - 1
        return judged([(each.values, everything & ~(each.free | each.values)) for each in output], ones, zeros)


def compare_all(*, quick: bool, seed: int, monitor: Monitor) -> Iterator[Comparison]:
    """Measure every case against SymPy and PyEDA."""
    espresso = versioned("pyeda")
    sympy = versioned("sympy") or "sympy"
    with Sides() as sides:
        for case in cases(quick=quick):
            contestants: list[Contestant] = [OurMinimiser(case, seed)]
            absent = {}
            plain = case.kind == "random" and not case.open_share
            if case.variables <= _LONG or plain:
                contestants.append(SympySumOfProducts(f"{sympy} SOPform", case, seed))
            else:
                absent[f"{sympy} SOPform"] = f"not asked above {_LONG} inputs, but for the random function"
            if espresso is None:
                absent |= {"pyeda espresso_tts": _MISSING, "pyeda espresso, the C routine alone": _MISSING}
            else:
                contestants.append(Espresso(f"{espresso} espresso_tts", case, seed))
                contestants.append(EspressoRoutine(f"{espresso} espresso, the C routine alone", case, seed))
            cap = _LONG_CAP if plain and case.variables == _LONG else CAP
            yield _with_differences(
                compare(SECTION, case.name, contestants, cap=cap, monitor=monitor, absent=absent, sides=sides)
            )


def _with_differences(found: Comparison) -> Comparison:
    """Add to each peer's facts how many literals more than ours it has."""

    def told(peer: Measured) -> Measured:
        if not (peer.solved and found.ours.solved):
            return peer
        more = peer.facts["literals"] - found.ours.facts["literals"]
        return replace(peer, facts={**peer.facts, "more literals than ours": more})

    return replace(found, peers=tuple(told(peer) for peer in found.peers))
