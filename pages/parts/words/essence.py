"""The texts of the page "Deep Distilling"."""

TITLE = "Deep Distilling"
PURPOSE = "From data to a network whose neurons mean something, and from its weights to code with loops."

SEES = (
    "An **essence neural network** has three layers. A *differentia* neuron tells one part of a class from a part of "
    "another. A *subconcept* neuron recognises one such part. A *concept* neuron adds up evidence for a class. No "
    "gradients are used: weights follow from the samples, as integers. **Condensing** finds neurons with the same "
    "weights at other places. Each such *group* becomes a loop, and its weighted sum a line of Python. Sizes become "
    "`len(x)`, so the code also takes inputs that are far larger. Choose anything in a panel: what belongs to it "
    "lights up in all five."
)

PRESET_HELP = "The name only chooses the data. The same numbers from a file of yours give the same code."
RULE_HELP = "Stephen Wolfram's number of the rule: its eight bits are the answers to the eight patterns."
OWN = "Your own data (.npz)"
RULES = "Elementary cellular automaton, rule 0 to 255"

DATA = "1 · Data"
CLAUSE_LABELS = "Labels are the probabilities of true and of false."
SUBCONCEPTS = "2 · Subconcepts"
NETWORK = "3 · Network"
GROUPS = "4 · Groups and loops"
CODE = "5 · Code"

CHOOSE = "Click a tile, a neuron, a group or a line. Or type its number here:"

MINIMAL = "Fewer are proved impossible."
NO_SPLIT = "Every class is one part: a plane separates each from every other."
EVIDENCE = (
    "The labels are probabilities. Samples with equal labels that share an input are one part; the rest stay apart."
)
STEP_FAILED = (
    "No plane separates these {a} samples of class {one} from those {b} of class {other}. So a part of {n} is split "
    "into {first} and {second}."
)
COMMON_MIDDLE = (
    "**Why not:** these few samples show it. The middle of the first ones is the middle of the others, so a plane with "
    "the first on one side has some of the others there too."
)
STEP_REFINED = "A part of {n} samples is split into {first} and {second}, which makes the network more regular."

ORDER_HELP = (
    "Grouped order puts neurons with the same formula side by side, sorted by their loops. Nothing else changes."
)
NEURON_NUMBERS = "Blue is plus, vermilion is minus; stronger colour is a larger number, on a logarithmic scale."
REGENERATED = (
    ":blue[:material/check:] The weights written out again from the groups equal the network's: {numbers} of "
    "{numbers} numbers."
)
NOT_REGENERATED = ":orange[:material/close:] The weights written out again differ from the network's: {words}"
PREPARES = "This line prepares what later lines compare or collect; it stands for no neuron of its own."
PASSES_ON = "This line names the function, or passes the result on; it stands for no neuron of its own."

LARGER = "Larger than taught"
LARGER_TEXT = "The code takes inputs of any size."
MODELS_TEXT = (
    "A multilayer perceptron and a decision tree were taught the same samples. They take inputs of one size only. "
    "Where the data are windows, they slide over rows and grids like the code."
)
CASES = {
    "window": "A case is one cell of a row or grid.",
    "rule and window": "A case is one cell of a row, under one rule.",
    "clauses": "A case is one clause of a formula; right means that it holds.",
}
MEASURE = "Measure now"
MEASURE_HELP = "Runs the code at this size on fresh inputs, in a process of its own."
NO_SCALING = "Nothing is stored for these data. Press *Measure now* to run the code on fresh inputs."
NOT_MEASURED = "Stopped; nothing was measured."
OWN_RIGHT = (
    "These are your own data. The code is right on all samples of the sizes given; larger sizes have no known answers."
)
OWN_UNKNOWN = "These are your own data: larger sizes have no known answers."

BREAK = "Break it"
BREAK_TEXT = (
    "Change one weight of the network, or one place in the code. The certificate compares both again and must see it."
)
BREAK_WEIGHT = "Change one weight"
BREAK_EDIT = "Change the code yourself"
SEARCHING = "Comparing again: all inputs where they are few, else hard ones"
UNSEEN = "No input was found on which the two differ. The changed place makes no difference to any answer tried."
WEIGHT_ONLY = (
    "The weights differ from the groups, so the certificate is void. No input was found on which the answer changes."
)

PLAY = "Try an input, and step through the code"
STEPPING = "The same run, line by line"
PAINT_HINT = "Click or drag to paint. Arrow keys move, Space turns a cell over."
NUMBERS_HELP = "Numbers with spaces or commas between them; at most 40."
CLAUSES_HELP = "One clause a line: numbers of variables, a minus sign for *not*. At most 30 clauses over 12 variables."
AGREE = ":blue[:material/check:] Code and network agree."
DIFFER = ":orange[:material/close:] Code and network differ."
NETWORK_SIZE = (
    "The trained network takes {size} only. The groups, written out at this size, give the network used here."
)

LIMITS_TITLE = "Honest limits"
LIMITS = """
- **It needs structure.** Classes must fall into parts that planes separate, and these parts must repeat. Random labels
  end in "no regular structure".
- **Dotted diagonals.** On sloped lines with every second pixel missing, the orientation code ties about half the time.
  Ties are counted as abstentions, never as right.
- **MAX-SAT gains are small.** The policy satisfies about 0.3 to 0.6 percent more clauses than greedy in the same
  order of variables, and some three percent more than the 3/4-approximation. Johnson's algorithm, and greedy by the
  most frequent literal, do as well or slightly better.
- **Other models learn some of this too.** A decision tree is right on the windows of a cellular automaton. It cannot
  be read as a short rule, and it takes no other size where the input is no window.
- **All figures here are ours.** They were measured with this program. The papers report their own, on other data.
- **Credits.** The method is by Paul J. Blazek and Milo M. Lin (2021), and Blazek, Venkatesh and Lin (2024). The code
  here was written anew. Patents on Deep Distilling have been filed; judge for yourself whether they matter to you.
"""

UPLOAD = "Your data: an .npz file of at most {megabytes} MB"
UPLOAD_HELP = "Arrays x (N, n) or (N, h, w) and y (N,) or (N, k), and x_2, y_2, x_3, y_3 for other sizes."
UPLOAD_TEXT = """
The file holds NumPy arrays: **x**, samples by numbers (or by rows and columns), and **y**, a label for each sample.
Add **x_2, y_2** and **x_3, y_3** for the same rule at other sizes: then the code works at every size.
"""
DISTIL = "Distil these data"
REFUSED = "**No regular structure.** {reason}"
TRIED = "What was tried"
AGAIN = "Start over"
CANCELLED = "It was stopped. Nothing is kept of it."
