"""What training gives: networks worth extracting from, and how good they are."""

from __future__ import annotations

from dataclasses import dataclass

from mips_core.networks.attempts import Point
from mips_core.networks.mlp import MlpNetwork
from mips_core.progress import StageResult


@dataclass(frozen=True, eq=False)
class Trained:
    """A network and how good it is.

    Parameters
    ----------
    network : with its card
    accuracy : share of held-out sequences, in [0, 1], on which every output is right
    longer : the same at five times the length; None for a data file
    clean : whether it was searched for words of the trained length on which it is wrong, and none is known
    rung : name of the architecture
    seconds : time since training began
    """

    network: MlpNetwork
    accuracy: float
    longer: float | None
    clean: bool
    rung: str
    seconds: float

    @property
    def key(self) -> tuple[float, bool, float]:
        """Larger is better: random sequences, then what was searched for, then longer sequences."""
        return self.accuracy, self.clean, self.longer if self.longer is not None else 0.0


@dataclass(frozen=True, eq=False)
class Training:
    """What training gave.

    Parameters
    ----------
    network : the best network, with its card
    accuracy : share of held-out sequences, in [0, 1], on which every output is right
    longer : the same at five times the length; None for a data file
    history : what each look at each rung showed
    rungs : one row per rung: tried, failed or skipped, and why
    seconds : time that training took
    candidates : everything that was worth a look, in the order in which it came
    """

    network: MlpNetwork
    accuracy: float
    longer: float | None
    history: tuple[Point, ...]
    rungs: tuple[StageResult, ...]
    seconds: float
    candidates: tuple[Trained, ...]
