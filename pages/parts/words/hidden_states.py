"""Teaching texts of the page of hidden states."""

from mips_core.machines.integer_system import IntegerSystem
from mips_core.machines.mealy import MealyMachine

PURPOSE = "See what the network remembers while it reads."

_POINT = "Each point is one **hidden state**: the network's memory after some input. "

_SEES = {
    "finite": (
        "Any place would be allowed, and yet the points gather in few places. Points of one colour and shape behave "
        "the same from there on, so we call them one **state**: S0, S1 and so on. A state may own several places, "
        "since a network can store the same memory in several ways. On the right the same points are in **normal "
        "form**: every direction has the same spread, and each axis shows one thing that is remembered. The slider "
        "joins points that are close. Where its clusters have no **conflict**, they work as a machine."
    ),
    "integer": (
        "Here the memory does not gather in a few places. It encodes **whole numbers**, and the colour shows one of "
        "them. On the right the same points are on a **lattice**: each axis counts in whole steps, and the points "
        "stand where the lines cross. The arrows on the left are the same steps as the network stores them, in "
        "whatever basis training left. If every point is near a crossing, the network counts, and its memory can be "
        "read as integers."
    ),
    "none": (
        "No machine was found for this network, so the colour shows its output. Look for groups and lines: tight "
        "groups hint at a finite machine, evenly spaced points on lines hint at a counter. The slider below joins "
        "points that are close, and counts where that goes wrong. The Program page lists what was tried, with "
        "reasons."
    ),
    "memoryless": (
        "This task can be solved without any memory, since each answer hangs on the current input alone. The network "
        "still stores something, but nothing of it changes a later answer. So all hidden states count as one state."
    ),
    "history": (
        "Each answer hangs on **all inputs so far**, and no fixed number of whole numbers can hold those. A network "
        "finds room for them only up to some length, about the one that it was trained on. The colour shows the "
        "output."
    ),
}


def sees(machine: MealyMachine | IntegerSystem | None) -> str:
    """Return what is seen on the page, by the kind of machine."""
    if machine is None:
        kind = "none"
    elif isinstance(machine, MealyMachine):
        kind = "finite" if machine.states > 1 else "memoryless"
    else:
        kind = "history" if machine.histories else "integer" if machine.order else "memoryless"
    return _POINT + _SEES[kind]


def capital(text: str) -> str:
    """Return a text that begins with a capital letter and is else unchanged."""
    return text[:1].upper() + text[1:]


TRAINING = "While it was trained"
SHOW_TRAINING = "Show how the hidden states came to their places"
RAW = "As they are"
NORMAL = "In normal form"
EQUAL = "All hidden states are equal, so there is nothing to normalise."
HOW_TO_CHOOSE = (
    "Click a point, or choose *Box Select* or *Lasso Select* above a picture. Without a mouse, choose a row of the "
    "table."
)
GREY = "More than eight groups: points are grey, and what you choose is coloured."
PLACES = (
    "A *place* is a group of points that are near each other; the *gap* is the distance to the nearest point of "
    "another state. Gaps that are wide beside the places mean that the network computes with distinct states."
)
NORMALISED = {
    "whiten": "same spread in every direction",
    "jordan": "Jordan form",
    "toeplitz": "input enters last",
    "debias": "constants moved out",
    "quantise": "weights rounded to integers",
    "centre": "centred",
    "turn": "turned to independent axes",
}
ON_LATTICE = "Each hidden state as steps along {} of a lattice. The farthest is {} steps from a crossing."
FROM_WEIGHTS = "It follows from the network's weights: the steps of the memory generate it."
FROM_POINTS = "It was fitted to the differences of the hidden states."
CHANCE = (
    "Whether points lie on a lattice is judged by the distance of each from its lattice point, in steps of the "
    "lattice. The dotted line is what points without any lattice would show."
)
