"""The texts of "Bring your own", and of what was read in a data file."""

PURPOSE = "Hand in a trained network or recorded data, see what was read, and take the program out."

UPLOAD = "A network (.safetensors, .npz, .pt, .pth) or data (.csv, .npz), up to {megabytes} MB"

UPLOAD_HELP = (
    "Nothing in the file is run. Its name is only shown. It stays in the memory of this server for your visit; a job "
    "that works on it keeps a private copy for a week."
)

ADDRESS = "An uploaded file cannot stand in a link. To share this, share the file."

SEES_NONE = (
    "A **recurrent network** is made of four arrays. **W_hx** brings the input in, **W_hh** carries the old memory "
    "over, **b** shifts the sum, and **W_y** reads the answer off the new memory. A GRU or LSTM stacks three or four "
    "of each, its *gates*. Your file needs these arrays and nothing else. If you have **data** instead, rows of inputs "
    "with the right outputs, a network is trained on them first. Either way the network is then taken apart into a "
    "program, and the two are compared."
)

SEES_NETWORK = (
    "Files hold **tensors**: arrays with a name. The table says which part of a recurrent network each one was taken "
    "for, by its name and shape; the drawing shows how they work together. What a file cannot tell, you choose: which "
    "integers may go in, and how scores become answers. The **check run** shows what the network then does on ten "
    "random sequences. If its outputs look wrong, correct a choice above. **Distil** takes the program out and "
    "compares it with the network on sequences that nobody used before."
)

SEES_DATA = (
    "A data file has a row for each sequence: inputs, and the right output at every step. **Contradictory rows** have "
    "the same inputs so far and yet different outputs, so no step-by-step program can give both. Of all rows, one in "
    "five is **held out**: neither training nor the search sees it, and the claim is checked on it. First a small "
    "network learns the other rows. Then the program is taken out of the network, never out of the data directly. "
    "Recorded outputs that a right program contradicts are listed as *suspicious*."
)

RANGES_MISSING = (
    "The file does not say which integers may go in. Name them below: the lowest, and the first that is too high."
)

RANGES_HELP = (
    "LOW:HIGH, HIGH excluded: 0:2 are the bits 0 and 1. One range counts for every input; several stand with commas "
    "between them. A one-hot input of n symbols needs a range of n integers, such as 0:n."
)

ENCODING_HELP = (
    "Raw: the integer itself goes in as a number. One-hot: an indicator for each symbol, so the input layer has as "
    "many numbers as there are symbols."
)

OUTPUTS_HELP = (
    "Rounded: each score becomes the nearest integer. Argmax: the place of the highest score. Threshold: 1 where a "
    "score is positive, as for the logit of a sigmoid."
)

NONLINEARITY_HELP = (
    "A plain RNN of PyTorch uses tanh unless it was made with nonlinearity='relu'. The file does not tell."
)

ACTIVATION_HELP = "What stands between the layers of an MLP. The file does not tell; ReLU is usual."

LENGTH_HELP = "The length at which the network was trained, as far as you know. The program is checked at it and at 5x."

BROKEN_RUN = "Some hidden states or outputs outgrew all numbers, so the network was probably read in a wrong way."

LABEL_FREE_HELP = (
    "Labels are used for training only. The program is chosen and accepted by its agreement with the network alone."
)

BUDGET_HELP = "An upper bound on training and search together. Checking comes on top, a few seconds."

SEED_HELP = "The same seed holds out the same rows and trains the same network."

CANCELLED = "Stopped. Nothing was stored."

YOU_CHOOSE = "**What the file does not tell, you choose.** Correct what was guessed wrongly."

CARD_TELLS = "**The card of the file tells everything.** You may narrow the inputs, or name another length."

READING = "Reading the file"
LOADING_PYTORCH = "Reading the file. The first PyTorch file also loads PyTorch, which takes some seconds"
READING_ROWS = "Reading {megabytes:.1f} MB of rows and looking for contradictions; a large file takes half a minute"

KEPT = "Stopped. The best network so far is kept: {share} of the held-out sequences are right."

CONSTANT_RUN = (
    "All outputs are the same. Perhaps the integers that go in, or how answers are read off, are not what they should "
    "be."
)

RANGES_GUESSED = "The range was suggested, not read: correct it if other integers go in."

HOPELESS = "Train all the same, for a few seconds, to watch the network fail. No program can come out."

DATA_ENDINGS = "Data files end in .csv or .npz."

NO_PROGRAM = "No program was found. This is what was tried, with the reasons:"

LAYOUTS = """
**Networks that can be read**

- **PyTorch**: the state dict of an `nn.RNN`, `nn.GRU` or `nn.LSTM` with `nn.Linear` layers after it, and perhaps one
  `nn.Embedding` before it. Save it with `torch.save(model.state_dict(), "model.pt")`. Whole pickled modules are
  refused, since opening one could run code.
- **The MIPS authors' layout**: `hmlp.mlp.0.weight`, `ymlp.mlp.0.weight` and so on.
- **Our own format**: a `.safetensors` that the explorer or `mips train` wrote.

Named arrays in `.safetensors` or `.npz` will do as well.
"""

DATA_FORMAT = """
**How a data file looks.** A `.csv` in UTF-8 has two columns, `x,y`; a row holds one sequence. Steps have spaces
between them, several values of a step semicolons:

    x,y
    0;1 1;1 1;0,0 1 0
    0;0 1;0,0 0

An `.npz` holds arrays `x` and `y` of shape (rows, steps) or (rows, steps, values), and `lengths` where rows differ.
"""
