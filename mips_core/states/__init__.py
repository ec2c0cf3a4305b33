"""Hidden states and what they remember.

``collect_states`` gathers the hidden states of a network over many sequences, at all positions.
The finite-state route tells them apart by their future behaviour alone (:func:`learn_machine`:
query learning with the network as oracle), so that it does not depend on the basis in which the
network happens to store them; :func:`candidate_machines` lists the machines that an imperfect
network may mean.  :func:`label_states` says which machine state each position is in.

The integer route gives hidden states integer coordinates: exactly, by reachability, where the
transition is affine (:func:`integer_coordinates`), else by an integer autoencoder
(:func:`integer_code`).  :func:`normalise` brings the hidden basis into the paper's normal forms.
"""

from mips_core.states.collect import HiddenStates, collect_states
from mips_core.states.coordinates import IntegerCoordinates
from mips_core.machines.learning.hypothesis import Hypothesis, QueryLearning
from mips_core.states.krylov import integer_coordinates
from mips_core.machines.labels import Agreement, agreement, label_states
from mips_core.states.lattice import IntegerCode, integer_code
from mips_core.machines.learning.merging import Conflict
from mips_core.states.normal_forms import NormalForm, normalise
from mips_core.machines.learning.query import learn_machine
from mips_core.machines.learning.voting import candidate_machines

__all__ = [
    "Agreement",
    "Conflict",
    "HiddenStates",
    "Hypothesis",
    "IntegerCode",
    "IntegerCoordinates",
    "NormalForm",
    "QueryLearning",
    "agreement",
    "candidate_machines",
    "collect_states",
    "integer_code",
    "integer_coordinates",
    "label_states",
    "learn_machine",
    "normalise",
]
