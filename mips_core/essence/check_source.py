"""A program's text from anybody against a network: it runs in the sandbox, and a difference comes with its input."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from mips_core.essence.certify import Examination, Fault, difference
from mips_core.essence.counterexamples import Counterexample, counterexample
from mips_core.essence.losslessness import EXHAUSTIVE
from mips_core.programs import function_run
from mips_core.programs.sandbox import Limits

QUESTIONS = 2000
"""Calls of the function, evenly chosen among those of the certificate."""


@dataclass(frozen=True)
class SourceCheck:
    """What came of a text.

    Parameters
    ----------
    checked : inputs of the network on which it was compared
    mismatches : those on which the two differ
    first_difference : the shortest in words; "" when there is none
    complete : all inputs of an exhaustive certificate were compared
    counterexample : the smallest input on which the two differ
    """

    checked: int
    mismatches: int
    first_difference: str
    complete: bool
    counterexample: Counterexample | None = None

    @property
    def sentence(self) -> str:
        """The claim as a reader sees it."""
        if self.mismatches:
            return (
                f"Code against network: differs on {self.mismatches:,} of {self.checked:,} inputs. "
                f"{self.first_difference}"
            )
        whole = "all " if self.complete else ""
        return f"Code against network: agrees on {whole}{self.checked:,} inputs."


def check_source(
    text: str, examination: Examination, *, questions: int = QUESTIONS, limits: Limits | None = None
) -> SourceCheck:
    """Compare a text with the network of an examination.

    Parameters
    ----------
    text : a module with a function ``f``
    questions : calls at most
    limits : of the sandbox

    Raises
    ------
    ProgramRefusedError
        when the text leaves the allowed subset of Python or has no ``f``.
    ProgramStoppedError
        when it ran too long in one call, or used too much memory.
    """
    every = [*examination.asked(), *examination.elsewhere()]
    step = max(1, -(-len(every) // questions))
    chosen = every[::step]
    run = function_run.run_function(text, [question.arguments for question in chosen], limits)
    seen: set[Hashable] = set()
    wrong: set[Hashable] = set()
    told: list[str] = []
    found: list[Counterexample] = []
    for question, result in zip(chosen, run.results, strict=False):  # fewer results than questions when time ran out
        given = Fault(result.what) if isinstance(result, function_run.Fault) else result
        seen.update(question.inputs)
        if failed := question.wrong(given):
            wrong.update(question.inputs[place] for place, _, _ in failed)
            told.append(difference(question, given))
            found += [each for each in (counterexample(question, given),) if each is not None]
    complete = run.complete and step == 1 and examination.kind == EXHAUSTIVE
    smallest = min(found, key=lambda each: each.size, default=None)
    return SourceCheck(len(seen), len(wrong), min(told, key=len, default=""), complete, smallest)
