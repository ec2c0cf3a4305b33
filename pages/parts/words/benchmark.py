"""The texts of the page "Benchmark"."""

PURPOSE = "See what is solved, how fast beside other tools, and how costs grow."
VIEWS = ("Tasks", "Speed", "Growth")

SEES_TASKS = (
    "Each row is one task of the MIPS paper (Michaud et al. 2024). Three facts are kept apart. **Network**: the "
    "share of fresh sequences that the trained network gets right. **Right**: the program is right on every "
    "held-out sequence, at the trained length (1x) and at five times that (5x). **Equals program**: the length up "
    "to which no difference between network and program was found. **Certificate**: what is proved, and of which "
    "network: the one *as trained*, or one that was changed for the proof. *Solved* means right at both lengths. "
    "The paper says 32 of 62; which ones was read off its authors' published programs, so two of them are only "
    "likely. Rest on a word in the last column to see its source."
)

TOTALS = {
    "trained": "Networks whose outputs are all right on every fresh sequence of the trained length.",
    "short": "Programs that are right on every held-out sequence of the trained length.",
    "long": "Programs that are right on every held-out sequence of five times the trained length.",
    "formulas": "Right at both lengths, as a short rule and not only as the machine's transition table.",
    "paper": "Solved by the paper's own method; two of these are likely rather than certain.",
}

NO_TASKS = "No benchmark result is stored here. This command makes one:"

NO_SPEED = "Nobody has measured the speed here yet. This command does, in about an hour:"
NO_GROWTH = "The stored measurement has no growth. This command measures it:"
NO_COMPARISON = "The stored measurement compares nothing. This command measures everything:"
NO_ROW = "No case matches. Clear the search or the filters to see all."
QUICK = "This was a quick run on small cases, to try the measurement out; its figures say little."

SEES_SPEED = (
    "Each case is one piece of work on one input. Ours and each **peer**, the tool that a user would take instead, did "
    "it in turns, each in a process of its own. Seconds are medians over the turns. A **ratio** is the peer's seconds "
    "over ours: above 1 ours is faster, below 1 the peer is. Every result was judged by a test of its own, and the "
    "seconds of a wrong result are not compared. A run that took too long was ended; its ratio says *at least*. "
    "The *geometric mean* weighs a case that is ten times faster as much as one that is ten times slower."
)

SEES_GROWTH = (
    "Each line is one stage of the work, measured at growing sizes of one thing while all else stayed fixed. Both axes "
    "are logarithmic, so cost that grows as a power of the size is a straight line, and its **slope** is that power: 1 "
    "means that twice the size takes twice the time, 2 four times. *n log n* has a slope a little above 1. Sizes that "
    "take under three milliseconds, or two megabytes, tell nothing and are not fitted. A stage that grows faster says "
    "why."
)

DOTS = (
    "Right of the line at 1 ours is faster. Open marks with an arrow are bounds: the other side was ended. With one "
    "section chosen there is a line for each case."
)
