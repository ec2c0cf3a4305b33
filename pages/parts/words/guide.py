"""The user guide and the glossary."""

PURPOSE = "How to use the explorer, and what its words mean."

SECTIONS = {
    "Start here": """
Every card of the **Gallery** is a finished run: a network that was trained, the machine found in it, and the program
read from it. Open one, then go through the pages of the sidebar from top to bottom. The **Guided tour** does the same
in six steps and asks questions. Nothing needs to be trained before you can look.

What you choose (run, sequence, step, state) stays chosen on every page and stands in the address. Copy the address,
and whoever opens it sees what you see.
""",
    "The pages": """
| page | what it answers |
| --- | --- |
| Gallery | What came out of each network, at a glance? |
| Guided tour | How does a network become a program? |
| Lock-step | What do network, machine and program do at the same moment? |
| Hidden states | What does the network remember, and how clearly? |
| State machine | Which states are there, and why not fewer? |
| Program | What is the code, where does each line come from, and what if I change it? |
| Compare and failures | Who agrees with whom, up to which length, and why do they part? |
| Proof | What is proved of which network, and on which sequence is one wrong? |
| Train | How does a network learn a task or my data? |
| Bring your own | What is inside my network, or behind my data? |
| Your runs | Which runs have I made, and how do two of them differ? |
| Deep Distilling | How do the weights of another kind of network become code with loops? |
| Benchmark | Which of the 62 tasks of the MIPS paper are solved, and at what cost? |
""",
    "The player": """
Type a sequence: steps with spaces between, for several values per step semicolons, like `0;1 1;1`. Single digits may be
written without spaces. Then play.

| key | what it does |
| --- | --- |
| Space | play and pause |
| Left, Right | one step back or on |
| Home, End | to the start or the end |
| Up, Down | one line of the program back or on, in *line by line* |
| [ and ] | slower, faster |
| Tab, Enter | go to a state of the machine and choose it |

Keys act while the player has the focus: click into it once, or reach it with Tab.
""",
    "What is claimed": """
A claim stands between two named things and is never stronger than its evidence. From strong to weak:

1. **proved for all lengths**: they agree on every input of every length;
2. **proved up to length L**;
3. **exhaustive to length k**: every input of up to k steps was tried;
4. **agrees on n held-out sequences**: sequences that neither training nor the search has seen;
5. **differs**: with the shortest counterexample that was found.

Three facts are kept apart. *Program = data* says that the code solves the task. *Program = network* says that the code
explains this network. *Network = machine* says that the states were read rightly. A network that learnt its task badly
can be explained well: then the program makes the same mistakes.

A proof is about one network, exactly as it is stored. Where the network *as trained* cannot be proved, another one
is made: its hidden states are rounded to a grid, or its weights to whole numbers, or it is trained further. That one
is called *changed for the proof*. It stands beside the one as trained, and what is proved of it is never said of the
other. The proof is a file, the **certificate**, which anybody can check: `mips check-certificate Parity_All`.
The search asks a checker what it accepts; no checker imports anything of the search. Changed networks have small
checkers, of one to four short files for each kind of proof; networks as trained, and programs, have a larger one.
""",
    "Your own data": """
A `.csv` file with the columns `x` and `y`; each row is one sequence, its steps separated by spaces:

```
x,y
1 0 1 1,1 1 0 1
0 1,0 1
```

Several values per step are joined by `;`. Rows may differ in length. A column whose entries are mostly not numbers is
read as words. A `.npz` file holds arrays `x` (N, T) or (N, T, D) and `y`, and `lengths` where rows differ.

A network is trained on most rows and judged on the others. A few hundred different rows are usually enough for small
rules; for machines over words record ten thousand or more. Up to 2 % wrong outputs are put up with and listed.
""",
    "Your own network": """
A `.safetensors` or `.npz` file, or a state dict saved by `torch.save(model.state_dict(), "net.pt")`. It is read with
`weights_only=True`: nothing in it can run. Three layouts are known: our own, PyTorch's `RNN`, `GRU` or `LSTM` with a
linear or MLP readout (and an embedding, if there is one), and that of the MIPS authors. Say which integers may occur if
the file does not say it. The network must read its input once, from the start.
""",
    "When no program is found": """
The Program page lists every way that was tried, each with its reason. The usual ones:

- *The network has not learnt its task.* Compare and failures shows at which length it fails. Train longer, or take
  another seed.
- *Too many states.* The network keeps more than the task needs, or drifts. Hidden states shows whether the clusters are
  clear.
- *No formula in time.* The transition table is the program then, and is called a table. Give it more time:
  `mips distill NAME --budget 120`.
- *The data contradict themselves.* Rows with equal inputs and different outputs are named.
""",
    "On the command line": """
Whatever a page does, a command does too; each page shows it. The most important ones:

```
mips distill Parity_All              # a task, a network file or a data file
mips distill data.csv --save         # keep the run: it appears under Your runs
mips train Div_7 --out networks
mips verify network.safetensors program.py
mips hunt Min_Seen --against data    # the shortest input on which a network is wrong
mips certify Parity_All              # a proof as a file, and its check:
mips check-certificate Parity_All
mips diff machine_a.dot machine_b.dot
mips runs
mips explore --port 8600
```
""",
}

GLOSSARY = {
    "accuracy": "The share of held-out sequences on which every output is right.",
    "additive model": "A score that is a bias plus one contribution for each feature, added up.",
    "alphabet": "All input symbols that may occur, for example 0 and 1.",
    "cell": "The part of a recurrent network that runs once per step: ReLU layers, RNN, GRU or LSTM.",
    "certificate": "A proof about one stored network, as a file for a checker, which imports nothing of the search.",
    "changed for the proof": "Said of a network made from a trained one so that it can be proved; never the same one.",
    "closed set": "States of which every input leads to one of them; so nothing else can ever be reached.",
    "cluster": "Hidden states that lie closer together than a tolerance.",
    "concept neuron": "In an essence network: adds up the evidence for one class.",
    "condensing": "Finding neurons of an essence network that are one formula at different places, and their loops.",
    "contribution": "What one feature adds to the score of a row.",
    "counterexample": "An input on which two things differ. The shortest one is the most telling.",
    "curve": "What one numeric feature adds, as straight lines between a few knots.",
    "differentia neuron": "In an essence network: tells one subconcept from another; plus, minus, or a tie.",
    "distilling": "Taking the algorithm out of a network and writing it down as a program.",
    "distinguishing suffix": "An input that gives different outputs from two states, and so proves that they differ.",
    "epoch": "One pass of training over the data. Here training is counted in optimiser steps instead.",
    "essence network": "A network of three layers whose neurons each mean something; its weights are whole numbers.",
    "exhaustive": "Every input up to some length was tried.",
    "feature": "One column of a table from which a score is made.",
    "formula": "A short rule that explains every entry of the machine's table.",
    "GRU, LSTM, RNN": "Usual kinds of recurrent cells in PyTorch.",
    "held-out": "Kept away from training and search, and used for judging only.",
    "hidden state": "The numbers that a recurrent network carries from step to step: its memory.",
    "hunt": "A walk through all hidden states that a network reaches, for the shortest input on which it is wrong.",
    "integer system": "A machine whose state is a few whole numbers, updated by formulas; they may grow without end.",
    "knot": "A point at which a curve bends: a value of the feature and what is added there.",
    "ladder of claims": "The five words for agreement, from proved for all lengths down to differs.",
    "lattice": "Evenly spaced points, like the crossings of a grid; whole numbers times a few basis vectors.",
    "lattice basis": "The vectors whose whole multiples make up a lattice.",
    "level table": "What a feature of words adds: one number for each word, its levels.",
    "Mealy machine": "A state machine whose outputs stand on its arrows.",
    "minimal machine": "The machine with the fewest states that behaves the same.",
    "Moore machine": "A state machine whose outputs stand in its states.",
    "network": "The trained recurrent network: its stored weights, evaluated in 64-bit floating point.",
    "normal form": "The hidden states in coordinates in which the network's computation is easiest to read.",
    "not observed": "A transition that no recorded sequence takes; the machine holds the network's answer there.",
    "partition refinement": "Splitting states into classes, round by round, by what longer inputs tell apart.",
    "prefix": "The first steps of an input. Each prefix leads to one hidden state.",
    "program": "The Python function that was read from the network. It imports nothing.",
    "proof": "A check that covers every input of every length, not only those that were tried.",
    "raw machine": "The machine that the clusters of hidden states show before equal ones are merged.",
    "readout": "The part of a network that turns the hidden state into the output.",
    "route": "One way from a network to a program; several are tried, the cheapest first.",
    "run": "All that came out of distilling one network: program, machine, weights, report.",
    "sandbox": "A separate, limited process in which edited and uploaded programs run.",
    "score": "What an additive model makes of a row: a value, log-odds, or a key to sort by.",
    "seed": "The number that all chance is drawn from. The same seed gives the same result.",
    "shrink": "Shorten a failing input, and lower its symbols, while it keeps failing for the same reason.",
    "state": "Everything about the past that matters for the future. Hidden states with the same future are one state.",
    "state grid": "Hidden states are rounded to multiples of a number such as 1/8 after every step; only few remain.",
    "state machine": "Finitely many states, and for each state and input the next state and the output.",
    "subconcept": "A part of one class that a plane separates from every part of every other class.",
    "symbolic regression": "Searching for a formula that gives wanted values.",
    "teacher": "In curve distillation: the trained additive model whose curves are replaced by few straight lines.",
    "teacher network": "The network whose behaviour a program is to explain.",
    "tolerance": "How far apart two hidden states may lie and still count as the same.",
    "trained length": "How long the sequences in training were. It is called 1x; five times as long is 5x.",
    "transition table": "For each state and input: the next state and the output.",
}
