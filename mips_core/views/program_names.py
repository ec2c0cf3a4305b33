"""A program's text as a page shows it: under other names, or without what is claimed of it."""

from __future__ import annotations

from dataclasses import replace

from mips_core.programs.program import Program
from mips_core.programs.roles import with_plain_names


def plain_program(program: Program) -> Program:
    """Return the program with names that say nothing: s0, s1, ... for what is remembered."""
    return replace(program, system=with_plain_names(program.system))


def without_claims(program: Program) -> str:
    """Return the text of a program without its comment line and docstring.

    >>> from mips_core.expressions import Variable
    >>> from mips_core.machines.integer_system import IntegerSystem
    >>> from mips_core.regression.method import Method
    >>> whole = Program(IntegerSystem(("x",), (), (Variable("x"),)), Method.LINEAR, "Copies.", claim="Proved.")
    >>> without_claims(whole).splitlines()[0]
    'def f(xs):'
    """
    return replace(program, claim="").source.partition("\n")[2].rstrip("\n")
