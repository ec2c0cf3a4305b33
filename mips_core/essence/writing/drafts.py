"""Programs before the choice among them, and which groups their lines compute."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

from mips_core.essence.condensed import Condensed
from mips_core.essence.writing.written import Rewrite
from mips_core.programs.loops import LoopProgram, Statement
from mips_core.syntax import parse_module


@dataclass(frozen=True)
class Draft:
    """A function that is right.

    Parameters
    ----------
    parameters, body : of the function
    form : which form it is, a word
    steps : the rewrites that led to it
    gives : name of a local -> the groups that it holds the values of; the result stands for all groups
    """

    parameters: tuple[str, ...]
    body: tuple[Statement, ...]
    form: str
    steps: tuple[Rewrite, ...] = ()
    gives: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def line_groups(program: LoopProgram, draft: Draft, condensed: Condensed) -> dict[int, tuple[str, ...]]:
    """Return for each line of a program that computes values of groups which groups these are.

    A line that names no group's values but is part of the result belongs to all groups that no other line computes.
    """
    every = tuple(group.name for layer in condensed.layers for group in layer)
    named = {name for names in draft.gives.values() for name in names}
    rest = tuple(name for name in every if name not in named)
    found: dict[int, tuple[str, ...]] = {}
    for node in ast.walk(parse_module(program.source)):
        groups: tuple[str, ...] = ()
        if isinstance(node, ast.Assign):
            targets = [t.id for t in ast.walk(node.targets[0]) if isinstance(t, ast.Name)]
            groups = tuple(name for target in targets for name in draft.gives.get(target, ()))
        elif isinstance(node, ast.If) or _is_result(node):
            groups = rest
        if groups:
            assert isinstance(node, ast.stmt)
            last = node.test.end_lineno if isinstance(node, ast.If) else node.end_lineno
            for line in range(node.lineno, (last or node.lineno) + 1):
                found[line] = groups
    return dict(sorted(found.items()))


def _is_result(node: ast.AST) -> bool:
    """Whether a statement makes the result, or an entry of it."""
    if isinstance(node, ast.Return):
        return not isinstance(node.value, ast.Name)
    call = node.value if isinstance(node, ast.Expr) else None
    return isinstance(call, ast.Call) and not isinstance(call.args[0], ast.Name)
