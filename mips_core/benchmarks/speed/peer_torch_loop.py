"""The loop that a researcher writes to train the paper's network: plain PyTorch, one network at a time.

Everything is as the paper has it (Michaud et al. 2024, section 3.1 and its appendix on training; the numbers stand in
the settings that the authors keep beside each of their networks, repository ``ejmichaud/neural-verification``): hidden
state and output by an MLP each, plain integers in and out, the loss 0.5 log(1 + error^2), AdamW at a rate of 1e-3
without weight decay, batches of 4,096 sequences out of 900,000, a test every 100 steps, 10,000 or 20,000 steps before
the next starting point.  The sizes are those that the authors' search over 75 million architectures ended with: the
loop is handed what that search found and pays nothing for it.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from mips_core.stepping import IntArray

RATE = 1e-3
BATCH = 4_096
TRAINING_SEQUENCES = 900_000
TEST_SEQUENCES = 65_536
TEST_EVERY = 100


@dataclass(frozen=True)
class Architecture:
    """Sizes of one network, and how long it is trained.

    Parameters
    ----------
    hidden : size of the hidden state
    widths : widths of the inner layers of the hidden state's MLP; none means that it is affine.  The readouts of all
        twelve networks are affine
    steps : optimiser steps of one starting point
    """

    hidden: int
    widths: tuple[int, ...] = ()
    steps: int = 10_000


ARCHITECTURES = {
    "Base_5_Addition": Architecture(2, (5,), 20_000),
    "Bitwise_And": Architecture(1),
    "Parity_All": Architecture(1, (2,)),
    "Sum_Last3": Architecture(3),
    "Current_Number": Architecture(1),
    "Prev5": Architecture(6),
    "Diff_Abs_Values": Architecture(2, (4,)),
    "Majority_0_3": Architecture(21, (132, 132), 20_000),
    "Parity_Bits_Mod2": Architecture(1, (), 20_000),
    "Div_3": Architecture(2, (59,)),
    "Add_Mod_5": Architecture(3, (43,)),
    "Newton_Freebody": Architecture(2),
}
"""What the authors' search found for each task."""


class RecurrentMlp(nn.Module):
    """h' = F([h, x]) from h = 0, y = G(h'); ReLU between layers and nothing after the last one."""

    def __init__(self, architecture: Architecture, inputs: int, outputs: int) -> None:
        super().__init__()
        self.hidden = architecture.hidden
        sizes = (self.hidden + inputs, *architecture.widths, self.hidden)
        layers: list[nn.Module] = []
        for size_in, size_out in itertools.pairwise(sizes):
            layers += [nn.Linear(size_in, size_out), nn.ReLU()]
        self.transition = nn.Sequential(*layers[:-1])
        self.readout = nn.Linear(self.hidden, outputs)

    def forward(self, x: Tensor) -> Tensor:
        """Return the outputs (N, T, D_out) of inputs (N, T, D_in)."""
        state = x.new_zeros(len(x), self.hidden)
        states = []
        for t in range(x.shape[1]):
            state = self.transition(torch.cat([state, x[:, t]], dim=1))
            states.append(state)
        scores: Tensor = self.readout(torch.stack(states, dim=1))
        return scores

    @torch.no_grad()
    def integers(self, x: Tensor) -> Tensor:
        """Return the outputs rounded to integers, int64 (N, T, D_out)."""
        return torch.round(self(x)).long()


@dataclass(frozen=True, eq=False)
class Data:
    """Sequences as the loop takes them: inputs float32 (N, T, D_in), outputs float32 (N, T, D_out)."""

    x: Tensor
    y: Tensor

    @staticmethod
    def of(x: IntArray, y: IntArray) -> Data:
        """Take over integers."""
        return Data(torch.from_numpy(x).float(), torch.from_numpy(y).float())

    def __len__(self) -> int:
        return len(self.x)


@dataclass(frozen=True, eq=False)
class Result:
    """The network that is right on all test sequences, the steps that it took, and how many starting points."""

    network: RecurrentMlp
    steps: int
    starts: int


def train_loop(architecture: Architecture, data: Data, tests: tuple[Data, ...], *, seed: int) -> Result:
    """Train one network after the other until one is right on every test sequence; this may take for ever.

    Parameters
    ----------
    tests : sets of sequences; each is looked at only where the ones before it are right
    seed : of the first starting point; the next has the next seed
    """
    for start in itertools.count():
        torch.manual_seed(seed + start)
        network = RecurrentMlp(architecture, data.x.shape[2], data.y.shape[2])
        optimiser = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=0.0)
        for step in range(1, architecture.steps + 1):
            rows = torch.randint(len(data), (BATCH,))
            loss = _log_loss(network(data.x[rows]), data.y[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            if step % TEST_EVERY == 0 and all(_all_right(network, test) for test in tests):
                return Result(network, step, start + 1)
    raise AssertionError("counting never ends")


def _log_loss(found: Tensor, wanted: Tensor) -> Tensor:
    return 0.5 * torch.log1p((found - wanted).square()).mean()


def _all_right(network: RecurrentMlp, test: Data) -> bool:
    return bool((network.integers(test.x) == test.y).all())
