"""Query learning: the finite machine of a network, from its answers alone.

States are told apart by their future behaviour, never by where the hidden states lie, so
the result does not depend on the basis in which a network happens to store them.
``query`` is the loop of L* with hidden states as resumption points, ``oracle`` asks the
network in batches, ``table`` holds the observations, ``words`` the words that are tried,
``beyond`` goes on from known hidden states where words from the start do not reach,
``hypothesis`` what comes out, ``merging`` explains why states could not be merged;
``cutting`` shortens a counterexample to one suffix; ``voting`` finds the machine that an imperfect network mostly
follows; ``taught`` is the loop with a teacher who knows the machine.
"""

from mips_core.machines.learning.hypothesis import Hypothesis, QueryLearning
from mips_core.machines.learning.merging import Conflict
from mips_core.machines.learning.query import learn_machine
from mips_core.machines.learning.taught import Taught, Teacher, learn_from_teacher
from mips_core.machines.learning.voting import candidate_machines

__all__ = [
    "Conflict",
    "Hypothesis",
    "QueryLearning",
    "Taught",
    "Teacher",
    "candidate_machines",
    "learn_from_teacher",
    "learn_machine",
]
