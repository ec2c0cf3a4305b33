"""Regression: from tables to formulas.

``search`` is the face.  :func:`explain_table` returns the simplest exact formula of a
table of integers; it asks ``linear`` (exact integer combinations), ``boolean`` (truth
tables), ``few_leaves`` (everything of at most six nodes: ``once`` and ``leaf_plan`` list it, ``leaf_pairs`` combines
it on ``spread_rows``, ``one_constant`` and ``short_choices`` solve for constants and conditions; ``inner_constant``
solves for one inside, which ``inner_plan`` places and ``undone`` bounds, ``two_constants`` for two around a column),
``enumerate``
(bottom-up search: ``bank`` holds every value that small expressions take, ``matching`` solves for the last operator,
``choices`` for conditions) and ``thermometer`` (few-valued targets, lists of exceptions).  ``robust`` finds what holds
on nearly all rows, ``cases`` lists of conditions, ``registers``, ``levels`` and ``telling`` the sums, counts, levels
and extremes that fix an output.
``piecewise`` writes functions whose slopes are known with abs, max and min; ``index_law`` finds which places of
the whole sequence an output depends on (``places`` measures them, ``progressions`` and ``floor_line`` fit how they
move).
``two_level`` writes truth tables as or of products with few literals: ``implicants`` finds the products, ``set_cover``
chooses among them (``set_prices`` and ``set_branching`` are its bounds).
:func:`explain_machine` finds a view of a machine in which its tables become formulas: no memory, the last few inputs
(``windows``), the last output (``feedback``), labels that the machine shows (``guesses``) or labels searched together
with the update (``labels``), several numbers with an update each (``parts`` proposes them, ``products`` fits them);
``fit`` writes the formulas and checks the result on every transition, ``sharing`` names repeated terms.
:func:`simplify_lookups` does the same for the tables inside a system.  ``formula`` says which of two formulas
reads better.  Nothing is returned that was not checked on every row.
"""

from mips_core.regression.boolean import find_boolean
from mips_core.regression.enumerate import find_expression
from mips_core.regression.formula import Formula
from mips_core.regression.linear import find_affine, find_linear
from mips_core.regression.method import Method, combined
from mips_core.regression.search import Formulas, explain_machine, explain_table, simplify_lookups
from mips_core.regression.tables import explain_if_function

__all__ = [
    "Formula",
    "Formulas",
    "Method",
    "combined",
    "explain_if_function",
    "explain_machine",
    "explain_table",
    "find_affine",
    "find_boolean",
    "find_expression",
    "find_linear",
    "simplify_lookups",
]
