"""Training of a network that rounds its hidden state to a grid, on words on which it was found wrong.

The rounding is passed straight through by the gradient (Bengio, Leonard & Courville 2013), half of the sequences carry
noise of up to half a cell, so that values move away from the boundaries of the grid, and only outputs that are nearly
or truly wrong cost anything: what is right already is left alone.  A penalty on how far small changes of the hidden
state are carried along makes the network forget what no output depends on; its reachable states then become few.
Once the network tells apart what it must, single steps between chosen grid states are trained as well: each is to end
within a quarter of a cell of where it should, from anywhere in the cell where it begins.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from mips_core.networks.cells import CellNetwork
from mips_core.networks.encoding import Argmax
from mips_core.networks.fitting import one_thread
from mips_core.networks.grid_steps import Steps
from mips_core.networks.mlp import MlpNetwork
from mips_core.networks.torch_step import TorchStep
from mips_core.stepping import IntArray

_PAIRS = 512
"""Single steps in each batch."""


@dataclass(frozen=True)
class GridOptions:
    """How one round of training goes.

    Parameters
    ----------
    steps, batch : optimiser steps, sequences in each batch
    rate : of Adam
    tolerance : an output counts as right without cost when it is this near, in integers; for scores of integers of
        which the highest wins, their distance must be at least twice the rest up to one half
    calm : weight of the penalty on how far small changes of the hidden state are carried along
    nudge : size of these changes, in cells
    settling : optimiser steps of a round on single steps
    """

    steps: int = 60
    batch: int = 128
    rate: float = 1e-3
    tolerance: float = 0.2
    calm: float = 0.3
    nudge: float = 1.0
    settling: int = 300


class GridTrainer:
    """A network in training; its weights and the optimiser's memory stay from round to round.

    Parameters
    ----------
    network : one with a state grid
    symbols : input symbols, int64 (X, D_in)
    seed : of batches and noise
    """

    def __init__(
        self, network: MlpNetwork | CellNetwork, symbols: IntArray, *, seed: int, options: GridOptions
    ) -> None:
        assert network.state_grid is not None, "a network with a state grid is needed"
        self.network, self.options = network, options
        self.cell = 2.0**-network.state_grid
        self.generator = torch.Generator().manual_seed(seed)
        self.step = TorchStep(network, symbols)
        self.adam = torch.optim.Adam(self.step.parameters, lr=options.rate)

    def train(self, which: IntArray, outputs: IntArray, *, rate: float = 1.0) -> MlpNetwork | CellNetwork:
        """Train one round on sequences and return the network.

        Parameters
        ----------
        which : positions of the input symbols, int64 (N, T)
        outputs : right outputs, int64 (N, T, D_out)
        rate : share of the options' rate
        """
        x, y = torch.from_numpy(which), torch.from_numpy(outputs)

        def loss() -> Tensor:
            rows = torch.randint(len(x), (self.options.batch,), generator=self.generator)
            return self._loss(x[rows].T, y[rows].transpose(0, 1))

        return self._steps(loss, self.options.steps, rate)

    def settle(self, steps: Steps, *, rate: float = 1.0) -> MlpNetwork | CellNetwork:
        """Train one round on single steps and return the network."""
        old, wanted = (torch.tensor(a, dtype=torch.float32) for a in (steps.before, steps.after))
        which, y = torch.from_numpy(steps.which), torch.from_numpy(steps.outputs)

        def loss() -> Tensor:
            rows = torch.randint(len(old), (_PAIRS,), generator=self.generator)
            shape, target = (_PAIRS, old.shape[1]), wanted[rows]
            noise = self.cell * (torch.rand((2, *shape), generator=self.generator) - 0.5)
            free = self.step.advance(self.step.entering(which[rows]), old[rows] + noise[0])
            away = torch.relu((free - target).abs() / self.cell - 0.25)
            return away.square().sum(dim=1).mean() + self._penalty(self.step.read(target + noise[1]), y[rows])

        return self._steps(loss, self.options.settling, rate)

    def _steps(self, loss: Callable[[], Tensor], count: int, rate: float) -> MlpNetwork | CellNetwork:
        for parameters in self.adam.param_groups:
            parameters["lr"] = rate * self.options.rate
        with one_thread():
            for _ in range(count):
                self.adam.zero_grad()
                loss().backward()
                torch.nn.utils.clip_grad_norm_(self.step.parameters, 1.0)
                self.adam.step()
        return self.step.export()

    def _loss(self, x: Tensor, y: Tensor) -> Tensor:
        """Return the mean cost of a step: x (T, N), y (T, N, D_out)."""
        entering = self.step.entering(x)  # (T, N, rows)
        noise = self.cell * (torch.rand((*x.shape, self.network.state_size), generator=self.generator) - 0.5)
        noise[:, ::2] = 0.0
        state, before, free = self.step.start.repeat(x.shape[1], 1), [], []
        for t in range(len(x)):
            before.append(state)
            free.append(self.step.advance(entering[t], state))
            noisy = free[-1] + noise[t]
            state = noisy + (torch.round(noisy.detach() / self.cell) * self.cell - noisy.detach())
        after = torch.cat([*before[1:], state])
        loss = self._penalty(self.step.read(after), y.reshape(-1, y.shape[2]))
        old, new = torch.cat(before).detach(), torch.cat(free)
        if self.options.calm:
            nudge = torch.randn(old.shape, generator=self.generator) * self.options.nudge * self.cell
            moved = self.step.advance(entering.reshape(len(old), -1), old + nudge)
            carried = (moved - new).square().sum(dim=1) / nudge.square().sum(dim=1)
            loss = loss + self.options.calm * carried.mean()
        return loss

    def _penalty(self, scores: Tensor, y: Tensor) -> Tensor:
        """Return what outputs that are not right by a safe distance cost."""
        decoding = self.network.decoding
        if not isinstance(decoding, Argmax):
            return torch.relu((scores - y).abs() - self.options.tolerance).square().sum(dim=1).mean()
        wanted, place, total = 2 * (0.5 - self.options.tolerance), 0, torch.zeros(())
        for column, integers in enumerate(decoding.ranges):
            block = scores[:, place : place + len(integers)]
            index = (y[:, column : column + 1] - integers.low).clamp(0, len(integers) - 1)
            right = block.gather(1, index)
            short = torch.relu(block - right + wanted).scatter(1, index, 0.0)
            total = total + short.square().sum(dim=1).mean()
            place += len(integers)
        return total
