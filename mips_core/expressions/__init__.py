"""Expressions: the one tree in which every formula of the product is written.

Machines, regression and programs all speak in these trees.  ``nodes`` defines
them, ``history`` those over all inputs so far, ``operators`` lists what may stand in them (one entry per operator),
``evaluate`` computes them on NumPy columns, ``python`` writes them as Python
and ``parse`` reads that text back, ``sympy`` renders them as mathematics.  ``loops`` adds what programs with loops
are made of: lists, their elements, sums and lists over loops; ``surface`` says how these are spelt, ``parse_loops``
reads them back, ``evaluate_loops`` computes them on Python values.
"""

from mips_core.expressions.evaluate import evaluate
from mips_core.expressions.history import Counter, Element, Fold, Length
from mips_core.expressions.nodes import Apply, Constant, Expression, Lookup, Table, Variable, apply
from mips_core.expressions.operators import OPERATORS, Operator
from mips_core.expressions.parse import parse_expression
from mips_core.expressions.python import to_python, to_python_int
from mips_core.expressions.sympy import to_latex, to_sympy

__all__ = [
    "OPERATORS",
    "Apply",
    "Constant",
    "Counter",
    "Element",
    "Expression",
    "Fold",
    "Length",
    "Lookup",
    "Operator",
    "Table",
    "Variable",
    "apply",
    "evaluate",
    "parse_expression",
    "to_latex",
    "to_python",
    "to_python_int",
    "to_sympy",
]
