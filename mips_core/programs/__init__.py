"""Programs: the plain Python that every route ends in.

A :class:`Program` holds the equations of one step and writes them as a module
(``naming`` and ``order`` decide on names and on the order of lines, ``emit`` writes,
``docstring`` what was checked, ``parse`` reads the text back, ``classify`` tells formulas from tables).
``readable`` brings equations into the form that a person would choose: ``idioms`` simplifies formulas within the
``ranges`` of their variables, ``roles`` names what is remembered.  ``table``
makes the exact table program of a machine.  ``lines`` says which line of the text computes what, ``mutations`` makes
small changes for people to try.  ``sandbox`` runs programs that anybody may have written, in a process of their own
(``subset``, ``sandbox_child`` and ``tracing`` are what that process knows).

``loops`` holds the other kind of program: a function of whole lists, with loops, that nothing is remembered between
calls of.  ``function_run`` calls such functions in the sandbox and follows their lines.
"""

from mips_core.programs.classify import is_table
from mips_core.programs.emit import emit
from mips_core.programs.parse import parse_program
from mips_core.programs.program import Program
from mips_core.programs.sandbox import ProgramRun, run_program
from mips_core.programs.table import table_program

__all__ = ["Program", "ProgramRun", "emit", "is_table", "parse_program", "run_program", "table_program"]
