"""The words of the page "Your runs"."""

PURPOSE = "Keep what you made, and put two runs side by side."

SEES = (
    "A **run** is one finished distillation: the network, its machine, the program, and a report of all that was "
    "checked. Runs that you make are kept in a folder on this computer, and every page can open them. A **seed** "
    "starts all chance: the same seed, data and version give the same run. Two runs may look different and still "
    "do the same. So machines are compared by what they *do*: either that is proved equal, or you see the shortest "
    "sequence on which they part."
)

EMPTY = (
    "You have no runs of your own yet. Train a network, or bring one: what comes out is kept here. On the command "
    "line, `mips distill SOURCE --save` keeps a run here too. Below you can already compare two of the shipped runs."
)

DELETE = (
    "Its program, machine, network and report will be gone for good, on every page and in every open window. Links to "
    "it will stop working."
)

NAME_HELP = "Up to 60 characters. Enter renames. Links to the run stay as they are."
RENAMED = "The run is called {} now."
SAME_NAME = "The run is called {} already."
NAME_TAKEN = "Another run of yours has the same name; lists tell them apart by their time."
RUN_NOT_HERE = "The run *{}* cannot be opened here: it was deleted, is damaged, or lies on another computer."
NONE_CHOSEN = "No run is chosen until you click one."
PIN_HELP = "Pinned runs come first in every list."

VERDICTS = {
    "equal": ("They do the same.", "success", ":material/check:"),
    "agree": ("No difference was found.", "info", ":material/check:"),
    "differ": ("They do not do the same.", "warning", ":material/close:"),
    "not comparable": ("They cannot be compared.", "info", ":material/block:"),
}
SAME_TEXT = "The two programs are the same, line by line."

SEARCH_OWN = "e.g. parity 3, among {}"
SEARCH_HELP = "Words of a run's name, task, method, result or id. The list then offers the runs that match."
OWN_LATEST = "The pinned and latest {shown} of {total:,}. The search above looks through all."
FIND_HELP = "Words of a run's name, task, method, result or id; all of them must be there."
NO_MATCH = "No run matches. Clear the search or the filters to see all."
MOST_RUNS = "Runs of each, the most frequent first: {}."
NO_KIND = "No run has one."
NOT_LISTED = "This run stays chosen until you click another one. The rows below do not show it."
SHOWN = "{first:,} to {last:,} of {total}"
MORE_UNREADABLE = "{} more cannot be read. On the command line, `mips runs --unreadable` lists them all."

ORDERS = {
    "newest": "Newest first",
    "oldest": "Oldest first",
    "name": "Name",
    "size": "Shortest program",
    "accuracy": "Best accuracy",
    "bytes": "Largest files",
}

MAKERS = (
    ("pages/train_view.py", "Train a network", ":material/model_training:"),
    ("pages/own_view.py", "Bring your own network or data", ":material/upload_file:"),
)
