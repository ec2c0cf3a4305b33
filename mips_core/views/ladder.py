"""The ladder of claims as a reader sees it: for each rung a word, a shape and a colour, and who stands on it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from mips_core.verification.claims import Claim, Strength


@dataclass(frozen=True)
class Rung:
    """One rung.

    Parameters
    ----------
    strength : which
    name : its words
    meaning : what it says, in a sentence
    icon : a name of Google's Material Symbols
    colour : of a badge, one of Streamlit's names
    """

    strength: Strength
    name: str
    meaning: str
    icon: str
    colour: str


RUNGS = (
    Rung(
        Strength.PROVED_FOR_ALL_LENGTHS, "proved for all lengths", "They agree on every sequence, of any length.",
        "verified", "blue",
    ),
    Rung(
        Strength.PROVED_TO_LENGTH, "proved up to length L", "They agree on every sequence of up to L steps.",
        "straighten", "blue",
    ),
    Rung(
        Strength.EXHAUSTIVE_TO_LENGTH, "exhaustive to length k", "Every sequence of up to k steps was tried.",
        "checklist", "violet",
    ),
    Rung(
        Strength.AGREES_ON_HELD_OUT, "agrees on n held-out sequences", "No difference on n sequences that nobody used.",
        "casino", "gray",
    ),
    Rung(
        Strength.DIFFERS, "differs", "A sequence is known on which they part; the shortest one found is named.",
        "warning", "orange",
    ),
)  # fmt: skip
"""All rungs, the strongest first."""

_SHORT = re.compile(
    r"proved for all lengths|proved up to length [\d,]*\d|exhaustive to length \d+"
    r"|agrees on [\d,]*\d (?:held-out )?(?:sequences|rows)|differs on a sequence of length \d+|differs"
)

LADDER_CSS = """
.rungs { list-style: none; margin: 0; padding: 0; max-width: 46rem; }
.rungs li { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 10px; margin: 0; padding: 5px 10px;
  border-left: 3px solid rgb(128 128 128 / 0.35); font-size: 0.92rem; }
.rungs li.held { border-left-color: currentColor; background: rgb(128 128 128 / 0.10); font-weight: 600; }
.rungs .rung { flex: 1 1 14rem; opacity: 0.85; }
.rungs .held .rung { opacity: 1; }
.rungs .who { border: 1px solid currentColor; border-radius: 99px; padding: 0 9px; font-size: 0.82rem;
  font-weight: 500; }
.rungs .none { font-size: 0.82rem; opacity: 0.75; }
"""


def rung_of(claim: Claim) -> Rung:
    """Return the rung on which a claim stands."""
    return next(rung for rung in RUNGS if rung.strength is claim.strength)


def short_words(claim: Claim) -> str:
    """Return a claim in the few words of its rung, with its numbers.

    >>> short_words(Claim(Strength.PROVED_TO_LENGTH, "a", "b", "proved up to length 1,000, all 2 input symbols"))
    'proved up to length 1,000'
    """
    return short_text(claim.words)


def short_text(words: str) -> str:
    """Return words of the ladder without what follows the rung and its number.

    >>> short_text("exhaustive to length 5 (all 62 input sequences agree)")
    'exhaustive to length 5'
    """
    found = _SHORT.match(words)
    return words if found is None else found[0]


def brief_words(claim: Claim) -> str:
    """Return a claim for a narrow chip: a number of more than nine digits is rounded down and written in powers of ten.

    >>> brief_words(Claim(Strength.PROVED_TO_LENGTH, "a", "b", "proved up to length 2,251,799,813,685,247"))
    'proved up to length 2.25 × 10^15'
    >>> brief_words(Claim(Strength.PROVED_TO_LENGTH, "a", "b", "proved up to length 999,999,999"))
    'proved up to length 999,999,999'
    """
    return re.sub(r"\d{1,3}(?:,\d{3}){3,}", _in_powers, short_words(claim))


def _in_powers(found: re.Match[str]) -> str:
    digits = found[0].replace(",", "")
    return f"{digits[0]}.{digits[1:3]} × 10^{len(digits) - 1}"


def ladder_html(standing: Mapping[Strength, Sequence[str]]) -> str:
    """Return the ladder as a list, the strongest rung at the top; ``standing`` names who stands on which rung."""
    rows = []
    for rung in RUNGS:
        names = standing.get(rung.strength, ())
        who = "".join(f'<span class="who">{escape(name)}</span>' for name in names)
        rows.append(
            f'<li{" class=held" if names else ""}><span class="rung" title="{escape(rung.meaning)}">'
            f"{escape(rung.name)}</span>{who}</li>"
        )
    return f'<style>{LADDER_CSS}</style><ul class="rungs" aria-label="The ladder of claims">{"".join(rows)}</ul>'
