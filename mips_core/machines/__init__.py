"""Machines: finite Mealy machines as plain integer tables, and integer systems as equations.

Both follow the ``start``/``step`` protocol that networks and programs follow.  A Mealy
machine can be made minimal (:func:`minimise`), compared with another one by behaviour
(:func:`equivalent`, :func:`shortest_difference`) and written as a dictionary or as a
drawing (:func:`to_dict`, :func:`to_dot`).
"""

from mips_core.machines.integer_system import IntegerSystem, StateVariable
from mips_core.machines.mealy import MealyMachine

__all__ = ["IntegerSystem", "MealyMachine", "StateVariable"]
