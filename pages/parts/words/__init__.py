"""Every teaching text of the explorer, in one place to edit and to proof-read."""

TAGLINE = "Take a trained network apart, and read the program inside."

PURPOSE = {
    "gallery": "Pick a task and see at once what came out of its network.",
    "compare": "Run network, machine, program and truth side by side on a sequence of your own.",
    "benchmark": "See what is solved, at what cost, and what the paper's own method solved.",
}

SEES = {
    "gallery": (
        "Each card is one **recurrent network** that was trained on a task: it reads a sequence of integers or words, "
        "one per step, and writes an answer after each. **Distilling** means taking the algorithm out of it. First we "
        "collect the network's *hidden states*, the numbers that it carries from step to step. Those with the same "
        "future become one *state* of a machine. Then a search writes the machine's table as a short *program*. Last, "
        "program and network are compared on sequences that nobody used before."
    ),
    "compare": (
        "Four answers to the same input, one column per step. **Network**: the trained weights, output rounded, "
        "or the word with the largest score. "
        "**Machine**: its states and arrows. **Program**: the Python code. **Truth**: the rule that the task was made "
        "with, which the search never saw. Agreement between program and network says that the explanation is "
        "faithful. Agreement between network and truth says that the training worked. These are different claims. "
        "Beyond the trained length a network may drift: an unequal sign and a dashed frame mark who stands apart."
    ),
    "benchmark": (
        "Each row is one task of the MIPS paper (Michaud et al. 2024). Three facts are kept apart. **Network**: the "
        "share of fresh sequences that the trained network gets right. **Right**: the program is right on every "
        "held-out sequence, at the trained length (1x) and at five times that (5x). **Equals program**: the length up "
        "to which no difference between network and program was found. **Certificate**: what is proved, and of which "
        "network: the one *as trained*, or one that was changed for the proof. *Solved* means right at both lengths. "
        "The paper says 32 of 62; which ones was read off its authors' published programs, so two of them are only "
        "likely. Rest on a word in the last column to see its source."
    ),
}

TOTALS = {
    "trained": "Networks whose outputs are all right on every fresh sequence of the trained length.",
    "short": "Programs that are right on every held-out sequence of the trained length.",
    "long": "Programs that are right on every held-out sequence of five times the trained length.",
    "formulas": "Right at both lengths, as a short rule and not only as the machine's transition table.",
    "paper": "Solved by the paper's own method; two of these are likely rather than certain.",
}

VERDICTS = {
    "formula": "A short formula that agreed with the network on every sequence checked at the trained length.",
    "table": "No formula was found in time; the transition table is the program.",
    "differs": "A program was found, but it differs from the network on some sequences of the trained length.",
    "no program": "Neither a machine nor a formula was found; the Program page says what was tried.",
    "cannot be read": "The stored run is damaged, or was written by a newer version.",
}

STRAYS = "On sequences five times as long as those of training, program and network differ somewhere."

IMPERFECT = (
    "The program is right on all held-out data, but for any outputs listed as suspicious, although the network is "
    "not: the network learnt the rule, but not perfectly."
)

NO_PROGRAM = "No program was found for this network. Below is what was tried, with the reasons."

NO_RUNS = "No finished runs are here yet."
RUN_GONE = "None of your runs has the id {!r}. It was deleted, or the link came from another computer."
NO_BENCHMARK = "No benchmark result is stored here. This command makes one:"
NO_MATCH = "No task matches. Clear the search or the filters to see all."

SEQUENCE_HELP = (
    "Steps with spaces between; for several integers or words per step write them with semicolons, like 0;1 1;1."
)
