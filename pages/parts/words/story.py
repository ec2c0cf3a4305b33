"""The texts of the guided tour."""

PURPOSE = "Six steps from a task to a proof, on one small network. Each step asks you something."

TITLES = ("Task", "Training", "Clusters", "Machine", "Code", "Proof")

TASK = (
    "A **task** says which answer belongs to which input. The network never sees the rule, only examples like these: "
    "it reads one number per step and answers after each. So it has to remember what matters of the past."
)
TRAINING = (
    "**Training** changes the network's weights, little by little, until its answers fit the examples. Move the "
    "slider through the moments of this training. Each point is a *hidden state*: all that the network remembers "
    "after some input. At first the points lie anywhere. They gather as the answers become right."
)
NO_FILM = "No moments of this training were stored. The Train page makes a run with them."
CLUSTERS = (
    "The trained network could remember anything, and yet its hidden states gather in few **clusters**. How close "
    "counts as the same? Too strict, and every point is alone. Too generous, and points that behave differently are "
    "thrown together: then one input leads from the same cluster to different places."
)
MACHINE = (
    "Clusters that behave alike are one **state**. What is left is a *state machine*: circles are states, and an arrow "
    "*in/out* says where an input leads and which answer is written. Press play below, or step with the arrow keys."
)
CODE = (
    "A search looks for the shortest formula that explains every arrow. It found this **program**. The numbers on the "
    "right are the values of its variables at the step that you see. *Line by line* walks through one step."
)
PROOF = (
    "Is the program right? Somebody has changed one place in it. One input that gives another answer is enough to show "
    "it: a **counterexample**. Find one. The two programs run side by side on what you type."
)
CLAIMS = (
    "No counterexample found is not a proof. For a machine with few states there is one: walk through all pairs of "
    "states of program and machine. If no reachable pair ever differs, they agree on inputs of **every** length."
)
NOTHING = "The tour needs a finished run with a small machine and a formula, and there is none here."
ALL_RIGHT = "All six questions are answered. You have taken an algorithm out of a network and checked it."
SEES = (
    "The tour follows one run through the whole method: data teaches a **network**, its hidden states gather in "
    "**clusters**, clusters that behave alike become the **states** of a machine, and a search writes the machine as a "
    "**program**. Every question is checked by running the network, the machine or the program, never from a list of "
    "answers. The pages in the sidebar show the same for every run, in full. Links under each step lead there."
)
