"""The texts of the page "Proof"."""

TITLE = "Proof"
PURPOSE = "See what is proved of which network, check the proof, and hunt for what is wrong."

SEES = (
    "Random tests miss rare mistakes. A **hunt** walks through all hidden states that a network reaches, and keeps one "
    "shortest input for each. If the walk ends and every output was right, that is a **proof** for sequences of every "
    "length. Real numbers rarely come back to the same place, so the walk seldom ends. Rounding the hidden state to a "
    "**grid** after every step helps: then only few places are left. That makes another network, which stands beside "
    "the one as trained and never in its place. The proof is a file, the **certificate**. A checker decides "
    "whether it holds, and imports nothing of the search. For changed networks it is small: one to four "
    "short files. A larger one checks networks as trained, and programs."
)

LADDER = (
    "The ladder of claims, the strongest rung at the top. Proofs stand here as certificates state them; check below."
)
NOTHING_TO_PROVE = (
    "This run has neither a machine nor a program. So there is nothing that its network could be proved equal to."
)
NO_COPY = (
    "No changed network is stored. Below one can be made: with hidden states rounded to a grid, trained further where "
    "that is not enough, or with whole numbers as weights."
)
NO_CERTIFICATE = "No certificate of this network is stored."
UNCHANGED = "Exactly as training left it; nothing was rounded."
CHANGED_BEFORE = "Its card says that it was changed for a proof, before this run was made:"
DAMAGED = "**Damaged.** {reason} Nothing is claimed of this network by it."
CHECK = "Check the certificate here"
CHECK_HELP = "Runs the checker of this kind of proof on the stored files, in a process of its own."
CERTIFY = "Look for a proof"
CERTIFY_HELP = "Tries to prove the network {name} equal to its machine, for all lengths or up to one."
CERTIFY_SECONDS = 60.0
ACCEPTED = "**Accepted** in {seconds:.1f} s: {sentence}."
REFUSED = "**Refused** after {seconds:.1f} s: {sentence}."
ON_COMMAND_LINE = "The same check in a terminal:"

HUNT = (
    "Two ways to look harder. The **hunt** walks through the network {name} and finds real counterexamples; that "
    "it finds none proves nothing. **Making a network that can be proved** leaves that one alone. It tries whole "
    "numbers as weights where the steps are linear. Else it goes round by round: round to a grid, walk, train on what "
    "is wrong, walk again, until nothing is left to find."
)
AGAINST = {"data": "the task's rule", "machine": "its machine", "program": "its program"}
HUNT_HELP = "Breadth first through the hidden states of the network {name}; it stays as it is."
PROVE_HELP = "Makes a new network with a certificate. The stored one stays as it is."
CLOSE_NONE = "This needs a machine or a program to compare with."
STORY = "How the stored attempt to make a network that can be proved went: {reason}."
ROUNDS_OF_ANOTHER = "These sequences are wrong for the network of that round. The network {name} may be right on them."
TRIAL_CLOSED = (
    "Tried on this page: the network {name}, rounded to coarse grids first. On coarse ones the walk finds a wrong "
    "sequence; on the last one nothing was left to find."
)
TRIAL_OPEN = (
    "Tried on this page: the network {name}, rounded to coarse grids first. Rounding alone closes on none of them "
    "in so short a time; closing trains it on what is found."
)
TRIAL_FIRST = (
    "Tried on this page: the network {name}, rounded to a coarse grid. Already on the first one nothing is left to "
    "find."
)
TRIAL_OWN = "Walked through on this page: the network {name} as it is, which rounds its hidden states itself."
PROVED = "The new network is {claim}. {reason}"
PROVED_AS_IT_IS = "The network of this run, as it is, is {claim}. {reason}"
OPEN = "Nothing is proved: {reason} More time or another seed may help."
CANCELLED = "It was stopped; what was found until then is shown."
KEEP = "Keep this network beside the one {name}"
KEEP_CERTIFICATE = "Keep this certificate with the run"
KEPT = "Stored with the run."
READ_ONLY = "Runs that ship are read-only. Download the network, or train a run of your own."

NOT_IN_PLAYER = "The other pages run the network {name}, which need not be wrong on it."

PICTURE = "All places that its memory can be in"
PICTURE_TRIAL = (
    "A trial on this page: the network {name}, with its hidden states rounded to multiples of {cell} after every "
    "step. That is another network than the stored one."
)
PICTURE_NONE = {
    "endless": (
        "This machine counts with integers that may grow without end. So its places can never all be listed; a proof "
        "must be arithmetic instead."
    ),
    "open": (
        "On no grid that was tried for {seconds:.0f} s do the places of this network close with all outputs right. "
        "Below, one can be made that is trained until they do."
    ),
    "no machine": "Without a machine there is nothing to compare each place with.",
    "integers": "The changed network has whole numbers as weights. Its steps are exact; no places need listing.",
}
WEIGHTS = (
    "One step of the changed network, exactly as stored: each new number is the sum of the old ones, the encoded input "
    "and the bias, times these weights."
)
DEPTH_HELP = "How many inputs were read. Rings mark places that are met for the first time."
SYMBOL_HELP = "The input whose arrows are drawn."
POINT = "Click a point, or choose one here, to see one step from it worked out."
ARITHMETIC = (
    "The step from **{start}** on the input **{symbol}** leads to **{end}**. What is computed falls between two whole "
    "numbers of cells, and is rounded to the nearer one."
)
