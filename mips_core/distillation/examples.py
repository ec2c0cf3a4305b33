"""The example files of *Bring your own*: small networks and data files to start from, one sentence each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mips_core.resources import asset

NETWORK, DATA = "network", "data"


@dataclass(frozen=True)
class ExampleFile:
    """A file of ``assets/examples``; :mod:`mips_core.shipping.examples` makes them.

    Parameters
    ----------
    file : its name
    title : in a few words
    kind : "network" or "data"
    form : what kind of file it is, in words
    sentence : what it holds
    inputs : integers that may go in, "LOW:HIGH", where the file does not say it; "" where it does
    """

    file: str
    title: str
    kind: str
    form: str
    sentence: str
    inputs: str = ""

    @property
    def path(self) -> Path:
        """Where it lies."""
        return asset("examples", self.file)


EXAMPLES = (
    ExampleFile(
        "gru_ones_modulo_3.pt",
        "Ones modulo 3",
        NETWORK,
        "PyTorch GRU + Linear",
        "A state dict as torch.save writes it. It counts the ones so far, modulo 3.",
        "0:2",
    ),
    ExampleFile(
        "rnn_same_as_before.npz",
        "Same as before",
        NETWORK,
        "PyTorch RNN + Linear",
        "A state dict saved with numpy.savez. It tells whether a bit equals the one before.",
        "0:2",
    ),
    ExampleFile(
        "lamp.safetensors",
        "A lamp that stays on",
        NETWORK,
        "our own format",
        "It turns on for good once two ones came in a row. Its card says all that is needed.",
    ),
    ExampleFile(
        "authors_weighted_sum.npz",
        "A weighted sum",
        NETWORK,
        "the MIPS authors' layout",
        "Two MLPs under the authors' names. It adds the input and twice the one before.",
        "0:10",
    ),
    ExampleFile(
        "difference.csv",
        "Differences",
        DATA,
        "integers",
        "200 rows of digits. Each output is an input minus the one before it.",
    ),
    ExampleFile(
        "turnstile.csv",
        "A turnstile",
        DATA,
        "words",
        "600 recordings of a turnstile that takes coins. Inputs and outputs are words.",
    ),
    ExampleFile(
        "odd_meetings.npz",
        "Odd meetings",
        DATA,
        "two bits per step, rows of different lengths",
        "300 rows of 3 to 12 steps. The output flips whenever both bits are 1.",
    ),
)


def example_file(name: str) -> ExampleFile | None:
    """Return the example of this file name, or None."""
    return next((each for each in EXAMPLES if each.file == name), None)
