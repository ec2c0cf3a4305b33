"""What the Train page says."""

PURPOSE = "Teach a small network, watch it learn, and get its program."

SEES = (
    "Training shows a network sequences with the right answers, and moves its weights a little at every **step**. The "
    "**loss** says how wrong it still is. **Held-out** sequences are never learnt from: being right on those, and on "
    "longer ones, means that it found the rule. Several **architectures** take turns, simplest first, since the "
    "smallest network that works is the easiest to read. Watch the hidden states: at first one cloud, then groups. "
    "Each group is one thing to remember, and becomes a state of the machine."
)

PRESET_WORDS = {
    "small": "Small: up to 15 seconds. Enough for tasks with few states, such as parity.",
    "usual": "Usual: up to 45 seconds. The same as *mips distill* takes. Most tasks are learnt in it.",
    "careful": "Careful: up to 3 minutes. For tasks that the others do not learn.",
}
PRESET_HELP = (
    "Training ends early once the network is right on all held-out sequences. Time is counted by the work done, on one "
    "core; a busy computer takes longer. Which architectures are tried is read off the data, not off the preset. "
    "Closing the state set comes last: mostly seconds, at most as long again, and never over a minute."
)
LADDER = (
    "Architectures are tried in turns, each a little longer than before. For few different inputs the first is "
    "*one-hot relu*: 16 hidden units, one input unit per symbol. Where outputs are sums of inputs, *linear* comes "
    "first. Others count symbols, keep the last inputs, or are wider. Four networks of each start from different "
    "weights."
)
SEED_HELP = "The seed draws the first weights and the sequences. The same seed gives the same network."
SEEDS_HELP = "One run for each seed, one after another, starting with the seed at the left. All are stored."
UPLOAD = "Data file, .csv or .npz, up to {megabytes} MB"
UPLOAD_HELP = "Sequences with their right answers. What is read, and what is wrong with it, is shown before you start."
NO_FILE = "Choose a file, or take an example, to see what was read and to train on it."
LINKED_FILE = (
    "This link was made with a data file, and a link cannot carry one. Choose the file here; the rest is set as in the "
    "link."
)
NO_TASK = "There is no task called '{}'. Another one stands in its place."

NOT_LEARNT = "The network did not learn this in the time."
LEARNT = "The network is right on every held-out sequence."
NEARLY = "The network learnt nearly everything."
STOPPED = "The training was stopped before the network had learnt everything. This is the best one up to then."
FIRST_COUNT = "It is right from start to end on {} of held-out sequences."
SECOND_COUNT = "Another count, on at most 128 sequences, asks for their first steps alone: {}."
ONLY_COUNT = "Counted on at most 128 held-out sequences, by their first steps: {}."
FIRST = "first {}"
LAST = "You can go on with it as it is: the links below show what was taken out of it."
NOTHING_KEPT = "Stopped before there was any network. Nothing was kept."
KEPT = (
    "Stopped. Kept: the best network so far, *{rung}* with {hidden} hidden units after {steps} steps (seed {seed}). It "
    "is right on {share} of held-out sequences."
)
NO_FILM = "No moments of this training were kept: it trained another kind of network, from recorded traces."
FILM = (
    "Each point is one hidden state, seen along the principal axes of the last moment. Colour and shape show its {by} "
    "at the end. So you see when things that must be told apart move apart."
)
FILM_GREY = (
    "Each point is one hidden state, seen along the principal axes of the last moment. There are too many groups for a "
    "colour each; a name stands at the middle of each {by}. So you see when things that must be told apart move apart."
)
EXAMPLE = "**{name}**, as it was learnt. Move through the moments, or start your own training above."
