"""An input on which a network and its code differ, for people to look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mips_core.essence.certify_questions import NO_ANSWER, Question


@dataclass(frozen=True)
class Counterexample:
    """An input with both answers.

    Parameters
    ----------
    arguments : of the code
    place : which part of the answer differs first: a cell, a variable; 0 where it is one answer
    network, code : their answers there
    """

    arguments: tuple[Any, ...]
    place: int
    network: Any
    code: Any

    @property
    def size(self) -> int:
        """How many numbers the input has: small ones tell most."""
        return _numbers(self.arguments[0])


def counterexample(question: Question, given: Any) -> Counterexample | None:
    """Return the first difference of an answer from the network's; None when there is none.

    An answer of another form than the one asked for stands beside the network's whole answer.
    """
    wrong = question.wrong(given)
    if not wrong:
        return None
    if wrong[0][1] is NO_ANSWER and question.whole is not None:
        return Counterexample(question.arguments, 0, question.whole(), given)
    return Counterexample(question.arguments, *wrong[0])


def _numbers(value: Any) -> int:
    return sum(map(_numbers, value)) if isinstance(value, Sequence) and not isinstance(value, str) else 1
