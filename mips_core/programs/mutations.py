"""Small changes of a program, for people to try: one constant, one operator, one term, one entry of a table.

Each is made in the text, at one place, so that what changed can be seen.  Nothing says that a changed program does
something else: that is what the check is for.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from mips_core.syntax import parse_module

KINDS = ("constant", "operator", "term", "start", "entry")

_OPERATORS: dict[type[ast.AST], tuple[str, str]] = {
    ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "+"), ast.FloorDiv: ("//", "%"), ast.Mod: ("%", "//"),
    ast.BitXor: ("^", "|"), ast.BitAnd: ("&", "|"), ast.BitOr: ("|", "&"), ast.And: ("and", "or"),
    ast.Or: ("or", "and"), ast.Eq: ("==", "!="), ast.NotEq: ("!=", "=="), ast.Lt: ("<", "<="), ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="), ast.GtE: (">=", ">"), ast.In: ("in", "not in"), ast.NotIn: ("not in", "in"),
    ast.RShift: (">>", "<<"),
}  # fmt: skip
_CALLS = {"min": "max", "max": "min", "all": "any", "any": "all", "sum": "max"}


@dataclass(frozen=True)
class Mutation:
    """A program with one place changed.

    Parameters
    ----------
    kind : one of :data:`KINDS`
    line : where, from 1
    before, after : the text of the smallest part that shows the change
    source : the whole changed program
    """

    kind: str
    line: int
    before: str
    after: str
    source: str


def mutations(source: str) -> tuple[Mutation, ...]:
    """Return every small change of a program of ours, in the order of its text.

    >>> found = mutations("def f(xs):\\n    y = 0\\n    for x in xs:\\n        y = y + 2\\n    return y\\n")
    >>> [(m.kind, m.after) for m in found]
    [('start', 'y = 1'), ('operator', 'y - 2'), ('term', 'y'), ('constant', 'y + 3')]
    """
    text = _Text(source)
    module = parse_module(source)
    found: list[Mutation] = []
    for statement in module.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Dict):
            found += _entries(text, statement.value)
        elif isinstance(statement, ast.FunctionDef):
            for line in statement.body:
                if isinstance(line, ast.Assign) and _is_number(line.value):
                    found += _start(text, line)
                else:
                    found += _statement(text, line)
            loop = next((line for line in statement.body if isinstance(line, ast.For)), None)
            if loop is not None and not found:
                found += _one_more(text, loop.body[-1])
    return tuple({m.source: m for m in found if m.source != source}.values())


def suggestions(source: str, count: int = 4) -> tuple[Mutation, ...]:
    """Choose a few changes of different kinds, at different places where there are some.

    >>> source = "def f(xs):\\n    y = 0\\n    for x in xs:\\n        y = y + 2\\n    return y\\n"
    >>> [m.after for m in suggestions(source, 3)]
    ['y + 3', 'y - 2', 'y']
    """
    kinds = {kind: [m for m in mutations(source) if m.kind == kind] for kind in KINDS}
    # Of several places the last is taken first: what a program answers says more than what it remembers.
    turns = itertools.zip_longest(*(reversed(each) for each in kinds.values()))
    return tuple(itertools.islice((m for turn in turns for m in turn if m is not None), count))


class _Text:
    """Text with places as ``ast`` counts them: lines from 1, columns in bytes."""

    def __init__(self, source: str) -> None:
        self.lines = [line.encode("utf-8") for line in source.splitlines(keepends=True)]
        self.starts = [0, *itertools.accumulate(map(len, self.lines))]
        self.whole = b"".join(self.lines)

    def begin(self, node: ast.expr | ast.stmt) -> int:
        return self.starts[node.lineno - 1] + node.col_offset

    def end(self, node: ast.expr | ast.stmt) -> int:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self.starts[node.end_lineno - 1] + node.end_col_offset

    def of(self, node: ast.expr | ast.stmt) -> str:
        return self.whole[self.begin(node) : self.end(node)].decode("utf-8")

    def changed(self, kind: str, shown: ast.expr | ast.stmt, begin: int, end: int, new: str) -> Mutation:
        """Put ``new`` in place of the bytes from ``begin`` to ``end``, which lie in ``shown``."""
        inner = new.encode("utf-8")
        whole = self.whole[:begin] + inner + self.whole[end:]
        after = whole[self.begin(shown) : self.end(shown) + len(inner) - (end - begin)]
        return Mutation(kind, shown.lineno, self.of(shown), after.decode("utf-8"), whole.decode("utf-8"))


def _start(text: _Text, line: ast.Assign) -> Iterator[Mutation]:
    value = ast.literal_eval(line.value)
    if type(value) is int:
        yield text.changed("start", line, text.begin(line.value), text.end(line.value), str(value + 1))


def _is_number(node: ast.expr) -> bool:
    value = node.operand if isinstance(node, ast.UnaryOp) else node
    return isinstance(value, ast.Constant) and not isinstance(getattr(node, "op", None), ast.Not)


def _statement(text: _Text, statement: ast.stmt) -> Iterator[Mutation]:
    """Yield the changes of a statement, of those within it after those of its own line."""
    if isinstance(statement, ast.For):
        yield from _formulas(text, statement.iter)
    elif isinstance(statement, ast.If):
        yield from _formulas(text, statement.test)
    else:
        yield from _formulas(text, statement)
        return
    for inner in (*statement.body, *statement.orelse):
        yield from _statement(text, inner)


def _formulas(text: _Text, statement: ast.stmt | ast.expr) -> Iterator[Mutation]:
    """Yield the changes of the formulas of one line."""
    outer: dict[ast.AST, ast.expr] = {}
    for node in ast.walk(statement):
        for child in ast.iter_child_nodes(node):
            if isinstance(node, ast.expr):
                outer[child] = node
    for node in ast.walk(statement):
        if isinstance(node, ast.BinOp):
            yield from _operator(text, node, node.op, node.left, node.right)
            yield text.changed("term", node, text.begin(node), text.end(node), _kept(text, node.left, outer.get(node)))
        elif isinstance(node, ast.Compare):
            for sign, left, right in zip(node.ops, (node.left, *node.comparators), node.comparators, strict=False):
                yield from _operator(text, node, sign, left, right)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            yield text.changed("operator", node, text.begin(node), text.begin(node.operand), "")
        elif isinstance(node, ast.BoolOp):
            yield from _operator(text, node, node.op, node.values[0], node.values[1])
            yield text.changed("term", node, text.end(node.values[-2]), text.end(node), "")
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _CALLS:
            yield text.changed("operator", node, text.begin(node.func), text.end(node.func), _CALLS[node.func.id])
        elif isinstance(node, ast.IfExp):
            swapped = f"{text.of(node.orelse)} if {text.of(node.test)} else {text.of(node.body)}"
            yield text.changed("operator", node, text.begin(node), text.end(node), swapped)
        elif (
            isinstance(node, ast.Constant) and type(node.value) is int and not isinstance(outer.get(node), ast.UnaryOp)
        ):
            yield text.changed("constant", outer.get(node, node), text.begin(node), text.end(node), str(node.value + 1))


def _operator(text: _Text, node: ast.expr, sign: ast.AST, left: ast.expr, right: ast.expr) -> Iterator[Mutation]:
    old, new = _OPERATORS.get(type(sign), ("", ""))
    between = text.whole[text.end(left) : text.begin(right)].decode("utf-8")
    if old and between.strip(" ()\n") == old:
        yield text.changed("operator", node, text.end(left), text.begin(right), between.replace(old, new, 1))


def _kept(text: _Text, node: ast.expr, outer: ast.expr | None) -> str:
    """Return the text of the part that stays, in brackets where what stands around it could bind tighter."""
    simple = isinstance(node, ast.Name | ast.Constant | ast.Call | ast.Subscript)
    free = outer is None or isinstance(outer, ast.Call | ast.Tuple)
    return text.of(node) if simple or free else f"({text.of(node)})"


def _one_more(text: _Text, append: ast.stmt) -> Iterator[Mutation]:
    """Yield the output with 1 added: for programs that hand on what they read, where nothing else can be changed."""
    if isinstance(append, ast.Expr) and isinstance(append.value, ast.Call) and len(append.value.args) == 1:
        answer = append.value.args[0]
        if not isinstance(answer, ast.Tuple):
            yield text.changed("term", append, text.end(answer), text.end(answer), " + 1")


def _entries(text: _Text, table: ast.Dict) -> Iterator[Mutation]:
    """Yield, for each entry, the one with the last part of its value replaced by that of the next other value."""
    parts = [value.elts[-1] if isinstance(value, ast.Tuple) else value for value in table.values]
    texts = [text.of(part) for part in parts]
    for i, part in enumerate(parts):
        other = next((each for each in [*texts[i:], *texts] if each != texts[i]), None)
        key = table.keys[i]
        if other is not None and key is not None:
            made = text.changed("entry", part, text.begin(part), text.end(part), other)
            shown = f"{text.of(key)}: "
            yield Mutation("entry", part.lineno, shown + texts[i], shown + other, made.source)
