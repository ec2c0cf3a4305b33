"""What a losslessness certificate says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

EXHAUSTIVE = "exhaustive"
SAMPLED = "algebraic and sampled"


@dataclass(frozen=True)
class LayerCheck:
    """A layer's groups against its neurons.

    Parameters
    ----------
    layer : its name
    checked : inputs, at all sizes together
    mismatches : inputs on which some neuron's output differs, and neurons of which some number differs
    """

    layer: str
    checked: int
    mismatches: int

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {"layer": self.layer, "checked": self.checked, "mismatches": self.mismatches}


@dataclass(frozen=True)
class Losslessness:
    """What was compared and how often it differed.

    Parameters
    ----------
    kind : :data:`EXHAUSTIVE` or :data:`SAMPLED`
    checked : different inputs of the network on which the function was compared with it
    mismatches : those of them on which the two differ
    per_layer : the groups against the neurons
    seed : of the choice of inputs
    first_difference : what differs first, in words; "" when nothing does
    elsewhere : the function against the groups at sizes that were never trained: inputs and mismatches
    """

    kind: str
    checked: int
    mismatches: int
    per_layer: tuple[LayerCheck, ...]
    seed: int
    first_difference: str = ""
    elsewhere: LayerCheck = LayerCheck("output", 0, 0)

    @property
    def lossless(self) -> bool:
        """Whether nothing differs."""
        layers = sum(each.mismatches for each in self.per_layer)
        return self.mismatches + layers + self.elsewhere.mismatches == 0 < self.checked

    @property
    def sentence(self) -> str:
        """The claim as a reader sees it."""
        all_of = f"all {self.checked:,} inputs" if self.kind == EXHAUSTIVE else f"{self.checked:,} inputs"
        how = "" if self.kind == EXHAUSTIVE else f" (taught, random and hard ones; seed {self.seed})"
        if self.lossless:
            return f"Code against network: 0 mismatches in each layer and at the output on {all_of}{how}."
        layers = ", ".join(f"{each.mismatches:,} in the {each.layer} layer" for each in self.per_layer)
        return (
            f"Code against network: differs. {self.mismatches:,} mismatches at the output on {all_of}{how}; {layers}; "
            f"{self.elsewhere.mismatches:,} at other sizes. {self.first_difference}"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "kind": self.kind,
            "checked": self.checked,
            "mismatches": self.mismatches,
            "per_layer": [each.to_dict() for each in self.per_layer],
            "seed": self.seed,
            "first_difference": self.first_difference,
            "other_sizes": {"checked": self.elsewhere.checked, "mismatches": self.elsewhere.mismatches},
        }
