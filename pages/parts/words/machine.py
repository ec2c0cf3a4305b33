"""Texts of the page on the state machine."""

PURPOSE = "Read and run the network as a machine with states and arrows."

SEES = {
    "minimal": (
        "A circle is a **state**: everything that the network remembers about the past. An arrow is what happens when "
        "it reads one input. The label **in/out** says which input takes this arrow and which output is written on the "
        "way; a machine with outputs on its arrows is called a *Mealy machine*. The short arrow without a label points "
        "to the start. This machine is minimal: any two of its states can be told apart by some future input, so none "
        "could be left out."
    ),
    "raw": (
        "On the left is what the **hidden states themselves** show. Places that are closer than the tolerance count as "
        "one *raw state*; each arrow was walked in the network. Many raw states behave alike. **Partition refinement** "
        "finds them: begin with one class, and split it whenever some input shows a difference, in its output or in "
        "the class that it leads to. When a round splits nothing, no suffix of any length shows a difference. Each "
        "class that is left is one state of the minimal machine on the right."
    ),
    "moore": (
        "A **Moore machine** shows its outputs in the states instead of on the arrows. Both kinds can do the same. A "
        "state whose incoming arrows write different outputs must be split, one copy for each output. So a Moore "
        "machine often has more states. The output that a Mealy machine writes *on* an arrow appears here in the state "
        "that the arrow leads *to*, at the same step."
    ),
    "memoryless": (
        "This network needs no memory: each answer hangs on the current input alone. So its machine is just a formula "
        "from input to output, without any states."
    ),
    "history": (
        "Each answer of this network hangs on **all inputs so far**. So its machine keeps them in a list, *seen*, "
        "and its equations compare places of that list. Which places, and how they move with the length t, was "
        "fitted to the network's answers on short sequences."
    ),
    "integer": (
        "This network remembers **whole numbers** rather than one of a few states. So its machine is a handful of "
        "equations instead of a picture. A name with a prime (′) is the new value, after the step; one without is "
        "the old value. The plot shows how the remembered integers move along your sequence."
    ),
}

NO_MACHINE = "No machine was found for this network. The Program page lists what was tried, with the reasons."

SHOW = {"minimal": "Minimal machine", "raw": "Raw beside minimal", "moore": "As a Moore machine"}

TOLERANCE_HELP = (
    "Two hidden states count as one raw state when no hidden unit differs by more than this share of its range."
)

ROUND_HELP = "Round k puts raw states into one class when no suffix of at most k inputs tells them apart."

FIND_HELP = "A name like S3, or inputs from the start: where do they lead?"

BATCH_HELP = "One sequence per line, written as in the field above. At most 1,000 lines."

START_WITHOUT_OUTPUT = "Nothing leads back to the start, so its state shows no output."
START_WITH_OUTPUT = (
    "Before the first input nothing was written; the output in the start counts from the first return on."
)
