"""The texts of the program page."""

PURPOSE = "Read the algorithm as code and as mathematics, then change it and check it."

SEES = (
    "The program is a Python function without imports. It reads the same inputs as the network, keeps a few named "
    "variables, and returns the outputs. A **formula** is a short rule that explains every entry of the machine's "
    "table; when none was found in time, the transition **table** itself is the program, and is called so. Whether a "
    "formula is short hangs on how the states are **numbered**: under one numbering the rule is one line, under "
    "another only a table. Below you may change the code. The check runs it in a process of its own and looks for the "
    "shortest input on which it and the network differ."
)

METHODS = {
    "linear": "Linear: sums of whole multiples",
    "boolean": "Boolean: and, or, exclusive or on bits",
    "symbolic": "Symbolic: found by searching through small formulas",
    "mixed": "Mixed: its formulas were found in different ways",
    "table": "Table: every case is written down",
}

NAMES_HELP = "Names for roles are read off the equations: a remainder, a running sum. Plain names say nothing."

ORIGIN = "The numbers below were counted just now, by running the program beside {other}."
NOT_COUNTED = "Program and machine have too many pairs of states to follow them all, so no cases were counted."
READ_OFF = (
    "Is each variable really in the network? A straight-line map from the hidden state was fitted on half of the "
    "sampled sequences, and judged on the other half."
)

EDIT = (
    "Change a line, then press *Run check*. Your text runs in a limited process of its own, on all short inputs and on "
    "held-out sequences."
)
NO_LIMITS = (
    "This system cannot bound the {} of another program. Here only the clock and the size of the output stop an edited "
    "one: run none that you do not trust."
)
TRY = "**Try a change:** each of these is checked at once."
EDIT_HINT = "Ctrl+Enter checks. Tab indents; Esc and then Tab leaves the field."
FROM_LINK = "This text came with the link. It has not been run: press *Run check* to run it."
TOO_LONG = "The text is too long for a link; a copied link shows the original."
WAITING = "Checking: all short inputs first, then held-out sequences. This takes a second or two."

OTHERS = (
    "All of these come out of the same network. **Agrees** means: the network's outputs, on every held-out sequence. "
    "The smallest program that agrees is the best explanation; smaller ones leave something out. "
    "Size counts the nodes of the whole text here, loop and all, not of the formulas alone."
)
SEARCHING = "Searching for formulas under other numberings of the states: two seconds"
NO_SEARCH = {
    "words": "Formulas are not searched over words: their numbers mean nothing.",
    "equations": "The machine is a set of equations, not a finite table, so it has no other numbering of states.",
}
