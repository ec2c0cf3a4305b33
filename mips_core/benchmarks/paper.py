"""What the MIPS paper's own method did on each task, for showing beside our results; no stage ever reads this.

Michaud et al. 2024 (arXiv 2402.05110) report 32 of 62 tasks solved.  The table here was read off the programs
that the authors published with their code (repository ``ejmichaud/neural-verification``, branch ``pipeline`` of
22 January 2024): 57 of the 62 tasks have one there, and each was run on 2,000 sequences of its task.  Thirty are
right on all of them, which proves these thirty.  The two that are missing to 32 are an inference and are called
"likely".  The table printed in the paper itself was not read.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

REPORTED = 32
"""Tasks that the paper says it solved."""

TESTED_ON = 2_000
"""Sequences per task on which the published programs were run."""


class PaperResult(StrEnum):
    """The three words of the column."""

    SOLVED = "solved"
    LIKELY = "likely solved"
    NOT_SOLVED = "not solved"


@dataclass(frozen=True)
class PaperEntry:
    """The paper's result on one task.

    Parameters
    ----------
    result : in a word
    method : "linear", "Boolean" or "symbolic" regression, where a program came out
    source : the sentence that says where this is known from
    """

    result: PaperResult
    method: str | None
    source: str


_RIGHT = f"The program in the authors' repository is right on all {TESTED_ON:,} sequences on which it was run."
_LIKELY = {
    "Sum_All": "The published program starts from a wrong value (881 for 884), but a notebook in the repository "
    "reports success on 900,000 sequences; counted among the paper's 32 by inference.",
    "Sum_Last4": "The published program starts from a wrong value (392 for 391), but the authors' final code, run on "
    "their own network, gives a right one; counted among the paper's 32 by inference.",
}
_WRONG = {
    "Parity_Bits_Mod2": "The published program has one wrong starting bit; it could take the place of one of the two "
    "tasks that are called likely.",
    "Min_Seen": "The published formula, a % (b + 1), is right on 18 % of the sequences.",
}
_REFUSED = "The published text says that the network was refused for its size."
_PLACEHOLDER = "The published program is the placeholder y = a, written after a search without result."
_NOTHING = "The authors' repository holds no program for this task."

_BY_METHOD = {
    "Boolean": """
        Binary_Addition Bitwise_And Bitwise_Or Bitwise_Xor Parity_Last2 Parity_Last3 Parity_All Parity_Zeros
        Bit_Dot_Prod_Mod2""",
    "linear": """
        Bitwise_Not Bit_Shift_Right Current_Number Prev1 Prev2 Prev3 Prev4 Prev5 Sum_Last2 Sum_Last3 Sum_Last5
        Sum_Last6 Sum_Last7 Diff_Last2 Newton_Freebody Newton_Gravity Newton_Spring""",
    "symbolic": "Abs_Diff Abs_Current Previous_Equals_Current Add_Mod_3",
}
_BY_FAILURE = {
    _REFUSED: """
        Add_Mod_5 Add_Mod_6 Add_Mod_7 Base_3_Addition Base_4_Addition Div_5 Div_7 Evens_Counter Evens_Detector
        Majority_0_2 Newton_Magnetic Parity_Last4""",
    _PLACEHOLDER: """
        Add_Mod_4 Alternating_Last3 Alternating_Last4 Balanced_Parenthesis Base_5_Addition Base_6_Addition
        Base_7_Addition Diff_Abs_Values Div_3 Majority_0_1 Max_Seen""",
    _NOTHING: "Add_Mod_8 Bit_Palindrome Dithering Majority_0_3 Perfect_Square_Detector",
}

PAPER: dict[str, PaperEntry] = {
    **{
        name: PaperEntry(PaperResult.SOLVED, method, _RIGHT)
        for method, listed in _BY_METHOD.items()
        for name in listed.split()
    },
    **{name: PaperEntry(PaperResult.LIKELY, "linear", source) for name, source in _LIKELY.items()},
    **{name: PaperEntry(PaperResult.NOT_SOLVED, None, source) for name, source in _WRONG.items()},
    **{
        name: PaperEntry(PaperResult.NOT_SOLVED, None, source)
        for source, listed in _BY_FAILURE.items()
        for name in listed.split()
    },
}
"""The paper's result on each of the 62 tasks, by name."""


def paper_entry(task: str) -> PaperEntry:
    """Return the paper's result on a task.

    >>> paper_entry("Add_Mod_3").result.value, paper_entry("Dithering").result.value
    ('solved', 'not solved')
    """
    return PAPER[task]
