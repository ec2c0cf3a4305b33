"""Writing: from groups with loops to the smallest program that says the same at every size.

:func:`write` is the face.  It makes several programs and keeps the smallest.  The *flat* form (``scalar_groups``,
``scalars``, ``decisions``, ``flat``, with ``whole`` and ``window`` for what the function takes) says a decision as one
formula of few sums; the *grouped* form (``grouped``, ``sides``) uses named identities about loops; the *generic* form
(``generic``, ``generic_output``, ``arrays``, ``thresholds``) writes a list of signs for each group and is always right.
``multiplexer`` and ``clauses`` are two readings of their own.  ``polynomials`` proves bounds at any size, ``phrases``
and ``regions`` spell comparisons and sums.  Nothing is simplified because it held on samples: identities are proved by
going through all values, or are named theorems whose conditions are checked on the groups.
"""

from mips_core.essence.writing.write import write
from mips_core.essence.writing.written import InputValues, Rewrite, Written

__all__ = ["InputValues", "Rewrite", "Written", "write"]
