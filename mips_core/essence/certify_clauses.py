"""Formulas that a distilled policy is asked: random ones, and ones whose votes are nearly even."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mips_core.essence.certify_questions import Question, Scorer, policy
from mips_core.essence.condensed import Condensed
from mips_core.essence.network import EssenceNetwork
from mips_core.essence.regenerate import layer_outputs

Array = NDArray[Any]
Clauses = list[list[int]]

_ODD = 0.2
"""Share of formulas with odd clauses."""
_LONGEST = 600
"""Clauses of a formula whose votes are nearly even."""


def clause_questions(network: EssenceNetwork, count: int, generator: np.random.Generator) -> Iterator[Question]:
    """Ask formulas that fit the network, and compare the value that each variable gets with what the network says.

    Parameters
    ----------
    network : of inputs (literals, clauses) with a score for true and one for false
    count : variables to ask about, in all formulas together
    """
    shape = network.input_shape
    asked = 0
    number = 0
    while asked < count:
        question = _question(network, _formula(shape[0] // 2, shape[1], generator), number)
        yield question
        asked += len(question.inputs)
        number += 1


def balanced_questions(condensed: Condensed) -> Iterator[Question]:
    """Ask formulas of so many clauses of two kinds that their votes nearly even out, from either side.

    One more in a weight of the code turns such a vote.  They are larger than any network that could be written out:
    the groups themselves say what is right.
    """
    kinds: tuple[Clauses, ...] = ([[1]], [[1, 2]], [[1, -2]], [[1, 2, 3]])
    single = GroupsOfSize(condensed, (6, 1))
    worth = [_lead(single, clauses) for clauses in kinds]
    groups = GroupsOfSize(condensed, (6, _LONGEST))
    asked = set()
    for one, (mine, value) in enumerate(zip(kinds, worth, strict=True)):
        for theirs, other in zip(kinds[one + 1 :], worth[one + 1 :], strict=True):
            if value <= 0 or other <= 0:
                continue
            for count, against in _nearly_even(value, other):
                opposed = [[-clause[0], *clause[1:]] for clause in theirs]
                key = (tuple(mine[0]), tuple(opposed[0]), count, against)
                if key not in asked:
                    asked.add(key)
                    yield _question(groups, mine * count + opposed * against, len(asked))


@dataclass(frozen=True)
class GroupsOfSize:
    """The groups of a network as what gives scores to inputs of one size, without the weights written out."""

    condensed: Condensed
    input_shape: tuple[int, ...]

    def forward(self, x: Array) -> list[Array]:
        """Return the outputs of each layer; see :func:`mips_core.essence.regenerate.layer_outputs`."""
        return layer_outputs(self.condensed, x)


def _lead(scorer: Scorer, clauses: Clauses) -> int:
    """Return by how much a formula's score for true is above that for false, for its first variable."""
    x = np.zeros((1, *scorer.input_shape), dtype=np.int64)
    for column, clause in enumerate(clauses):
        for literal in clause:
            x[0, 2 * (abs(literal) - 1) + (literal < 0), column] = 1
    true, false = scorer.forward(x)[-1][0].tolist()
    return int(true - false)


def _nearly_even(one: int, other: int) -> list[tuple[int, int]]:
    """Return numbers of votes of two worths whose sums differ least: equal, just above and just below."""
    pairs = [
        (count * one - against * other, count, against)
        for count in range(1, _LONGEST)
        for against in (count * one // other, count * one // other + 1)
        if 0 < against <= _LONGEST - count
    ]
    above = [pair for pair in pairs if pair[0] > 0]
    below = [(-rest, count, against) for rest, count, against in pairs if rest < 0]
    even = [pair for pair in pairs if pair[0] == 0]
    return [min(each)[1:] for each in (even, above, below) if each]


def _question(network: Scorer, clauses: Clauses, number: int) -> Question:
    variables = max(abs(literal) for clause in clauses for literal in clause)

    def expected(answer: list[bool]) -> list[bool]:
        return policy(network, clauses, answer)

    def parts(answer: Any) -> Sequence[Any] | None:
        fits = isinstance(answer, list) and len(answer) == variables and all(type(v) is bool for v in answer)
        return answer if fits else None

    def whole() -> list[bool]:
        values: list[bool] = []
        for _ in range(variables):
            values = [*values, policy(network, clauses, [*values, False])[-1]]
        return values

    names = tuple((network.input_shape, number, v) for v in range(variables))
    return Question((clauses,), names, expected, parts, whole)


def _formula(variables: int, most: int, generator: np.random.Generator) -> list[list[int]]:
    """Return clauses of one to three literals; some formulas have one length, some odd clauses.

    Odd are a clause that says a literal twice, one that holds always, and one without literals.
    """
    used = int(generator.integers(1, variables + 1))
    count = int(generator.integers(1, most + 1))
    lengths = generator.integers(1, min(3, used) + 1, size=count)
    if generator.random() < 0.5:
        lengths[:] = min(3, used)
    clauses = []
    for length in lengths:
        chosen = generator.choice(used, length, replace=False) + 1
        clauses.append([int(v) for v in chosen * generator.choice([-1, 1], size=length)])
    if generator.random() < _ODD:
        first = clauses[0]
        clauses[0] = [*first, first[0]]
        clauses[-1] = [*clauses[-1], -clauses[-1][0]]
        clauses[count // 2] = [] if count > 2 else clauses[count // 2]
    return clauses
