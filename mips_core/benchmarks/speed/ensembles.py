"""Many networks of one architecture at once: ours, on a GPU where there is one, against one network after the other.

All sides train as many networks of the same sizes, on the same sequences, for as many steps with batches of the same
size.  Where there is a GPU ours uses it, and ours on the processor is one of the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from mips_core.benchmarks.speed.comparison import Comparison, compare
from mips_core.benchmarks.speed.contestant import OURS, Contestant, Judgement
from mips_core.progress import Monitor
from mips_core.tasks import get

SECTION = "ensembles"
TASK = "Div_3"
NETWORKS, STEPS = 1_024, 25
HIDDEN, WIDTH, BATCH = 16, 96, 32
"""The sizes of the architecture that comes first for inputs with few values."""

CAP = 300.0
ON_GPU, ON_PROCESSOR, ONE_BY_ONE = "ours on a GPU", "ours on the processor", "plain PyTorch, one by one"

_QUICK_NETWORKS, _QUICK_STEPS = 16, 5


@dataclass(frozen=True)
class Together:
    """Ours, as ``mips train --networks N`` trains them."""

    networks: int
    steps: int
    seed: int
    device: str
    name: str = OURS

    def prepare(self) -> Any:
        """Draw the sequences and wake up the device."""
        import torch

        from mips_core.networks.devices import choose_device
        from mips_core.networks.together import Growing

        torch.set_num_threads(1)
        device = choose_device(self.device)
        growing = Growing(_material(self.seed), self.seed, device, Monitor(), steps=self.steps)
        growing.step(growing.begin(0, 1), 1)
        return growing

    def run(self, prepared: Any) -> Any:
        """Return one loss for each network, after its last step."""
        from mips_core.networks.together import together

        size, losses = together(prepared.shape, prepared.material, prepared.device), []
        for first in range(0, self.networks, size):
            group = prepared.begin(first, min(size, self.networks - first))
            for number in range(1, self.steps + 1):
                last = prepared.step(group, number)
            losses.append(last.cpu().numpy())
        return np.concatenate(losses)

    def judge(self, prepared: Any, output: Any) -> Judgement:
        """All networks learnt something."""
        return _judged(self.networks, self.steps, output)


@dataclass(frozen=True)
class OneByOne:
    """A loop over networks around the loop over steps, with modules and the optimiser of PyTorch."""

    networks: int
    steps: int
    seed: int
    name: str = ONE_BY_ONE

    def prepare(self) -> Any:
        """Draw the same sequences, encode them once, and have PyTorch import what its optimiser wants."""
        import torch

        from mips_core.benchmarks.speed.peer_torch_loop import RecurrentMlp

        torch.set_num_threads(1)
        material = _material(self.seed)
        x = material.encode(material.learn.x, torch.float32)
        y = material.learn.y.float()
        torch.optim.Adam(RecurrentMlp(_architecture(), x.shape[2], y.shape[2]).parameters())
        return x, (y - y.mean()) / y.std()

    def run(self, prepared: Any) -> Any:
        """Return one loss for each network, after its last step."""
        import torch

        from mips_core.benchmarks.speed.peer_torch_loop import RecurrentMlp

        x, y = prepared
        torch.manual_seed(self.seed)
        losses = np.zeros(self.networks)
        for index in range(self.networks):
            network = RecurrentMlp(_architecture(), x.shape[2], y.shape[2])
            optimiser = torch.optim.Adam(network.parameters(), lr=1e-2)
            for _ in range(self.steps):
                rows = torch.randint(len(x), (BATCH,))
                loss = (network(x[rows]) - y[rows]).square().mean()
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
            losses[index] = float(loss.detach())
        return losses

    def judge(self, prepared: Any, output: Any) -> Judgement:
        """All networks learnt something."""
        return _judged(self.networks, self.steps, output)


def _architecture() -> Any:
    from mips_core.benchmarks.speed.peer_torch_loop import Architecture

    return Architecture(HIDDEN, (WIDTH,))


def _material(seed: int) -> Any:
    from mips_core.networks.examples import gather
    from mips_core.networks.fitting import Material
    from mips_core.networks.ladder import Rung

    rung = Rung("many", HIDDEN, (WIDTH,), one_hot=True, batch=BATCH)
    return Material(gather(get(TASK), seed=seed), rung)


def _judged(networks: int, steps: int, losses: Any) -> Judgement:
    """A network that answers the mean whatever it sees has a loss of 1."""
    learning = float(np.median(losses)) if len(losses) == networks else float("nan")
    fine = bool(learning < 1.0)
    facts = {"networks": networks, "steps of each": steps, "median loss": round(learning, 4)}
    return Judgement(fine, facts, "" if fine else f"the median loss of {len(losses):,} networks is {learning:.3g}")


def compare_all(*, quick: bool, seed: int, monitor: Monitor) -> Iterator[Comparison]:
    """Measure one architecture; ``quick`` takes few networks."""
    import torch

    from mips_core.networks.devices import NO_CUDA

    networks, steps = (_QUICK_NETWORKS, _QUICK_STEPS) if quick else (NETWORKS, STEPS)
    contestants: list[Contestant] = [Together(networks, steps, seed, "auto"), OneByOne(networks, steps, seed)]
    absent = {ON_GPU: f"{NO_CUDA}: ours is on the processor"}
    if torch.cuda.is_available():
        contestants.append(Together(networks, steps, seed, "cpu", ON_PROCESSOR))
        absent = {}
    case = f"{networks:,} networks of {TASK}, {steps} steps each"
    yield compare(SECTION, case, contestants, cap=CAP, monitor=monitor, absent=absent, repeats=1 if quick else 3)
