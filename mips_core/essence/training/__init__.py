"""Training an essence network: no gradients, no randomness, and the order of the samples does not matter.

The story in order:

1. ``points``: the samples of one decision become distinct labelled points; inputs that say nothing drop out, and
   interchangeable ones are replaced by their sum.
2. ``partition``: each class is cut into *subconcepts* so that every two of different classes are linearly separable
   (``separability`` decides by linear programming), as few as possible: ``exact`` for few points, ``greedy`` with
   ``merging`` for many, ``pieces`` where samples share no inputs.  ``splits`` tells how it came to them, ``chance``
   refuses labels without a rule.  ``decisions`` does it for each label column.
3. ``margin`` finds the *differentia* between two subconcepts, the hyperplane of greatest margin, in integers;
   ``nearest`` is the algorithm, and ``snapping`` proves smaller integers right where it uses them.
4. ``layers`` and ``candidates`` stack differentiae, subconcept neurons and concept neurons into networks;
   ``sizes`` pairs those of several sizes.

Labels that are probabilities go through ``evidence`` instead.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mips_core.errors import BadInputError, NoRegularStructureError
from mips_core.essence.data import Samples
from mips_core.essence.network import EssenceNetwork
from mips_core.essence.training.candidates import Candidate, candidates
from mips_core.essence.training.decisions import decisions
from mips_core.essence.training.evidence import evidence_network
from mips_core.essence.training.partition import Partition
from mips_core.essence.training.points import distinct, integer_inputs
from mips_core.essence.training.sizes import ways
from mips_core.essence.training.splits import Split
from mips_core.progress import Monitor
from mips_core.wording import shape_text

__all__ = ["Candidate", "Partition", "Split", "train", "train_candidates", "train_sizes"]


def train(samples: Samples, *, monitor: Monitor | None = None) -> tuple[EssenceNetwork, ...]:
    """Return networks that are right on every sample, the most promising first.

    Parameters
    ----------
    samples : inputs of one size with their labels
    monitor : told what goes on, asked whether to stop

    Raises
    ------
    BadInputError : where one input has two labels, or values cannot be used
    NoRegularStructureError : where the labels follow no rule that is much shorter than the data
    """
    return tuple(each.network for each in train_candidates(samples, monitor=monitor))


def train_candidates(samples: Samples, *, monitor: Monitor | None = None) -> tuple[Candidate, ...]:
    """Return the same networks as :func:`train`, each with the story of its subconcepts."""
    return tuple(candidate for (candidate,) in train_sizes([samples], monitor=monitor))


def train_sizes(sizes: Sequence[Samples], *, monitor: Monitor | None = None) -> tuple[tuple[Candidate, ...], ...]:
    """Return for each way of training the networks of all sizes, with numbers that can be compared between sizes.

    Parameters
    ----------
    sizes : samples of one size each; at least one
    monitor : told what goes on, asked whether to stop

    Returns
    -------
    for each way, most promising first, one candidate of each size

    Raises
    ------
    BadInputError, NoRegularStructureError : as :func:`train`, for any of the sizes
    """
    watch = monitor or Monitor()
    found: list[list[Candidate]] = []
    for number, samples in enumerate(sizes):
        size = shape_text(samples.input_shape)
        watch.report("train", f"Training at size {size}.", number / len(sizes))
        try:
            found.append(_of_one_size(samples, watch))
        except NoRegularStructureError as error:
            tried = tuple(f"training at size {size}, {each}" for each in error.tried or (str(error),))
            raise NoRegularStructureError(f"There is no regular structure in the data. {error}", tried) from None
    return tuple(ways(found))


def _of_one_size(samples: Samples, monitor: Monitor) -> list[Candidate]:
    if not len(samples.x) or len(samples.x) != len(samples.y):
        raise BadInputError(
            f"There are {len(samples.x)} inputs and {len(samples.y)} labels: there must be as many, and at least one."
        )
    x, units = integer_inputs(samples.x)
    if samples.is_soft:
        if samples.y.ndim != 2:
            raise BadInputError("Labels that are probabilities must have one column for each outcome.")
        rows, targets, members = distinct(x, samples.y.astype(np.float64))
        network = evidence_network(rows, targets, members, samples.input_shape, units, monitor)
        return [Candidate(network, "evidence", (), (), 0.0)]
    rows, targets, members = distinct(x, np.asarray(samples.y).astype(np.int64))
    several = targets.ndim == 2
    found = decisions(rows, targets if several else targets[:, None], monitor)
    return candidates(found, members, samples.input_shape, units, several, monitor)
