"""Machines: finite Mealy machines as plain integer tables, and integer systems as equations.

Both follow the ``start``/``step`` protocol that networks and programs follow.  A Mealy
machine can be made minimal (:func:`minimise`), compared with another one by behaviour
(:func:`equivalent`, :func:`shortest_difference`) and written as a dictionary or as a
DOT text that other tools read (:func:`to_dict`, :func:`to_dot`).  Networks that are affine from end to end have
exact integer equations (:func:`realise`), with the length up to which they provably agree
(:func:`agreement_length`).  :mod:`mips_core.machines.learning` reads finite machines off networks.
"""

from mips_core.machines.agreement import ProvableAgreement, agreement_length, provable_agreement
from mips_core.machines.compare import distinguishing_suffix, equivalent, same_tables, shortest_difference
from mips_core.machines.dot_machine import read_dot, to_dot
from mips_core.machines.files import from_dict, to_dict
from mips_core.machines.integer_system import IntegerSystem, StateVariable
from mips_core.machines.labels import Agreement, agreement, label_states
from mips_core.machines.mealy import MealyMachine
from mips_core.machines.minimise import Reduction, merged_states, minimise, reduce_machine
from mips_core.machines.realisation import Realisation, realise
from mips_core.machines.refine import equivalence_classes

__all__ = [
    "Agreement",
    "IntegerSystem",
    "MealyMachine",
    "ProvableAgreement",
    "Realisation",
    "Reduction",
    "StateVariable",
    "agreement",
    "agreement_length",
    "distinguishing_suffix",
    "equivalence_classes",
    "equivalent",
    "from_dict",
    "label_states",
    "merged_states",
    "minimise",
    "provable_agreement",
    "read_dot",
    "realise",
    "reduce_machine",
    "same_tables",
    "shortest_difference",
    "to_dict",
    "to_dot",
]
