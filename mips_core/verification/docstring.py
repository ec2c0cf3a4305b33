"""What a program says about itself: the claims that were checked, and what it takes and returns."""

from __future__ import annotations

import math
from collections.abc import Sequence

from mips_core.programs.program import Program
from mips_core.programs.ranges import Bounds, bounds_of, system_ranges
from mips_core.tasks.integers import Integers
from mips_core.tasks.vocabulary import Vocabulary, Words
from mips_core.verification.claims import Claim
from mips_core.verification.program import IMPERFECT, Verification

_VERBS = {"agrees on": "agrees with the {} on", "differs on": "differs from the {} on"}
_OF_LENGTH = " of length "
_MOST_WORDS = 8  # words of a vocabulary that are listed


def program_docstring(program: Program, verification: Verification, inputs: Sequence[Integers]) -> str:
    """Return the docstring of a program that was verified: its claims in the words of the report, inputs, outputs.

    Parameters
    ----------
    inputs : integers that may occur, one range per input
    """
    paragraphs = []
    for other in ("network", "data"):
        claims = [c for c in verification.claims if c.left == "program" and c.right == other]
        sentence = claims_sentence(claims, other)
        found = verification.counterexample
        if other == "network" and found is not None:
            sentence = f"{sentence[:-1]}; the shortest difference found has length {found.length}."
        paragraphs.append(sentence)
    if verification.imperfect_network:
        paragraphs.append(IMPERFECT)
    ranges = [(r.low, r.high - 1) for r in inputs]
    bounds = system_ranges(program.system, ranges)
    outputs = [bounds_of(e, bounds) for e in program.system.outputs]
    takes = f"xs: {_values(ranges, program.input_words)} per step."
    returns = f"Returns {_values(outputs, program.output_words)} per step."
    return "\n".join([*filter(None, paragraphs), "", takes, returns])


def claims_sentence(claims: Sequence[Claim], other: str) -> str:
    """Join what was checked against one other thing, "" when nothing was.

    >>> from mips_core.verification.claims import Strength
    >>> words = ["agrees on 8 held-out sequences of length 2", "agrees on 8 held-out sequences of length 10"]
    >>> claims_sentence([Claim(Strength.AGREES_ON_HELD_OUT, "program", "data", w) for w in words], "data")
    'Agrees with the data on 8 held-out sequences of length 2 and of length 10.'
    """
    text, before, counted = "", "", ""
    for claim in claims:
        verb = next((v for v in _VERBS if claim.words.startswith(v)), "")
        rest = claim.words.removeprefix(verb)
        number, _, length = rest.partition(_OF_LENGTH)
        if verb and verb == before:
            text += f" and{_OF_LENGTH}{length}" if length and number == counted else f" and on{rest}"
        else:
            spoken = _VERBS.get(verb, "").format(other) + rest
            text += f"; {spoken}" if text else spoken
        before, counted = verb, number
    return f"{text[0].upper()}{text[1:]}." if text else ""


def _values(ranges: Sequence[Bounds], words: Words) -> str:
    """Say what the values of one step are."""
    kinds = [_kind(*each) for each in zip(ranges, words, strict=True)]
    if len(kinds) == 1:
        return kinds[0]
    if len(set(kinds)) == 1:
        return f"{len(kinds)} values, each {kinds[0]},"
    return f"{len(kinds)} values ({'; '.join(kinds)})"


def _kind(bounds: Bounds, words: Vocabulary | None) -> str:
    if words is not None:
        shown = ", ".join(words.words[:_MOST_WORDS])
        return f"a word ({shown}{', ...' if len(words.words) > _MOST_WORDS else ''})"
    low, high = bounds
    if math.isinf(low) and math.isinf(high):
        return "an integer"
    if math.isinf(low) or math.isinf(high):
        return f"an integer of {low} or more" if math.isinf(high) else f"an integer of {high} or less"
    if high - low < 2:
        return f"{low} or {high}" if high > low else f"{low}"
    return f"an integer from {low} to {high}"
