"""Every teaching text of the explorer, in one place to edit and to proof-read."""

TAGLINE = "Take a trained network apart, and read the program inside."

PURPOSE = {
    "gallery": "Pick a task and see at once what came out of its network.",
    "compare": "Run network, machine, program and truth side by side on a sequence of your own.",
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
NO_MATCH = "No task matches. Clear the search or the filters to see all."

SEQUENCE_HELP = (
    "Steps with spaces between; for several integers or words per step write them with semicolons, like 0;1 1;1."
)
