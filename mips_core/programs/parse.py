"""Read a program back from its text: ``parse_program(program.source) == program``.

The text is followed line by line: a variable assigned in the loop stands, from
there on, for its whole update, so any order of lines that means the same
equations is read, not only the one that we write.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

from mips_core.errors import BadInputError
from mips_core.expressions import Expression, Lookup, Table, Variable, apply
from mips_core.expressions.history import source_of_list
from mips_core.expressions.parse import MOST_NODES, bounded, from_ast
from mips_core.machines.integer_system import IntegerSystem, StateVariable
from mips_core.programs.parse_table import read_integer, read_table, unreadable
from mips_core.programs.program import Program
from mips_core.programs.vocabularies import with_vocabularies, words_of
from mips_core.regression.method import Method
from mips_core.syntax import parse_module
from mips_core.tasks.vocabulary import Words, has_words

_COMMENT = re.compile(r"#[ ]?(?P<origin>.*?) ?(?:\[(?P<method>linear|boolean|symbolic|mixed|table)\])?")
_AUGMENTED = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.FloorDiv: "floordiv", ast.Mod: "mod",
    ast.BitAnd: "and", ast.BitOr: "or", ast.BitXor: "xor",
}  # fmt: skip


def parse_program(text: str, input_words: Words | None = None, output_words: Words | None = None) -> Program:
    """Read a module of the kind that we emit: tables, and one function with one loop over its inputs.

    A text without our comment line gets the method "symbolic", or "table" by the rule of
    :func:`mips_core.programs.classify.is_table`.

    Parameters
    ----------
    input_words, output_words : the vocabularies by which words are numbered; left out, they are the words that
        the text itself holds for each input and output

    Raises
    ------
    BadInputError
        when the text is not Python or is a program of another shape (the message names the line), or holds a
        word that is none of the vocabularies.
    """
    try:
        return _read_module(text, parse_module(text), input_words, output_words)
    except RecursionError:
        raise BadInputError("The program is nested too deeply to be read.") from None
    except (SyntaxError, ValueError, MemoryError) as error:
        raise BadInputError(f"The program is not valid Python: {error}.") from None


def _read_module(text: str, module: ast.Module, input_words: Words | None, output_words: Words | None) -> Program:
    tables: dict[str, list[Table]] = {}
    functions = []
    for statement in module.body:
        if isinstance(statement, ast.FunctionDef):
            functions.append(statement)
        elif isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            tables[statement.targets[0].id] = read_table(statement.targets[0].id, statement.value, text)
        elif not _is_docstring(statement):
            raise unreadable(statement, "a table or the function f")
    if len(functions) != 1 or functions[0].name != "f" or len(functions[0].args.args) != 1:
        raise BadInputError("The program must hold exactly one function, f(xs).")
    origin, method = _comment(text)
    system = _Reader(functions[0], tables).system()
    found = words_of(system)
    input_words, output_words = input_words or found[0], output_words or found[1]
    if has_words(found[0]) or has_words(found[1]) or has_words(input_words) or has_words(output_words):
        system = with_vocabularies(system, input_words, output_words)
    return Program(system, method, origin, input_words, output_words, ast.get_docstring(functions[0]) or "")


def _comment(text: str) -> tuple[str, Method]:
    first = text.splitlines()[0]
    found = _COMMENT.fullmatch(first)
    if found is None:
        return "", Method.SYMBOLIC
    word = found["method"]
    return found["origin"], Method(word) if word else Method.SYMBOLIC


def _is_docstring(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def _names(target: ast.expr) -> list[str]:
    parts = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
    names = [part.id for part in parts if isinstance(part, ast.Name)]
    if len(names) != len(parts):
        raise unreadable(target, "names")
    return names


class _Reader:
    """Follows the lines of ``f`` and collects the equations."""

    def __init__(self, function: ast.FunctionDef, tables: Mapping[str, list[Table]]) -> None:
        self.function = function
        self.parts = tables
        self.tables = {name: found[0] for name, found in tables.items() if len(found) == 1}
        self.taken: dict[str, Expression] = {}  # names for values of a table that holds several per key
        self.starts: dict[str, int] = {}
        self.locals: dict[str, Expression] = {}
        self.current: dict[str, Expression] = {}  # state variables that are assigned so far: name -> update
        self.outputs: tuple[Expression, ...] | None = None
        self.result = ""
        self.waiting: set[str] = set()  # lists of past inputs that the current input has still to be appended to

    def system(self) -> IntegerSystem:
        body = [s for s in self.function.body if not _is_docstring(s)]
        if len(body) < 3 or not isinstance(body[-2], ast.For) or not isinstance(body[-1], ast.Return):
            raise unreadable(self.function, "start values, one loop over the inputs and a return")
        xs = self.function.args.args[0].arg
        loop, end = body[-2], body[-1]
        for statement in body[:-2]:
            self._start(statement)
        if not (isinstance(end.value, ast.Name) and end.value.id == self.result and self.result):
            raise unreadable(end, "the list of outputs to be returned")
        if not (isinstance(loop.iter, ast.Name) and loop.iter.id == xs) or loop.orelse:
            raise unreadable(loop, f"a loop over {xs}")
        for statement in loop.body:
            if not self._remembers(statement, _names(loop.target)):
                self._line(statement)
        if self.outputs is None:
            raise unreadable(loop, f"{self.result}.append(...) in the loop")
        state = tuple(StateVariable(n, v, self.current.get(n, Variable(n))) for n, v in self.starts.items())
        system = IntegerSystem(tuple(_names(loop.target)), state, self.outputs, tuple(self.locals.items()))
        if system.nodes > MOST_NODES:
            raise unreadable(loop, f"formulas of at most {MOST_NODES:,} parts together, not {system.nodes:,}")
        if system.unknown:
            raise unreadable(loop, f"a value for {', '.join(sorted(system.unknown))} before it is read")
        return system

    def _start(self, statement: ast.stmt) -> None:
        if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
            raise unreadable(statement, "a start value")
        names, value = _names(statement.targets[0]), statement.value
        if isinstance(value, ast.List) and not value.elts and not self.result:
            self.result = names[0]
            return
        if isinstance(value, ast.List) and not value.elts and source_of_list(names[0]) is not None:
            self.waiting.add(names[0])
            return
        values = value.elts if isinstance(value, ast.Tuple) else [value]
        if len(values) != len(names):
            raise unreadable(statement, "one start value per name")
        self.starts |= {name: read_integer(v) for name, v in zip(names, values, strict=True)}

    def _read(self, node: ast.expr) -> Expression:
        return bounded(from_ast(node, self.tables).substitute({**self.taken, **self.current}))

    def _read_several(self, node: ast.expr) -> list[Expression]:
        """Read the right side of an assignment: several expressions, or one table with several values per key."""
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
            found = self.parts.get(node.value.id, [])
            if len(found) > 1:
                key = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
                arguments = tuple(self._read(part) for part in key)
                if len(arguments) != found[0].width:
                    raise unreadable(node, f"a key of {found[0].width} parts")
                return [Lookup(table, arguments) for table in found]
        return [self._read(part) for part in (node.elts if isinstance(node, ast.Tuple) else [node])]

    def _line(self, statement: ast.stmt) -> None:
        if isinstance(statement, ast.AugAssign) and type(statement.op) in _AUGMENTED:
            name = _names(statement.target)[0]
            left = self.current.get(name, Variable(name))
            new = bounded(apply(_AUGMENTED[type(statement.op)], left, self._read(statement.value)))
            self._assign(statement, [name], [new])
        elif isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            values = self._read_several(statement.value)
            whole = len(values) > 1 and isinstance(statement.value, ast.Subscript)
            self._assign(statement, _names(statement.targets[0]), values, whole=whole)
        elif isinstance(statement, ast.Expr) and self._is_append(statement.value):
            if self.outputs is not None:
                raise unreadable(statement, "one append per step")
            argument = statement.value.args[0]  # type: ignore[attr-defined]  # _is_append has looked
            parts = argument.elts if isinstance(argument, ast.Tuple) else [argument]
            self.outputs = tuple(self._read(part) for part in parts)
        else:
            raise unreadable(statement, "an assignment or an append")

    def _assign(self, statement: ast.stmt, names: list[str], values: list[Expression], *, whole: bool = False) -> None:
        """Note what names stand for from here on; ``whole``: the values are one entry of a table."""
        if len(names) != len(values):
            raise unreadable(statement, "one value per name")
        for name, value in zip(names, values, strict=True):
            if name in self.starts:
                self.current[name] = value
            elif whole:
                self.taken[name] = value
            elif name in self.locals:
                raise unreadable(statement, f"a new name (the local {name} is already set)")
            else:
                self.locals[name] = value

    def _remembers(self, statement: ast.stmt, inputs: list[str]) -> bool:
        """Return whether this line appends an input to its list, before any other line may read that."""
        if not self.waiting:
            return False
        call = statement.value if isinstance(statement, ast.Expr) else None
        for name in self.waiting:
            source = source_of_list(name)
            if call is not None and source in inputs and ast.unparse(call) == f"{name}.append({source})":
                self.waiting.remove(name)
                return True
        raise unreadable(statement, f"the input to be appended to {', '.join(sorted(self.waiting))}")

    def _is_append(self, node: ast.expr) -> bool:
        return (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "append"
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == self.result
            and len(node.args) == 1
        )
