"""Comparing two machines over words, where both have a transition."""

from __future__ import annotations

from dataclasses import dataclass

from mips_core.errors import BadInputError
from mips_core.machines.compare import first_difference, same_tables, walk_pairs
from mips_core.machines.minimise import minimise
from mips_core.machines.word_machine import UNDEFINED, WordMachine, word_order

Word = tuple[str, ...]


@dataclass(frozen=True)
class WordComparison:
    """How two machines over words relate.

    Parameters
    ----------
    word : a shortest word on which both are defined and their last outputs differ, or None; the empty word when what
        they say before any input differs
    common : the input words that both know
    only_left, only_right : input words that only one of them knows
    missing_right, missing_left : a shortest word over the common inputs whose last step only the other machine defines
    partial : some transition is missing in both at the same place
    """

    word: Word | None
    common: Word
    only_left: Word
    only_right: Word
    missing_right: Word | None
    missing_left: Word | None
    partial: bool

    @property
    def equal(self) -> bool:
        """The same words are defined in both, with the same outputs: proved for all words of any length."""
        gaps = self.only_left or self.only_right or self.missing_left or self.missing_right
        return self.word is None and not gaps


def compare_word_machines(a: WordMachine, b: WordMachine) -> WordComparison:
    """Compare all words over the common inputs: a walk over all reachable pairs of states, which is a proof.

    Raises
    ------
    BadInputError
        when the machines have no input word in common, or are too large.
    """
    common = tuple(word for word in a.inputs if word in set(b.inputs))
    if not common:
        raise BadInputError(
            f"The machines have no input in common, so no word can be run on both: one knows {_few(a.inputs)}, the "
            f"other {_few(b.inputs)}."
        )
    only_left = tuple(word for word in a.inputs if word not in set(common))
    only_right = tuple(word for word in b.inputs if word not in set(common))
    numbers = {word: i for i, word in enumerate(sorted({*a.outputs, *b.outputs}, key=word_order))}
    left, right = (machine.completed(common, numbers) for machine in (a, b))
    word, missing_right, missing_left = None, None, None
    complete = a.complete and b.complete
    if not complete:
        left, right = minimise(left), minimise(right)
    if a.start_output is not None and b.start_output is not None and a.start_output != b.start_output:
        word = ()
    elif complete:
        found = first_difference(left, left.start_state, right, right.start_state)
        word = None if found is None else tuple(common[i] for i in found)
    elif not same_tables(left, right):
        walk = walk_pairs(left, left.start_state, right, right.start_state, undefined=UNDEFINED)
        word, missing_right, missing_left = (
            None if each is None else tuple(common[i] for i in each)
            for each in (walk.word, walk.missing_right, walk.missing_left)
        )
    partial = not complete and bool((left.output == UNDEFINED).any() and (right.output == UNDEFINED).any())
    return WordComparison(word, common, only_left, only_right, missing_right, missing_left, partial)


def _few(words: Word) -> str:
    shown = ", ".join(words[:4]) + (f" and {len(words) - 4} more" if len(words) > 4 else "")
    return shown or "no input at all"
