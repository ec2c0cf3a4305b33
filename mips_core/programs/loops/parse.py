"""Read a program with loops back from its text: ``parse_loop_program(program.source) == program``."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from mips_core.errors import BadInputError
from mips_core.expressions import Expression, Variable, apply
from mips_core.expressions.loops import Flag, Nothing, free_names
from mips_core.expressions.parse_loops import LoopReader
from mips_core.programs.loops.flags import flags_of
from mips_core.programs.loops.program import LoopProgram
from mips_core.programs.loops.statements import Append, Assign, For, If, Return, Statement, changed_names
from mips_core.programs.parse_table import unreadable
from mips_core.syntax import parse_module

_AUGMENTED = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.FloorDiv: "floordiv", ast.Mod: "mod",
    ast.BitAnd: "and", ast.BitOr: "or", ast.BitXor: "xor", ast.RShift: "rshift",
}  # fmt: skip


def parse_loop_program(text: str) -> LoopProgram:
    """Read a module of the kind that we emit: one function of assignments, loops, conditions and returns.

    Raises
    ------
    BadInputError
        when the text is not Python or holds something else; the message names the line.
    """
    try:
        return _read_module(text, parse_module(text))
    except RecursionError:
        raise BadInputError("The program is nested too deeply to be read.") from None
    except (SyntaxError, ValueError, MemoryError) as error:
        raise BadInputError(f"The program cannot be read: {error}.") from None


def _read_module(text: str, module: ast.Module) -> LoopProgram:
    functions = [statement for statement in module.body if isinstance(statement, ast.FunctionDef)]
    others = [statement for statement in module.body if not isinstance(statement, ast.FunctionDef)]
    if others and not _is_text(others[0]):
        raise unreadable(others[0], "one function and nothing else")
    if len(functions) != 1:
        raise BadInputError(f"The program must hold exactly one function; it holds {len(functions)}.")
    function = functions[0]
    described = _is_text(function.body[0])
    claim = (ast.get_docstring(function) or "") if described else ""
    parameters = _parameters(function)
    first = text.splitlines()[0]
    origin = first.removeprefix("#").strip() if first.startswith("#") else ""
    # "and" between two names means one thing for truth values and another for numbers.  So the text is read as if all
    # names that are assigned were truth values; those that turn out to be are known when it is read again.
    flags: frozenset[str] | None = None
    for _ in range(2):
        reader = _Reader(parameters, flags)
        body = reader.block(function.body[described:])
        flags = flags_of(parameters, body)
    return LoopProgram(parameters, body, origin, claim, function.name)


def _parameters(function: ast.FunctionDef) -> tuple[str, ...]:
    given = function.args
    odd = (*given.posonlyargs, *given.kwonlyargs, *given.defaults, given.vararg, given.kwarg)
    if any(part is not None for part in odd) or function.decorator_list:
        raise BadInputError(f"Line {function.lineno}: expected a function whose arguments are plain names.")
    return tuple(argument.arg for argument in given.args)


def _is_text(statement: ast.stmt) -> bool:
    value = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


class _Reader:
    """Follows the statements; ``flags`` are the names known to hold truth values, None for all that are assigned."""

    def __init__(self, parameters: tuple[str, ...], flags: frozenset[str] | None) -> None:
        self.names: dict[str, Expression] = {name: Variable(name) for name in parameters}
        self.flags = flags

    def block(self, statements: Iterable[ast.stmt]) -> tuple[Statement, ...]:
        return tuple(self._statement(statement) for statement in statements if not isinstance(statement, ast.Pass))

    def _statement(self, statement: ast.stmt) -> Statement:
        if isinstance(statement, ast.Assign | ast.AugAssign):
            return self._assign(statement)
        if isinstance(statement, ast.For) and not statement.orelse:
            return self._loop(statement)
        if isinstance(statement, ast.If):
            condition = self._read(statement.test)
            return If(condition, self.block(statement.body), self.block(statement.orelse))
        if isinstance(statement, ast.Return):
            return Return(Nothing() if statement.value is None else self._read(statement.value))
        call = statement.value if isinstance(statement, ast.Expr) else None
        if (
            isinstance(call, ast.Call)
            and isinstance(call.func, ast.Attribute)
            and isinstance(call.func.value, ast.Name)
            and call.func.attr == "append"
            and len(call.args) == 1
            and not call.keywords
        ):
            return Append(call.func.value.id, self._read(call.args[0]))
        raise unreadable(statement, "an assignment, a for loop, an if, an append or a return")

    def _assign(self, statement: ast.Assign | ast.AugAssign) -> Assign:
        if isinstance(statement, ast.AugAssign):
            if not isinstance(statement.target, ast.Name) or type(statement.op) not in _AUGMENTED:
                raise unreadable(statement, "a name and an operator that is known")
            old = ast.copy_location(ast.Name(statement.target.id, ast.Load()), statement.target)
            value = apply(_AUGMENTED[type(statement.op)], self._read(old), self._read(statement.value))
            self._known(statement.target.id)
            return Assign(statement.target.id, value)
        target = statement.targets[0]
        if len(statement.targets) == 1 and isinstance(target, ast.Name):
            value = self._read(statement.value)
            self._known(target.id)
            return Assign(target.id, value)
        names = [part.id for part in getattr(target, "elts", ()) if isinstance(part, ast.Name)]
        values = statement.value.elts if isinstance(statement.value, ast.Tuple) else []
        if len(statement.targets) != 1 or not names or not len(names) == len(values) == len(target.elts):  # type: ignore[attr-defined]
            raise unreadable(statement, "names, and one value for each")
        read = tuple(self._read(part) for part in values)
        for name in names:
            self._known(name)
        return Assign(tuple(names), read)

    def _known(self, name: str) -> None:
        self.names[name] = Flag(name) if self.flags is None or name in self.flags else Variable(name)

    def _loop(self, statement: ast.For) -> For:
        outside = self.names
        try:
            loop, reader = LoopReader(outside).bind(statement.target, statement.iter)
        except BadInputError as error:
            raise _at(statement, error) from None
        self.names = dict(reader.names)
        body = self.block(statement.body)
        inside, self.names = self.names, outside
        # What the body gave a value stays known after it, as in Python; whether it surely has one is looked at later.
        self.names |= {name: value for name, value in inside.items() if name != loop.variable}
        if reader.names[loop.variable] != Variable(loop.variable) and free_names(loop.stop) & changed_names(body):
            raise unreadable(statement, "a list that does not change while the loop goes over it")
        return For(loop, body)

    def _read(self, node: ast.expr) -> Expression:
        try:
            return LoopReader(self.names).read(node)
        except BadInputError as error:
            raise _at(node, error) from None


def _at(node: ast.expr | ast.stmt, error: BadInputError) -> BadInputError:
    message = str(error)
    return error if message.startswith("Line ") else BadInputError(f"Line {node.lineno}: {message}")
