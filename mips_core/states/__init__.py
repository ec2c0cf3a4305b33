"""Hidden states and what they remember.

``collect_states`` gathers the hidden states of a network over many sequences, at all positions.
The finite-state route tells them apart by their future behaviour alone (:func:`learn_machine`:
query learning with the network as oracle), so that it does not depend on the basis in which the
network happens to store them; :func:`candidate_machines` lists the machines that an imperfect
network may mean.  :func:`label_states` says which machine state each position is in.
"""

from mips_core.states.collect import HiddenStates, collect_states
from mips_core.states.hypothesis import Hypothesis, QueryLearning
from mips_core.states.labels import Agreement, agreement, label_states
from mips_core.states.merging import Conflict
from mips_core.states.query import learn_machine
from mips_core.states.voting import candidate_machines

__all__ = [
    "Agreement",
    "Conflict",
    "HiddenStates",
    "Hypothesis",
    "QueryLearning",
    "agreement",
    "candidate_machines",
    "collect_states",
    "label_states",
    "learn_machine",
]
