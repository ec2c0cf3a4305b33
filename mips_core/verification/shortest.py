"""The shortest difference between two things of which neither is a network: machine, program or the rule of the data.

Breadth first through all pairs of states, with a budget: the first difference met is a shortest one, and a closed set
of pairs is a proof.  A rule knows no states, only whole words, so beside it all short words are tried; then words over
few symbols, which drive values to their ends, and random ones, and what is found is made shorter.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mips_core.errors import BadInputError
from mips_core.programs.program import Program
from mips_core.progress import Monitor, Stopwatch
from mips_core.stepping import IntArray, Stepper, first_difference, outputs_of
from mips_core.tasks.few_symbols import few_symbol_words
from mips_core.verification.claims import Claim, Strength
from mips_core.verification.exact_walk import Failing, exact_walk
from mips_core.verification.hunt import STAGE, Hunt, Ruled
from mips_core.verification.product import search_product
from mips_core.verification.shorten import shorten

MOST_PAIRS = 100_000
_LONGER = (1, 5, 20)  # times the usual length
_DRAWN = 300


@dataclass(frozen=True, eq=False)
class PairSearch(Hunt):
    """What a search through pairs of states found; ``closed`` is a proof, since states are followed as they are."""

    def claim(self, left: str, right: str, symbols: int) -> Claim:
        """Say what the search shows, no more."""
        if self.word is not None:
            return Claim(Strength.DIFFERS, left, right, f"differs on a sequence of length {len(self.word)}")
        if self.closed:
            return Claim(Strength.PROVED_FOR_ALL_LENGTHS, left, right, "proved for all lengths")
        more = f"; none of {self.words:,} longer sequences of up to {self.longest} steps differs" * (self.words > 0)
        text = f"exhaustive to length {self.covered}, over {self.states:,} pairs of states{more}"
        return Claim(Strength.EXHAUSTIVE_TO_LENGTH, left, right, text)


def shortest_difference(
    left: Stepper,
    right: Stepper,
    symbols: IntArray,
    *,
    length: int = 10,
    seconds: float = 10.0,
    rng: np.random.Generator | None = None,
    monitor: Monitor | None = None,
) -> PairSearch:
    """Search breadth first, and then among longer words that tell most.

    Parameters
    ----------
    left, right : machines, programs, equations, or a :class:`~mips_core.verification.hunt.Ruled`; states are integers
    symbols : input symbols that may occur, int64 (X, D_in)
    length : of the longer words, and 5 and 20 times that
    seconds : time for the search
    """
    rng, monitor, clock = rng or np.random.default_rng(0), monitor or Monitor(), Stopwatch()
    monitor.report(STAGE, "Walking through pairs of states", 0.1)
    programs = [(a, b) for a, b in ((left, right), (right, left)) if isinstance(a, Program)]
    ruled = isinstance(left, Ruled) or isinstance(right, Ruled)
    left, right = (side if isinstance(side, Ruled) else Failing(side) for side in (left, right))
    found = search_product(left, right, symbols, limit=MOST_PAIRS, seconds=seconds)
    # Equations count with 64 bits here; that this is what the program's text does, an exact walk shows.
    exact = not ruled and all(exact_walk(a, b, symbols) is not None for a, b in programs)
    closed = found.closed and exact
    covered = found.depth if found.word is None else len(found.word) - 1
    words, tried, longest = found.word, 0, covered
    if words is None and not found.closed:
        monitor.report(STAGE, "Trying longer words", 0.7)
        words, tried, longest = _longer(left, right, symbols, length, rng)
    return PairSearch(words, closed, covered, found.pairs, tried, longest, (), clock.seconds)


def _longer(
    left: Stepper, right: Stepper, symbols: IntArray, length: int, rng: np.random.Generator
) -> tuple[IntArray | None, int, int]:
    """Return a word on which the two differ, made shorter, or None; how many were tried, and the longest of them."""

    def differs(x: IntArray) -> IntArray:
        wrong = (_outputs(left, x) != _outputs(right, x)).any(axis=2)
        return np.where(wrong.any(axis=1), wrong.argmax(axis=1), -1)

    def drawn(count: int) -> IntArray:
        return symbols[rng.integers(len(symbols), size=count)]

    ends = symbols[np.unique([0, len(symbols) - 1, int(np.abs(symbols).sum(axis=1).argmin())])]
    tried = longest = 0
    for times in _LONGER:
        steps = times * length
        for x in (
            few_symbol_words(ends, drawn, _DRAWN, steps, rng),
            drawn(_DRAWN * steps).reshape(_DRAWN, steps, symbols.shape[1]),
        ):
            try:
                found = first_difference(_outputs(left, x), _outputs(right, x))
            except BadInputError:  # a rule whose values outgrow 64 bits on words so long
                return None, tried, longest
            if found is not None:
                return shorten(x[found[0], : found[1] + 1], differs), tried, longest
            tried, longest = tried + len(x), steps
    return None, tried, longest


def _outputs(thing: Stepper, x: IntArray) -> IntArray:
    return thing.rule(x) if isinstance(thing, Ruled) else outputs_of(thing, x)
