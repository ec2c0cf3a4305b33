"""Feed-forward programs with loops: a function of lists, as a person would write it.

A :class:`LoopProgram` is made of ``statements``; ``flags`` finds the names whose values are truth values, ``emit``
writes the module and ``layout`` breaks its long lines as black does, ``parse`` reads the text back.
"""

from mips_core.programs.loops.program import LoopProgram
from mips_core.programs.loops.statements import Append, Assign, For, If, Return, Statement

__all__ = ["Append", "Assign", "For", "If", "LoopProgram", "Return", "Statement"]
