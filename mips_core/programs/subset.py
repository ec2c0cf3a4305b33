"""The subset of Python that a program from anywhere may use.

An explicit list of syntax, built-in functions and method names; whatever is not on
it is refused, with its line.  There is no way from here to a module, a file or the
interpreter's own objects: no imports, no attributes beyond a few method names, no
names that begin with two underscores.

This module imports the standard library only: the sandbox's child process loads it
by its path (:mod:`mips_core.programs.sandbox_child`), so that a stranger's text is
not even parsed in our own process.
"""

from __future__ import annotations

import ast
import builtins
import math

LONGEST_SOURCE = 1_000_000
"""Most characters of a program; the exact table of 100 states and 100 symbols has a third of that."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


FUNCTIONS = _words(
    "abs all any bin bool chr dict divmod enumerate filter float frozenset hex int isinstance iter len list map max "
    "min next oct ord pow print range repr reversed round set slice sorted str sum tuple zip"
)
ERRORS = _words(
    "ArithmeticError AssertionError Exception IndexError KeyError LookupError OverflowError RecursionError "
    "RuntimeError StopIteration TypeError ValueError ZeroDivisionError"
)
METHODS = _words(
    "add append bit_count bit_length clear copy count difference discard endswith extend find get index insert "
    "intersection isalpha isdigit isdisjoint issubset issuperset items join keys lower lstrip pop popitem remove "
    "replace reverse rstrip setdefault sort split startswith strip symmetric_difference union update upper values "
    "zfill"
)
MATHEMATICS = frozenset(name for name in dir(math) if not name.startswith("_"))

_NODES: tuple[type[ast.AST], ...] = (
    ast.Module, ast.FunctionDef, ast.Lambda, ast.arguments, ast.arg, ast.keyword, ast.Return, ast.Expr, ast.Pass,
    ast.Assign, ast.AugAssign, ast.AnnAssign, ast.NamedExpr, ast.Delete, ast.Nonlocal,
    ast.If, ast.For, ast.While, ast.Break, ast.Continue, ast.Assert, ast.Raise, ast.Try, ast.ExceptHandler,
    ast.Match, ast.match_case, ast.MatchValue, ast.MatchSingleton, ast.MatchSequence, ast.MatchMapping, ast.MatchStar,
    ast.MatchAs, ast.MatchOr,
    ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Call, ast.Starred, ast.Attribute, ast.Subscript,
    ast.Slice, ast.Name, ast.Constant, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.JoinedStr, ast.FormattedValue,
    ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.comprehension, ast.Yield, ast.YieldFrom,
    ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop,
)  # fmt: skip
_WORDS = {
    ast.Import: "an import", ast.ImportFrom: "an import", ast.ClassDef: "a class", ast.Global: "a global statement",
    ast.With: "a with statement", ast.AsyncFunctionDef: "an async function", ast.Await: "await",
    ast.MatchClass: "a class pattern", ast.TryStar: "an except* statement",
}  # fmt: skip


class Refusal(Exception):
    """A program leaves the subset: ``what`` was found, on ``line`` at ``column``, both from 1; None where unknown."""

    def __init__(self, what: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(what if line is None else f"line {line}: {what}")
        self.what = what
        self.line = line
        self.column = column


def checked(source: str, *, allow_math: bool = False) -> ast.Module:
    """Parse ``source`` and return its tree when all of it lies in the subset.

    Parameters
    ----------
    allow_math : also accept the one statement ``import math`` at the top level

    Raises
    ------
    Refusal
        with the first thing that is not allowed.
    """
    if len(source) > LONGEST_SOURCE:
        raise Refusal(f"the program has {len(source):,} characters; at most {LONGEST_SOURCE:,} are read")
    try:
        tree = ast.parse(source)
        nodes = list(ast.walk(tree))
    except SyntaxError as error:
        raise Refusal(f"not valid Python ({error.msg})", error.lineno, error.offset or None) from None
    except (RecursionError, MemoryError):
        raise Refusal("the program is nested too deeply to be read") from None
    except ValueError as error:  # null bytes, lone surrogates
        raise Refusal(f"not valid Python ({error})") from None
    has_math = allow_math and any(_is_import_math(node) for node in tree.body)
    loaded = {node for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    bound = {name for node in nodes if node not in loaded for name in _names(node)}
    for node in nodes:
        if has_math and (_is_import_math(node) or isinstance(node, ast.alias)):
            continue
        found = _objection(node, has_math, bound)
        if found is not None:
            line, offset = getattr(node, "lineno", None), getattr(node, "col_offset", None)
            raise Refusal(found, line, None if offset is None else offset + 1)
    return tree


def _is_import_math(node: ast.AST) -> bool:
    return isinstance(node, ast.Import) and [(a.name, a.asname) for a in node.names] == [("math", None)]


def _objection(node: ast.AST, has_math: bool, bound: set[str]) -> str | None:
    """Say what is wrong with one node, or None; ``bound`` are the names that the program itself gives a value."""
    if not isinstance(node, _NODES):
        return f"{_WORDS.get(type(node), type(node).__name__)} is not allowed"
    if isinstance(node, ast.Attribute):
        if not isinstance(node.ctx, ast.Load):
            return f"setting the attribute .{node.attr} is not allowed"
        if has_math and isinstance(node.value, ast.Name) and node.value.id == "math" and node.attr in MATHEMATICS:
            return None
        if node.attr not in METHODS:
            return f"the attribute .{node.attr} is not allowed"
    if isinstance(node, ast.FunctionDef) and node.decorator_list:
        return "a decorator is not allowed"
    for name in _names(node):
        if name == "__name__" and isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            continue
        if name.startswith("__"):
            return f"the name {name} is not allowed"
        # At run time only the allowed built-ins exist, so a name of the program's own can hide nothing.
        if hasattr(builtins, name) and name not in FUNCTIONS | ERRORS | bound:
            return f"the built-in {name} is not allowed"
    return None


def _names(node: ast.AST) -> list[str]:
    """Return the names that a node itself mentions or binds."""
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.FunctionDef | ast.ExceptHandler | ast.MatchAs | ast.MatchStar):
        return [node.name] if node.name else []
    if isinstance(node, ast.arg | ast.keyword):
        return [node.arg] if node.arg else []
    if isinstance(node, ast.Nonlocal):
        return list(node.names)
    return [node.rest] if isinstance(node, ast.MatchMapping) and node.rest else []
