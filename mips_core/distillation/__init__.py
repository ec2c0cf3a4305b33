"""Distillation: from a task, a network or data to a program and a report.

``source`` turns what the user named into a :class:`Subject`; ``routes`` lists the
ways from a network to a program, cheapest first; each ``*_route`` module is one way;
``candidate`` judges their programs on probe words; ``pipeline`` puts training,
routes and verification together.  Nothing here knows a task by its name.
"""

from mips_core.distillation.pipeline import distill, verify
from mips_core.distillation.subject import Subject, Truth

__all__ = ["Subject", "Truth", "distill", "verify"]
