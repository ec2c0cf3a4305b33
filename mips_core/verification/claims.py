"""The ladder of claims: the few words in which agreement is stated everywhere.

A claim is always between two named things and says exactly what was checked.  All
of a finite sample is a statement about that sample; "proved" is kept for a proof.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from mips_core.tasks.integers import Integers
from mips_core.tasks.vocabulary import Words


class Strength(IntEnum):
    """How much a claim says; higher is more."""

    DIFFERS = 0
    AGREES_ON_HELD_OUT = 1
    EXHAUSTIVE_TO_LENGTH = 2
    PROVED_TO_LENGTH = 3
    PROVED_FOR_ALL_LENGTHS = 4


@dataclass(frozen=True)
class Claim:
    """One statement about two things.

    Parameters
    ----------
    strength : its rung on the ladder
    left, right : what is compared, e.g. "program" and "network"
    words : what was checked, e.g. "agrees on 4,096 held-out sequences of length 50"
    """

    strength: Strength
    left: str
    right: str
    words: str

    @property
    def sentence(self) -> str:
        """The claim as a reader sees it."""
        return f"{self.left.capitalize()} against {self.right}: {self.words}."


_SENTENCE = re.compile(r"(\w+) against (\w+): (.*?)\.?")
_BEGINNINGS = {
    "differs": Strength.DIFFERS,
    "agrees on": Strength.AGREES_ON_HELD_OUT,
    "exhaustive to length": Strength.EXHAUSTIVE_TO_LENGTH,
    "proved up to length": Strength.PROVED_TO_LENGTH,
    "proved for all lengths": Strength.PROVED_FOR_ALL_LENGTHS,
}


def strength_of(words: str) -> Strength | None:
    """Return the rung on which words of the ladder stand; None for other words.

    >>> strength_of("exhaustive to length 5 (all 62 input sequences agree)").name
    'EXHAUSTIVE_TO_LENGTH'
    """
    return next((strength for beginning, strength in _BEGINNINGS.items() if words.startswith(beginning)), None)


def read_claim(sentence: str) -> Claim | None:
    """Read a sentence as :attr:`Claim.sentence` writes it, e.g. from a report; None for any other.

    >>> read_claim("Program against network: agrees on 9 held-out sequences of length 3.").words
    'agrees on 9 held-out sequences of length 3'
    """
    found = _SENTENCE.fullmatch(sentence)
    strength = None if found is None else strength_of(found[3])
    return None if found is None or strength is None else Claim(strength, found[1].lower(), found[2], found[3])


def together(claims: Iterable[Claim]) -> Claim | None:
    """Return the one claim that says most of several about the same two things: a difference, or else the strongest.

    Of several differences it is the first.
    """
    listed = list(claims)
    differing = [claim for claim in listed if claim.strength is Strength.DIFFERS]
    return next(iter(differing), max(listed, key=lambda claim: claim.strength, default=None))


def counted(agree: int, sequences: int, what: str) -> tuple[Strength, str]:
    """Return strength and words for ``agree`` of ``sequences`` held-out sequences, ``what`` describing them.

    >>> counted(4096, 4096, "held-out sequences of length 50")[1]
    'agrees on 4,096 held-out sequences of length 50'
    >>> counted(7, 8, "held-out rows")[1]
    'differs on 1 of 8 held-out rows'
    """
    if agree == sequences:
        return Strength.AGREES_ON_HELD_OUT, f"agrees on {sequences:,} {what}"
    return Strength.DIFFERS, f"differs on {sequences - agree:,} of {sequences:,} {what}"


def exhaustive(length: int, words: int) -> tuple[Strength, str]:
    """Return strength and words for agreement on every input word up to a length."""
    return Strength.EXHAUSTIVE_TO_LENGTH, f"exhaustive to length {length} (all {words:,} input sequences agree)"


def ranges_text(inputs: Sequence[Integers], words: Words = ()) -> str:
    """Write the integers that may occur, as on the command line: "0:10", or "0:10,0:2" where inputs differ.

    Of words only their number is said: "4 words".
    """
    texts = [
        str(r) if vocabulary is None else f"{len(vocabulary):,} word{'s' * (len(vocabulary) != 1)}"
        for r, vocabulary in zip(inputs, words or (None,) * len(inputs), strict=True)
    ]
    return texts[0] if len(set(texts)) == 1 else ",".join(texts)


def summary(
    claims: Sequence[Claim],
    inputs: Sequence[Integers],
    shortest: int | None,
    symbols: int | None = None,
    *,
    words: Words = (),
) -> str:
    """Join claims about the same two things into the sentence that a report prints.

    Parameters
    ----------
    shortest : length of the shortest difference that was found, or None
    symbols : how many input symbols were used, where not every combination of ``inputs`` was
    words : the vocabularies of inputs that are words
    """
    used = ranges_text(inputs, words)
    if symbols is not None and symbols < math.prod(r.high - r.low for r in inputs):
        used += f", only the {symbols:,} symbol{'s' * (symbols != 1)} of the data"
    parts = [claim.words for claim in claims]
    if shortest is not None:
        parts.append(f"the shortest difference found has length {shortest}")
    text = Claim(min(c.strength for c in claims), claims[0].left, claims[0].right, "; ".join(parts)).sentence
    return f"{text[:-1]} (inputs {used})."
