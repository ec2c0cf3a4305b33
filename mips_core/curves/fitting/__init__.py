"""Fitting one curve to weighted points: few straight pieces, found fast and exactly.

``checked`` sorts the rows or refuses them; ``bins`` gathers them once, so that all later work is independent of their
number; ``candidates`` says where knots may stand; ``tables`` hold the normal equations of every possible segment, so
that a set of knots is a look-up; ``search`` grows and exchanges knots, with ``shapes`` and ``bounded`` for monotone and
bounded curves; ``placing`` solves for the knots' y; :func:`fit_pwl` (``fit``) is the whole.
"""

from mips_core.curves.fitting.fit import fit_pwl

__all__ = ["fit_pwl"]
