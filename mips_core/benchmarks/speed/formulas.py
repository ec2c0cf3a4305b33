"""Formulas of integer tables: our search against brute force in C and genetic programming."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

from mips_core.benchmarks.speed.comparison import REPEATS, Comparison, compare
from mips_core.benchmarks.speed.contestant import OURS, Contestant, Judgement, versioned
from mips_core.benchmarks.speed.formula_tables import Answer, Kind, Rule, Task, answer_of, judged, task_of
from mips_core.benchmarks.speed.peer_enumerator import NO_COMPILER, PLAIN, SHARED, Enumerator, compiled
from mips_core.benchmarks.speed.peer_gplearn import Genetic
from mips_core.benchmarks.speed.process import Sides
from mips_core.progress import Monitor, Stopwatch
from mips_core.regression import explain_table

SECTION = "formulas"
_CAP = 30.0
_GPLEARN = "gplearn"
_IN_C = (PLAIN, SHARED)

_DIGIT, _CARRY, _ANY, _SMALL = (0, 9), (0, 1), (-10, 10), (-50, 50)


def _two(low: int, high: int) -> dict[str, tuple[int, int]]:
    return {"a": (low, high), "b": (low, high)}


def _three(low: int, high: int, third: tuple[int, int] | None = None) -> dict[str, tuple[int, int]]:
    return {**_two(low, high), "c": third or (low, high)}


RULES = (
    # Sums modulo a number, digits and carries: additions in some base, and the modular tasks of the MIPS paper.
    Rule("(a + b) % 3", _two(0, 5), _two(0, 2)),
    Rule("(a + b) % 5", _two(0, 5), _two(0, 4)),
    Rule("(a + b) % 7", _two(0, 6)),
    Rule("(a + b + c) % 5", _three(0, 4)),
    Rule("(2 * a + b) % 7", _two(0, 6)),
    Rule("(a + b + c) % 4", _three(0, 3, _CARRY)),
    Rule("(a + b + c) % 10", _three(*_DIGIT, _CARRY)),
    Rule("(3 * a + b) % 5", _two(*_DIGIT), _two(*_SMALL)),
    Rule("(a - b + 3) % 11", _two(*_DIGIT), _two(*_SMALL)),
    Rule("(a + b + c) // 4", _three(0, 3)),
    Rule("(a + b + c) // 10", _three(*_DIGIT, _CARRY)),
    # Differences, extremes, comparisons, choices.
    Rule("abs(a - b)", _two(*_ANY), _two(*_SMALL)),
    Rule("abs(a) - abs(b)", _two(*_ANY), _two(*_SMALL)),
    Rule("max(a, b)", _two(*_ANY), _two(*_SMALL)),
    Rule("min(a, b)", _two(*_ANY), _two(*_SMALL)),
    Rule("a == b", _two(*_DIGIT)),
    Rule("a > b", _two(*_DIGIT), _two(*_SMALL)),
    Rule("a if c else b", _three(0, 4, _CARRY), _three(*_SMALL, _CARRY)),
    Rule("a - b if a > b else b", _two(*_DIGIT), _two(*_SMALL)),
    Rule("a + 1 if b == 2 else 0", {"a": _DIGIT, "b": (0, 3)}, {"a": _SMALL, "b": (0, 3)}),
    # Two steps of thought.
    Rule("min(max(a + b, 0), 9)", {"a": _DIGIT, "b": (-3, 3)}),
    Rule("abs(a - b) % 3", _two(*_DIGIT), _two(*_SMALL)),
    Rule("(a * b + c) % 5", _three(0, 4)),
    Rule("a % 3 == b % 3", _two(*_DIGIT), _two(*_SMALL)),
    Rule("abs(a - b) > 2", _two(*_DIGIT), _two(*_SMALL)),
    Rule("max(max(a, b), c) - c", _three(*_DIGIT), _three(*_SMALL)),
)
_QUICK = ("max(a, b)", "(a + b + c) % 4")
_QUICK_GPLEARN = "max(a, b)"


@dataclass(frozen=True)
class Search:
    """Our search on one table, as a user calls it.

    Parameters
    ----------
    rule, kind, seed : which table
    """

    rule: Rule
    kind: Kind
    seed: int
    name: str = OURS

    def prepare(self) -> Task:
        """Draw the table."""
        return task_of(self.rule, self.kind, self.seed)

    def run(self, prepared: Task) -> Answer | None:
        """Explain it, for as long as it takes."""
        clock = Stopwatch()
        found = explain_table(prepared.columns, prepared.target, budget=_CAP)
        return None if found is None else answer_of(found.expression, found.candidates, clock.seconds)

    def judge(self, prepared: Task, output: Answer | None) -> Judgement:
        """Whether the formula gives the target."""
        return judged(prepared, output)


def compare_all(*, quick: bool, seed: int, monitor: Monitor) -> Iterator[Comparison]:
    """Look for the formula of every rule, on a small grid and on 1000 random rows."""
    rules = [rule for rule in RULES if not quick or rule.text in _QUICK]
    kinds = get_args(Kind)[: 1 if quick else None]
    gplearn = versioned(_GPLEARN)
    with compiled() as library, Sides() as sides:
        absent = dict.fromkeys(_IN_C if library is None else (), NO_COMPILER)
        if gplearn is None:
            absent[_GPLEARN] = "not installed: pip install gplearn"
        for kind in kinds:
            for rule in rules:
                contestants: list[Contestant] = [Search(rule, kind, seed)]
                if library is not None:
                    contestants += [Enumerator(rule, kind, seed, str(library), name) for name in _IN_C]
                # It fails at most tables and then takes all its time: the grids are enough.
                if gplearn is not None and kind == "grid" and not (quick and rule.text != _QUICK_GPLEARN):
                    contestants.append(Genetic(gplearn, rule, kind, seed))
                yield compare(
                    SECTION, f"{rule.text}, {_WORDS[kind]}", contestants, cap=_CAP, monitor=monitor, absent=absent,
                    repeats=1 if quick else REPEATS, sides=sides,
                )  # fmt: skip


_WORDS: dict[Kind, str] = {"grid": "small grid", "random": "1000 random rows"}
