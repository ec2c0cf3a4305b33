"""Finite machines from recorded sequences and the network that learned them.

``prefix_tree`` holds what was recorded; ``red_blue`` merges its nodes into states, ``folding`` tells whether recorded
evidence allows a merge, and ``answers`` what the network says of it; ``refitting`` corrects the machine where
recordings contradict it; ``restarts`` looks for the smallest machine where the recordings do not contradict themselves;
``learn`` puts them together and marks transitions that nothing was recorded of.
"""

from mips_core.machines.traces.learn import Learned, answered, learn_from_traces
from mips_core.machines.traces.tables import Recordings, Tables

__all__ = ["Learned", "Recordings", "Tables", "answered", "learn_from_traces"]
