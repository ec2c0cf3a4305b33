"""What two files do differently: machines by proof, programs on words that are tried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mips_core.errors import BadInputError
from mips_core.machines.word_compare import WordComparison, compare_word_machines
from mips_core.verification.sides import MachineSide, Outcome, Side, Word
from mips_core.verification.trial import Trial, spaced
from mips_core.wording import plural


@dataclass(frozen=True, eq=False)
class Difference:
    """How two files relate.

    Parameters
    ----------
    verdict : "equal" (proved on all words), "agrees" (no difference where both were defined or tried) or "differs"
    claim : what that rests on, in one or more sentences
    word : the shortest difference that is known, or None
    left, right : what the two sides do on it
    comparison : of two machines, None where a program is involved
    """

    verdict: str
    claim: str
    word: Word | None = None
    left: Outcome | None = None
    right: Outcome | None = None
    comparison: WordComparison | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        shown = None if self.word is None else {"inputs": list(self.word), "left": self.left, "right": self.right}
        gaps = None
        if self.comparison is not None:
            gaps = {
                side: {
                    "inputs_of_the_other_only": list(inputs),
                    "missing_after": None if missing is None else list(missing[:-1]),
                    "missing_input": None if missing is None else missing[-1],
                }
                for side, inputs, missing in (
                    ("left", self.comparison.only_right, self.comparison.missing_left),
                    ("right", self.comparison.only_left, self.comparison.missing_right),
                )
            }
        return {"verdict": self.verdict, "claim": self.claim, "difference": shown, "not_compared": gaps}


def find_difference(
    left: Side, right: Side, *, inputs: Sequence[str] | None = None, length: int = 10, seed: int = 0
) -> Difference:
    """Compare two files.

    Parameters
    ----------
    inputs : input words that may occur; needed for two programs, taken from the machine otherwise
    length : of random words for programs, which are also tried at five times that
    seed : of the random words

    Raises
    ------
    BadInputError
        when the sides share no input, or nobody says which inputs two programs take.
    ProgramRefusedError, ProgramStoppedError
        when a program cannot be run.
    """
    machines = [side.machine for side in (left, right) if isinstance(side, MachineSide)]
    if machines and inputs is not None:
        raise BadInputError("A machine says itself which inputs may occur; --inputs and --words are for two programs.")
    if isinstance(left, MachineSide) and isinstance(right, MachineSide):
        return _machines(left, right)
    if machines:
        inputs = machines[0].inputs
    if not inputs:
        raise BadInputError(
            "Two programs do not say which inputs may occur; name them with --inputs LOW:HIGH (HIGH excluded), one "
            "range per input, or with --words WORD,..."
        )
    found = Trial(left, right, tuple(inputs), machines[0] if machines else None, length, seed).run()
    return Difference("agrees" if found.word is None else "differs", found.claim, found.word, found.left, found.right)


def _machines(left: MachineSide, right: MachineSide) -> Difference:
    found = compare_word_machines(left.machine, right.machine)
    alphabet = f"the {plural(len(found.common), 'input')} that both know"
    notes = []
    for side, only in (left.name, found.only_left), (right.name, found.only_right):
        if only:
            notes.append(f"Only {side} knows {_listed(only)}.")
    for side, missing in (left.name, found.missing_left), (right.name, found.missing_right):
        if missing is not None:
            after = f"after {spaced(missing[:-1])}" if len(missing) > 1 else "at the start"
            notes.append(f"{side} defines no transition on {missing[-1]} {after}, which the other has.")
    if found.word is not None:
        ours, theirs = left.run(found.word), right.run(found.word)
        where = (
            "before any input" if not found.word else f"on a word of length {len(found.word)}, and on no shorter one"
        )
        return Difference("differs", " ".join([f"They differ {where}.", *notes]), found.word, ours, theirs, found)
    if found.equal:
        gaps = ", and define the same ones" if found.partial else ""
        claim = f"Proved: the two machines give the same outputs on all words, of any length{gaps}."
        return Difference("equal", claim, comparison=found)
    claim = f"Proved: they give the same outputs on all words over {alphabet}, as far as both define them."
    return Difference("agrees", " ".join([claim, *notes]), comparison=found)


def _listed(words: Word, limit: int = 6) -> str:
    more = f" and {len(words) - limit} more" if len(words) > limit else ""
    return f"the input{'s' * (len(words) != 1)} {', '.join(words[:limit])}{more}"
