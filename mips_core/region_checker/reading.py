"""The programs that are read: constants, then one function that is a plain loop over its only argument.

What is read here is exactly what Python would do.  So nothing may stand in a program that Python takes in another way
than ``Steps`` does: nothing is computed outside the loop, no name means two things, and nothing but the list of outputs
is ever changed.  True and False count as 1 and 0, as an output and as a state: Python's operators tell them apart
nowhere in what is read, and whoever runs a program takes them so.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from mips_core.region_checker.files import short
from mips_core.region_checker.sets import need

CALLS = {"abs": abs, "min": min, "max": max, "int": int, "bool": bool}
READ = {
    ast.Add, ast.Sub, ast.Mult, ast.Mod, ast.FloorDiv, ast.BitAnd, ast.BitOr, ast.BitXor, ast.USub, ast.Not, ast.And,
    ast.Or, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn, ast.Load, ast.Store, ast.BinOp,
    ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Call, ast.Constant, ast.Name, ast.Tuple, ast.List, ast.Dict,
    ast.Subscript, ast.Attribute, ast.Assign, ast.Expr, ast.If,
}  # fmt: skip
LONGEST = 2**20
"""Characters of a program."""
_CODING = re.compile(rb"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")


@dataclass(frozen=True)
class Parts:
    """A program taken apart.

    ``constants`` stand before the function and ``before`` in it before the loop; ``target`` takes an input, ``body`` is
    what is done with it, and ``outputs`` names the list that is returned.
    """

    constants: list[ast.stmt]
    before: list[ast.stmt]
    target: ast.expr
    body: list[ast.stmt]
    outputs: str


def program_text(data: bytes) -> str:
    """Return the text of a program as Python would read the file."""
    for line in re.split(rb"\r\n?|\n", data, maxsplit=2)[:2]:
        found = _CODING.match(line)
        other = found and found[1].lower().replace(b"_", b"-") not in (b"utf-8", b"utf8")
        need(not other, "it says that it is not in UTF-8")
    text = data.decode("utf-8")
    need(len(text) <= LONGEST, f"it has more than {LONGEST:,} characters")
    return text


def read_program(text: str, name: str = "f") -> Parts:
    """Take a program apart whose function is called ``name``; refuse what is not read."""
    tree = ast.parse(text)
    last = max((i for i, node in enumerate(tree.body) if isinstance(node, ast.FunctionDef)), default=-1)
    need(last >= 0, "it has no function")
    need(last == len(tree.body) - 1, "something stands after its function")
    constants, function = tree.body[:last], tree.body[last]
    assert isinstance(function, ast.FunctionDef)
    need(function.name == name, f"its function is not called {name}")
    given = only_argument(function)
    need(len(function.body) >= 2, "it is no plain loop")
    *before, loop, end = function.body
    plain = isinstance(loop, ast.For) and not loop.orelse and isinstance(loop.iter, ast.Name) and loop.iter.id == given
    need(plain, "it is no plain loop")
    need(isinstance(end, ast.Return) and isinstance(end.value, ast.Name), "it does not return what the loop gives")
    assert isinstance(loop, ast.For)
    assert isinstance(end, ast.Return)
    assert isinstance(end.value, ast.Name)
    need(takes_names(loop.target), "its loop puts inputs elsewhere than in names")
    parts = Parts(constants, before, loop.target, loop.body, end.value.id)
    check_kinds(parts)
    check_outputs(parts)
    check_names(parts, {given, name})
    check_built(parts)
    return parts


def only_argument(function: ast.FunctionDef) -> str:
    """Return the name of the only argument; refuse defaults, annotations, decorators and other kinds of arguments."""
    a = function.args
    need(not function.decorator_list, "its function is decorated")
    more = [*a.posonlyargs, *a.kwonlyargs, *a.defaults, *a.kw_defaults, a.vararg, a.kwarg]
    need(len(a.args) == 1 and not any(part is not None for part in more), "its function takes not just one argument")
    notes = (a.args[0].annotation, function.returns)
    need(all(note is None for note in notes), "its function is annotated, which is not read")
    return a.args[0].arg


def takes_names(target: ast.expr) -> bool:
    """Return whether a target is a name, or names in brackets."""
    return isinstance(target, ast.Name) or (isinstance(target, ast.Tuple) and all(map(takes_names, target.elts)))


def check_kinds(parts: Parts) -> None:
    """Refuse kinds of statements and of expressions that are not read."""
    for node in walk([*parts.constants, *parts.before, parts.target, *parts.body]):
        kind, called = type(node), node.func if isinstance(node, ast.Call) else None
        good = called is None or getattr(called, "id", None) in CALLS or isinstance(called, ast.Attribute)
        good = good and (not isinstance(node, ast.Attribute) or ast.unparse(node) == f"{parts.outputs}.append")
        good = good and not (isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store))
        need(good and kind in READ, f"it holds a {kind.__name__}, which is not read")
        if isinstance(node, ast.Constant):
            known = type(node.value) in (int, str, bool)
            need(known, f"it holds {short(node.value)}, which is no integer and no word")
    need(all(map(harmless, [*parts.constants, *parts.before])), "something is computed before its loop")


def check_outputs(parts: Parts) -> None:
    """Refuse unless the list of outputs begins empty at each call, and is then only appended to."""
    name = parts.outputs
    begun = [s for s in [*parts.constants, *parts.before] if name in stored([s])]
    need(begun and all(s in parts.before for s in begun), "its outputs are not begun anew in its function")
    need(len(begun) == 1 and made_empty(begun[0], name), "outputs are given before the first input")
    need(name not in stored([parts.target, *parts.body]), "its outputs are set again")
    appended = [s for s in walk(parts.body) if isinstance(s, ast.Expr) and isinstance(s.value, ast.Call)
                and isinstance(s.value.func, ast.Attribute) and len(s.value.args) == 1]  # fmt: skip
    read = sum(isinstance(node, ast.Name) and node.id == name for node in walk(parts.body))
    methods = sum(isinstance(node, ast.Attribute) for node in walk(parts.body))
    need(read == methods == len(appended), "its outputs are read again")


def made_empty(statement: ast.stmt, name: str) -> bool:
    """Return whether a statement gives a name, and no other one, a new empty list."""
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return False
    target, value = statement.targets[0], statement.value
    if isinstance(target, ast.Name):
        return isinstance(value, ast.List) and not value.elts
    if not isinstance(target, ast.Tuple) or not isinstance(value, ast.Tuple) or len(target.elts) != len(value.elts):
        return False
    own = [v for t, v in zip(target.elts, value.elts, strict=True) if isinstance(t, ast.Name) and t.id == name]
    names = [node for node in ast.walk(target) if isinstance(node, ast.Name) and node.id == name]
    return len(own) == len(names) == 1 and isinstance(own[0], ast.List) and not own[0].elts


def check_names(parts: Parts, taken: set[str]) -> None:
    """Refuse names that Python would look up elsewhere than is done here; ``taken`` are the function and its input."""
    outside, inside = stored(parts.constants), stored([*parts.before, parts.target, *parts.body])
    for name in sorted(outside | inside):
        need(name not in taken and name not in CALLS, f"it gives another meaning to {short(name)}")
        need(not name.startswith("__"), f"it sets {short(name)}, which Python may use itself")
    both = sorted(outside & inside)
    need(not both, f"{short(both[0]) if both else ''} is set both in its function and outside")
    known = outside | inside | set(CALLS)
    for node in walk(parts.body):
        need(
            not isinstance(node, ast.Name) or node.id in known, f"it uses {short(getattr(node, 'id', ''))}, set nowhere"
        )


def check_built(parts: Parts) -> None:
    """Refuse tuples, lists and tables that are built in the loop and kept: they could double at every step."""
    nodes = walk(parts.body)
    kept = {id(node) for holder in nodes for node in places(holder)}
    built = [node for node in nodes if isinstance(node, ast.Tuple | ast.List) and isinstance(node.ctx, ast.Load)]
    need(all(id(node) in kept for node in built), "it builds tuples or lists in its loop")
    need(not any(isinstance(node, ast.Dict) for node in nodes), "it builds a table in its loop")


def harmless(statement: ast.stmt) -> bool:
    """Return whether a statement only names something that is written out."""
    if not isinstance(statement, ast.Assign):
        return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    try:
        ast.literal_eval(statement.value)
    except (ValueError, TypeError):
        return False
    return True


def places(holder: ast.AST) -> list[ast.AST]:
    """Return the tuples or lists that may stand in a node: what is not kept, or is taken apart at once."""
    if isinstance(holder, ast.Assign):
        apart = len(holder.targets) == 1 and isinstance(holder.targets[0], ast.Tuple | ast.List)
        return [holder.value] if apart else []
    if isinstance(holder, ast.Call) and isinstance(holder.func, ast.Attribute):
        return [*holder.args]
    if isinstance(holder, ast.Compare):
        return [
            side for op, side in zip(holder.ops, holder.comparators, strict=True) if isinstance(op, ast.In | ast.NotIn)
        ]
    return [holder.slice] if isinstance(holder, ast.Subscript) else []


def walk(part: Sequence[ast.AST]) -> list[ast.AST]:
    """Return all nodes of statements."""
    return list(itertools.chain.from_iterable(map(ast.walk, part)))


def stored(part: Sequence[ast.AST]) -> set[str]:
    """Return the names that statements set."""
    return {node.id for node in walk(part) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
