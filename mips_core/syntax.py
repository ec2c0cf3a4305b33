"""Python text as a syntax tree, in a program of several threads.

CPython counts the depth of a tree that it hands out in one place for all threads (3.11 and 3.12; python/cpython issue
106905): two threads that parse at once can end in ``SystemError: AST constructor recursion depth mismatch``.  Twenty
viewers of the explorer did.  So we parse one text at a time.
"""

from __future__ import annotations

import ast
import threading

_ONE_AT_A_TIME = threading.Lock()


def parse_module(text: str) -> ast.Module:
    """Return the tree of a module; raises what :func:`ast.parse` raises."""
    with _ONE_AT_A_TIME:
        return ast.parse(text)


def parse_formula(text: str) -> ast.Expression:
    """Return the tree of one expression; raises what :func:`ast.parse` raises."""
    with _ONE_AT_A_TIME:
        return ast.parse(text, mode="eval")
