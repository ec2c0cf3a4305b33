"""What training gives: networks worth extracting from, and how good they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from mips_core.networks.annealing import Finished
from mips_core.networks.attempts import Point
from mips_core.networks.correcting import Corrected
from mips_core.networks.examples import sequence_accuracy
from mips_core.networks.fitting import Material
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


def exported(
    material: Material, finished: Finished, corrected: Corrected | None, *, seed: int, notes: Mapping[str, Any]
) -> tuple[MlpNetwork, float, float | None]:
    """Return a finished member as a network whose card says how it came about and how good it is.

    Parameters
    ----------
    corrected : what searching for counterexamples made of ``finished``, or None without a search
    seed : of the run
    notes : what else the card is to say

    Returns
    -------
    the network, its accuracy, and its accuracy at several times the length or None
    """
    rung, examples = material.rung, material.examples
    finished = finished if corrected is None else corrected.finished
    facts: dict[str, Any] = {
        "rung": rung.name,
        "transition_widths": list(rung.transition_widths),
        "readout_widths": list(rung.readout_widths),
        "one_hot": rung.one_hot,
        "steps": finished.steps,
        "members": rung.members,
        "batch": rung.batch,
        "counterexamples": None if corrected is None else corrected.facts,
        **notes,
    }
    network = material.export(finished.ensemble, 0, seed=seed, notes=facts)
    accuracy = sequence_accuracy(network, examples.final)
    far = examples.final_longer
    longer = None if far is None else sequence_accuracy(network, far)
    training = {**network.card.training, "accuracy_longer": longer}
    return replace(network, card=replace(network.card, accuracy=accuracy, training=training)), accuracy, longer
