"""The texts of the page "Compare and failures"."""

TITLE = "Compare and failures"
PURPOSE = "See who agrees with whom, how far, and why they part where they do."

SEES = (
    "The network learns the **data**, the machine follows the **network**, and the program writes down the "
    "**machine**. So there are three different claims. *Agreeing with the data* says that the recorded or drawn "
    "examples are right. *Agreeing with the network* says that the explanation is faithful, even to mistakes. "
    "*Agreeing with the task* says that the rule itself was found; only the rule, or a proof, can show that. Each "
    "failure breaks one link of this chain at its first unequal output. Its cause is decided by evidence, which stands "
    "beside it."
)

DATA_RULE = "Data: the task's rule, which no search ever saw."
DATA_ROWS = "Data: the recorded rows. For other sequences nobody knows the right outputs."
DATA_NONE = "Data: none. The network came without a rule or recordings, so it is the judge."

TIMES = "1x is the trained length of {steps}; 5x is five times that."
CHOSEN = "The number of sequences follows from a time budget: {sequences} at 1x, {fewest} at the longest."
JUDGED_BY = {
    "data": "Judged by the task's rule.",
    "network": "There is no rule at these lengths, so the network is the judge.",
}

AMONG_HELP = "Random ones and all short ones have at most the trained length."
HARDER_HELP = "Many more sequences, all short ones to a greater length, and up to 100 times the trained length."
HARDER_DONE = "Looked harder: {sentence}"
SHRINK_HELP = "Leaves out steps and lowers symbols while the failure and its cause stay."
ROW_FIXED = "A recorded row cannot be shrunk: nobody recorded the right outputs of a smaller one."
TOO_LONG = "The player takes at most {longest} steps; shrink it first."
NOTHING = "Nobody parts on these. That is no proof; look harder, or look at a run that is known to fail."
FAILING = "Runs with failures to look at"
LOST_PIN = "The pinned sequence is no failure of this run, so it was let go."
EXAMPLES = {
    "half_trained": "training cut short",
    "few_recordings": "gaps in the table",
    "full_counter": "wrong formula",
    "Majority_0_3": "precision drift",
}
